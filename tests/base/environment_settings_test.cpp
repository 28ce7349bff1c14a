#include "common/base/environment_settings.h"

#include "common/base/configuration.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace tern::environment_settings_test {

using namespace tern;

namespace {

using Texts = std::vector<std::string>;

Texts settings_of(std::vector<const char*> environment) {
    environment.push_back(nullptr);
    return environment_settings(environment.data());
}

constexpr std::string_view schema = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "concurrency": {
      "type": "object", "default": {}, "additionalProperties": false,
      "properties": {
        "strategy": {"enum": ["epoll", "poll"], "default": "epoll"},
        "max_connections": {"type": "integer", "default": 5}
      }
    },
    "ports": {"type": "array", "default": [], "items": {"type": "integer"}},
    "name": {"type": "string", "default": ""}
  }
})";

nlohmann::json effective(const Texts& overrides) {
    return Configuration::from_text("{}", "etc/test.json", schema, overrides).effective();
}

std::string complaint(const Texts& overrides) {
    try {
        effective(overrides);
    } catch (const ConfigurationError& error) {
        return error.what();
    }
    return "";
}

} // namespace

TEST_CASE("two underscores part the steps, one belongs to the name") {
    CHECK(environment_steps("TERN_SET_concurrency__max_connections") ==
          Texts{"concurrency", "max_connections"});
    CHECK(environment_steps("TERN_SET_name") == Texts{"name"});
    CHECK(environment_steps("TERN_SET_listeners__0__port") == Texts{"listeners", "0", "port"});
    CHECK(environment_steps("TERN_SET_") == Texts{""});
    CHECK(environment_steps("TERN_SET_a____b") == Texts{"a", "", "b"});
    CHECK(environment_steps("TERN_SET_a__") == Texts{"a", ""});
}

TEST_CASE("only variables with the prefix set something") {
    CHECK(settings_of({"PATH=/bin", "TERN_BINARIES=x", "tern_set_name=x", "XTERN_SET_name=x"}) ==
          Texts{});
    CHECK(settings_of({"PATH=/bin", "TERN_SET_name=x=y"}) == Texts{"TERN_SET_name=x=y"});
    CHECK(environment_settings(nullptr).empty());
}

TEST_CASE("a whole comes before its parts, and items in the order of their numbers") {
    CHECK(settings_of({"TERN_SET_ports__10=1", "TERN_SET_ports__9=1", "TERN_SET_ports=[]",
                       "TERN_SET_ports__0__port=3", "TERN_SET_a=1"}) ==
          Texts{"TERN_SET_a=1", "TERN_SET_ports=[]", "TERN_SET_ports__0__port=3",
                "TERN_SET_ports__9=1", "TERN_SET_ports__10=1"});
}

TEST_CASE("a variable sets what --set would, and --set after it wins") {
    const auto set = effective({"TERN_SET_concurrency__strategy=poll", "TERN_SET_ports__0=80",
                                "TERN_SET_ports__1=81", "TERN_SET_name=a b"});
    CHECK(set["concurrency"]["strategy"] == "poll");
    CHECK(set["concurrency"]["max_connections"] == 5);
    CHECK(set["ports"] == nlohmann::json::array({80, 81}));
    CHECK(set["name"] == "a b");
    CHECK(effective({"TERN_SET_name=one", "name=two"})["name"] == "two");
}

TEST_CASE("mistakes name the variable") {
    const Texts mistakes = {"TERN_SET_concurrency__strategy=magic", "TERN_SET_=1",
                            "TERN_SET_concurrency____strategy=poll", "TERN_SET_CONCURRENCY=1",
                            "TERN_SET_ports__1=80"};
    for (const std::string& mistake : mistakes) {
        const std::string said = complaint({mistake});
        CHECK_MESSAGE(said.starts_with(mistake + ": "), said);
        CHECK_MESSAGE(said.find('\n') == std::string::npos, said);
    }
    CHECK(complaint({"concurrency.strategy=magic"}).starts_with("--set concurrency"));
}

} // namespace tern::environment_settings_test
