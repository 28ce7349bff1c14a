#include "common/daemon/arguments.h"

#include "generated/version.h"

#include <doctest/doctest.h>

#include <sstream>

namespace tern::arguments_test {

using namespace tern::daemon;

namespace {

struct Outcome {
    std::variant<Arguments, int> result;
    std::string out;
    std::string errors;

    const Arguments& arguments() const { return std::get<Arguments>(result); }
    int exit_code() const { return std::get<int>(result); }
};

Outcome parse(std::vector<const char*> words) {
    words.insert(words.begin(), "/usr/bin/tern-testd");
    std::ostringstream out;
    std::ostringstream errors;
    auto result = parse_arguments("tern-testd", "config/test.json", static_cast<int>(words.size()),
                                  words.data(), out, errors);
    return {std::move(result), out.str(), errors.str()};
}

} // namespace

TEST_CASE("no arguments: the default configuration, and serving") {
    const Outcome outcome = parse({});
    CHECK(outcome.arguments().configuration == "config/test.json");
    CHECK(outcome.arguments().overrides.empty());
    CHECK(outcome.arguments().port_file.empty());
    CHECK_FALSE(outcome.arguments().check);
    CHECK_FALSE(outcome.arguments().health);
    CHECK_FALSE(outcome.arguments().print_configuration);
}

TEST_CASE("all arguments, in either spelling") {
    const Outcome outcome =
        parse({"--config", "a.json", "--set", "x=1", "--port-file=p", "--set", "y.0.z=a b,c",
               "--set=l=[1,2]", "--check", "--health", "--print-config"});
    CHECK(outcome.arguments().configuration == "a.json");
    CHECK(outcome.arguments().overrides ==
          std::vector<std::string>{"x=1", "y.0.z=a b,c", "l=[1,2]"});
    CHECK(outcome.arguments().port_file == "p");
    CHECK(outcome.arguments().check);
    CHECK(outcome.arguments().health);
    CHECK(outcome.arguments().print_configuration);
}

TEST_CASE("help and version go to standard output and end well") {
    const Outcome help = parse({"--help"});
    CHECK(help.exit_code() == 0);
    for (const char* option : {"--config", "--check", "--health", "--set", "--port-file",
                               "--print-config", "--version", "--help", "TERN_SET_"})
        CHECK_MESSAGE(help.out.find(option) != std::string::npos, option);
    const Outcome version = parse({"--version"});
    CHECK(version.exit_code() == 0);
    CHECK(version.out == "tern-testd " + std::string(tern::generated::version) + "\n");
}

TEST_CASE("bad arguments are one line on standard error, and exit code 2") {
    const std::vector<std::vector<const char*>> all = {
        {"--colour"}, {"stray"}, {"--config"}, {"--set"}, {"--set", "a=1", "b=2"}, {"--check=no"}};
    for (const auto& words : all) {
        const Outcome outcome = parse(words);
        REQUIRE(std::holds_alternative<int>(outcome.result));
        CHECK(outcome.exit_code() == 2);
        CHECK(outcome.out.empty());
        CHECK(outcome.errors.starts_with("tern-testd: "));
        CHECK(outcome.errors.find('\n') == outcome.errors.size() - 1);
    }
}

} // namespace tern::arguments_test
