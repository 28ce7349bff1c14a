#include "common/base/log.h"

#include "common/base/json_text.h"
#include "common/base/log_file.h"
#include "tests/base/child.h"
#include "tests/harness/pattern.h"
#include "tests/harness/temporary_folder.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <optional>
#include <system_error>
#include <thread>

using namespace tern;
using tern::test::lines_of;
using tern::test::TemporaryFolder;

namespace {

LogSettings settings_for(const std::filesystem::path& file) {
    LogSettings settings;
    settings.file = file.string();
    settings.server = "testd";
    settings.strategy = "poll";
    return settings;
}

} // namespace

TEST_CASE("a text line has time, level, who and what") {
    const TemporaryFolder folder;
    Log log(settings_for(folder / "log"));
    log.warning("{} bottles of {}", 99, "beer");
    const auto lines = lines_of(folder / "log");
    REQUIRE(lines.size() == 1);
    const std::string expected = R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warning \[testd poll )" +
                                 std::to_string(::getpid()) + R"(\] 99 bottles of beer)";
    CHECK_MESSAGE(test::match(lines[0], expected), lines[0]);
}

TEST_CASE("only lines of the level and above are written") {
    const TemporaryFolder folder;
    const auto count = [&folder](LogLevel level) {
        LogSettings settings = settings_for(folder / "log");
        settings.level = level;
        std::filesystem::remove(settings.file);
        Log log(settings);
        log.debug("debug");
        log.info("info");
        log.warning("warning");
        log.error("error");
        return lines_of(settings.file).size();
    };
    CHECK(count(LogLevel::debug) == 4);
    CHECK(count(LogLevel::info) == 3);
    CHECK(count(LogLevel::warning) == 2);
    CHECK(count(LogLevel::error) == 1);
    CHECK(count(LogLevel::off) == 0);
}

namespace {
struct Tattletale {
    bool* formatted;
};
} // namespace

template <>
struct fmt::formatter<Tattletale> : fmt::formatter<int> {
    template <class Context>
    auto format(const Tattletale& value, Context& context) const {
        *value.formatted = true;
        return fmt::format_to(context.out(), "told");
    }
};

TEST_CASE("a line that is not wanted is not even formatted") {
    const TemporaryFolder folder;
    Log log(settings_for(folder / "log"));
    bool formatted = false;
    log.debug("{}", Tattletale{&formatted});
    CHECK_FALSE(formatted);
    log.info("{}", Tattletale{&formatted});
    CHECK(formatted);
}

TEST_CASE("a peer cannot forge a text line") {
    const TemporaryFolder folder;
    Log log(settings_for(folder / "log"));
    log.info("name: {}", "x\n2024-01-01T00:00:00.000Z info [testd] all is well\x1b[2J");
    const auto lines = lines_of(folder / "log");
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].find(R"(name: x\n2024-01-01)") != std::string::npos);
    CHECK(lines[0].find(R"(\x1b[2J)") != std::string::npos);
}

TEST_CASE("a JSON line is one valid object, whatever the message") {
    const TemporaryFolder folder;
    LogSettings settings = settings_for(folder / "log");
    settings.format = LogFormat::json;
    Log log(settings);
    log.error("plain");
    for (int byte = 0; byte < 256; ++byte)
        log.info("\"{}\\", std::string(1, static_cast<char>(byte)));
    const auto lines = lines_of(folder / "log");
    REQUIRE(lines.size() == 257);
    for (const std::string& line : lines)
        REQUIRE_MESSAGE(nlohmann::json::accept(line), line);
    const auto first = parse_json(lines[0]);
    CHECK(first["level"] == "error");
    CHECK(first["server"] == "testd");
    CHECK(first["strategy"] == "poll");
    CHECK(first["pid"] == ::getpid());
    CHECK(first["message"] == "plain");
    CHECK(first["time"].get<std::string>().size() ==
          std::string("2024-01-01T00:00:00.000Z").size());
    CHECK(parse_json(lines[1 + '\n'])["message"] == "\"\n\\");
}

TEST_CASE("a forked child writes with its own number") {
    const TemporaryFolder folder;
    Log log(settings_for(folder / "log"));
    log.info("parent");
    const pid_t child = test::fork_child([&log] { log.info("child"); });
    CHECK(test::wait_for(child) == 0);
    log.info("parent again");
    const auto lines = lines_of(folder / "log");
    REQUIRE(lines.size() == 3);
    CHECK(lines[1].find(fmt::format(" {}] child", child)) != std::string::npos);
    CHECK(lines[2].find(fmt::format(" {}] parent again", ::getpid())) != std::string::npos);
}

TEST_CASE("the text of an argument is no format") {
    const TemporaryFolder folder;
    Log log(settings_for(folder / "log"));
    log.info("{}", "{} {0:%Y} %s");
    CHECK(lines_of(folder / "log").at(0).ends_with("] {} {0:%Y} %s"));
}

TEST_CASE("an asynchronous log writes everything, in order, before it dies") {
    const TemporaryFolder folder;
    LogSettings settings = settings_for(folder / "log");
    settings.asynchronous = true;
    {
        Log log(settings);
        for (int i = 0; i < 2000; ++i)
            log.info("line {}", i);
    }
    const auto lines = lines_of(folder / "log");
    REQUIRE(lines.size() == 2000);
    for (std::size_t i = 0; i < lines.size(); ++i)
        REQUIRE(lines[i].ends_with(fmt::format("] line {}", i)));
}

TEST_CASE("an asynchronous log that nobody takes loses lines, counts them, and stalls nobody") {
    const TemporaryFolder folder;
    const std::filesystem::path pipe = folder / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const UniqueFd both_ends(::open(pipe.c_str(), O_RDWR | O_CLOEXEC));
    REQUIRE(both_ends);
    LogSettings settings = settings_for(pipe);
    settings.asynchronous = true;
    std::optional<Log> log(std::in_place, settings);
    constexpr std::size_t said = 20'000; // more than queue and pipe hold
    for (std::size_t i = 0; i < said; ++i)
        log->info("line {}", i);

    std::size_t written = 0;
    std::size_t lost = 0;
    std::thread reader([&] {
        std::ifstream stream(pipe);
        for (std::string line; std::getline(stream, line) && line != "END";) {
            if (line.find(" log lines were lost:") != std::string::npos)
                lost += std::stoul(test::match(line, R"(.*\] (\d+) log lines.*)").value().at(1));
            else
                ++written;
        }
    });
    log.reset();
    CHECK(::write(both_ends.get(), "END\n", 4) == 4);
    reader.join();
    CHECK(lost > 0);
    CHECK(written + lost == said);
}

TEST_CASE("a log that cannot be written harms nobody") {
    LogSettings settings = settings_for("/dev/full");
    Log log(settings);
    log.info("into the void");
    settings.asynchronous = true;
    Log asynchronous(settings);
    asynchronous.info("into the void");
}

TEST_CASE("a log file that cannot be opened is named") {
    try {
        const Log log(settings_for("/nowhere/at/all/log"));
        FAIL("opened");
    } catch (const std::system_error& error) {
        CHECK(std::string(error.what()) == "/nowhere/at/all/log: No such file or directory");
    }
}

TEST_CASE("after rotation the file is opened again, by every process") {
    const TemporaryFolder folder;
    ReopenSignal reopen;
    LogSettings settings = settings_for(folder / "log");
    settings.reopen = &reopen;
    Log log(settings);
    log.info("first");
    std::filesystem::rename(folder / "log", folder / "log.1");
    log.info("second");
    const pid_t child = test::fork_child([&] {
        reopen.request();
        log.info("third");
    });
    CHECK(test::wait_for(child) == 0);
    log.info("fourth");
    CHECK(lines_of(folder / "log.1").size() == 2);
    CHECK(lines_of(folder / "log").size() == 2);
}

TEST_CASE("a log file that cannot be opened again is kept") {
    const TemporaryFolder folder;
    ReopenSignal reopen;
    std::filesystem::create_directory(folder / "logs");
    LogSettings settings = settings_for(folder / "logs/log");
    settings.reopen = &reopen;
    Log log(settings);
    std::filesystem::rename(folder / "logs", folder / "moved");
    reopen.request();
    log.info("still here");
    CHECK(lines_of(folder / "moved/log").size() == 1);
}

TEST_CASE("levels and formats have the configuration's words") {
    CHECK(log_level_from("warning") == LogLevel::warning);
    CHECK(log_level_from("off") == LogLevel::off);
    CHECK_THROWS_AS(log_level_from("loud"), std::invalid_argument);
    CHECK(log_format_from("json") == LogFormat::json);
    CHECK_THROWS_AS(log_format_from("xml"), std::invalid_argument);
}
