#include "servers/http/access_log.h"
#include "tests/harness/temporary_folder.h"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace tern::access_log_test {

namespace {

using namespace tern::http;
using tern::test::lines_of;
using tern::test::TemporaryFolder;

AccessRecord record(std::string request_line = "GET / HTTP/1.1") {
    AccessRecord record;
    record.client = "127.0.0.1";
    record.request_line = std::move(request_line);
    record.host = "a.example";
    record.user_agent = "curl";
    record.time = 0;
    record.status = Status::ok;
    return record;
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

} // namespace

TEST_SUITE("http/access_log") {

    TEST_CASE("the combined format") {
        const std::string line = format_access(AccessFormat::combined, record(), 42);
        CHECK(line.starts_with("127.0.0.1 - - ["));
        CHECK(line.ends_with("] \"GET / HTTP/1.1\" 200 42 \"-\" \"curl\"\n"));
    }

    TEST_CASE("no peer can forge a line or a field") {
        using namespace std::string_literals;
        AccessRecord hostile = record("GET /\" 200\r\n\\ \0\x7f\xff"s);
        hostile.user_agent = "a\"b";
        const std::string line = format_access(AccessFormat::combined, hostile, 0);
        CHECK(contains(line, R"("GET /\x22 200\x0D\x0A\x5C \x00\x7F\xFF" 200 0 "-" "a\x22b")"));
        const std::string json = format_access(AccessFormat::json, hostile, 0);
        CHECK(contains(json, R"("user_agent":"a\"b")"));
        for (const std::string& text : {line, json})
            CHECK(text.find('\n') == text.size() - 1);
    }

    TEST_CASE("JSON lines") {
        const std::string line = format_access(AccessFormat::json, record(), 42);
        CHECK(line.starts_with("{\"time\":\""));
        CHECK(contains(line, "\"status\":200,\"bytes\":42,\"client\":\"127.0.0.1\","
                             "\"host\":\"a.example\",\"request\":\"GET / HTTP/1.1\","
                             "\"referer\":\"\",\"user_agent\":\"curl\"}\n"));
    }

    TEST_CASE("a few lines are written as they come, many are collected, none is lost") {
        const TemporaryFolder folder;
        const std::string file = folder / "access.log";
        {
            AccessLog log(AccessFormat::combined, file, nullptr);
            log.write(record("first"), 1);
            CHECK(lines_of(file).size() == 1);
            for (int i = 0; i < 5'000; ++i)
                log.write(record("GET /" + std::to_string(i) + " HTTP/1.1"), 1);
        }
        const std::vector<std::string> lines = lines_of(file);
        REQUIRE(lines.size() == 5'001);
        for (int i = 0; i < 5'000; ++i)
            CHECK(contains(lines[static_cast<std::size_t>(i) + 1],
                           "\"GET /" + std::to_string(i) + " HTTP/1.1\""));
    }

    TEST_CASE("of what is collected, one is told; and what is written then is there") {
        const TemporaryFolder folder;
        const std::string file = folder / "access.log";
        AccessLog log(AccessFormat::combined, file, nullptr);
        CHECK_FALSE(log.needs_flush_soon());
        std::size_t written = 0;
        while (!log.needs_flush_soon()) { // sooner, if the second is over in between
            log.write(record(), 1);
            ++written;
        }
        CHECK_FALSE(log.needs_flush_soon()); // the other has been told
        log.flush();
        CHECK(lines_of(file).size() == written);
    }

    TEST_CASE("a forked child's lines are written when its conversation ends") {
        const TemporaryFolder folder;
        const std::string file = folder / "access.log";
        AccessLog log(AccessFormat::combined, file, nullptr);
        const pid_t child = ::fork();
        if (child == 0) {
            for (int i = 0; i < 500; ++i)
                log.write(record(), 1);
            log.conversation_ended();
            ::_exit(0);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(status == 0);
        CHECK(lines_of(file).size() == 500);
    }

} // TEST_SUITE

} // namespace tern::access_log_test
