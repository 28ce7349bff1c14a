// What a server tells of itself: health, metrics, access log.

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"
#include "tests/harness/pattern.h"

#include <doctest/doctest.h>

#include <signal.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tern::conformance {

TEST_SUITE_BEGIN("conformance/observation");

TEST_CASE("/healthz says that all is well") {
    const Server server;
    const HttpResponse response = server.get("/healthz");
    CHECK(response.status == 200);
    CHECK_FALSE(response.body.empty());
    CHECK(server.get("/healthz/").status == 404);
}

TEST_CASE("the metrics count what all sessions did, wherever they ran") {
    const Server server;
    const std::string responses = "tern_http_responses_total{class=\"";
    CHECK(server.metric("tern_connections_accepted_total") == 1);
    for (int i = 0; i < 10; ++i) {
        CHECK(server.get("/100k.bin").status == 200);
        CHECK(server.get("/missing").status == 404);
    }
    CHECK(server.metric("tern_connections_accepted_total") == 22);
    CHECK(server.metric(responses + "2xx") == 12);
    CHECK(server.metric(responses + "4xx") == 10);
    const auto all_sent = [&] { return server.metric("tern_http_sent_bytes_total") > 10 * 102400; };
    CHECK(test::eventually(all_sent));
    CHECK(test::eventually([&] { return server.metric("tern_connections_active") == 1; }));
    const HttpResponse metrics = server.get("/metrics");
    CHECK(metrics.field("Content-Type").find("text/plain; version=0.0.4") == 0);
    CHECK(metrics.body.find("strategy=\"" + std::string(model().strategy) + "\"") !=
          std::string::npos);
}

TEST_CASE("the access log has a line for each request, in Apache's format") {
    const Server server;
    {
        ClientSocket client = server.connect();
        ask(client, "GET", "/1k.bin?a=b", "User-Agent: test \"1\"\r\nReferer: here\r\n");
        ask(client, "HEAD", "/1k.bin");
        ask(client, "GET", "/missing\\n");
    }
    REQUIRE(test::eventually([&] { return server.access_lines().size() == 3; }));
    const std::vector<std::string> lines = server.access_lines();
    const std::string begin = R"(^127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] )";
    const auto matches = [&](const std::string& line, const std::string& rest) {
        return test::match(line, begin + rest).has_value();
    };
    CHECK(matches(lines[0], R"("GET /1k\.bin\?a=b HTTP/1\.1" 200 1024 "here" "test \\x221\\x22")"));
    CHECK(matches(lines[1], R"("HEAD /1k\.bin HTTP/1\.1" 200 0 "-" "-")"));
    CHECK(matches(lines[2], R"("GET /missing\\x5Cn HTTP/1\.1" 404 \d+ "-" "-")"));
}

TEST_CASE("the access log misses no request of many clients, and mixes no lines") {
    const Server server;
    constexpr std::size_t count = 200;
    for (std::size_t i = 0; i < count; ++i)
        server.get("/text.txt?" + std::to_string(i));
    const auto is_complete = [&] {
        server.get("/text.txt"); // what a busy second collected goes with a later one's line
        return server.access_lines().size() >= count + 1;
    };
    CHECK(test::eventually(is_complete));
    std::vector<bool> seen(count, false);
    const std::string line = R"re(.* "GET /text\.txt(\?(\d+))? HTTP/1\.1" 200 \d+ "-" "-")re";
    for (const std::string& text : server.access_lines()) {
        CAPTURE(text);
        const auto parts = test::match(text, line);
        REQUIRE(parts);
        if (const std::string& number = parts->at(2); !number.empty())
            seen.at(std::stoul(number)) = true;
    }
    CHECK(std::all_of(seen.begin(), seen.end(), [](bool one) { return one; }));
}

TEST_CASE("the access log is complete when the server has ended") {
    Server server;
    constexpr std::size_t count = 300;
    {
        std::string pipeline;
        for (std::size_t i = 0; i < count; ++i)
            pipeline += test::request("GET", "/one.bin");
        ClientSocket client = server.connect();
        client.send_all(pipeline);
        for (std::size_t i = 0; i < count; ++i)
            REQUIRE(test::read_response(client).status == 200);
    }
    server.process().signal(SIGTERM);
    CHECK(server.process().wait_for_exit() == test::Exit{0, 0});
    CHECK(server.access_lines().size() == count);
}

TEST_CASE("after SIGUSR1 the access log is a new file") {
    Server server;
    server.get("/text.txt?before");
    REQUIRE(test::eventually([&] { return server.access_lines().size() == 1; }));
    const std::filesystem::path rotated = server.access_log().string() + ".1";
    std::filesystem::rename(server.access_log(), rotated);
    server.process().signal(SIGUSR1);
    const auto is_new = [&] {
        server.get("/text.txt?after");
        return !server.access_lines().empty();
    };
    CHECK(test::eventually(is_new));
    CHECK(test::lines_of(rotated).front().find("?before") != std::string::npos);
}

TEST_CASE("the access log as JSON") {
    const Server server({setting("log.access.format", "json")});
    server.get("/1k.bin", "User-Agent: \"quoted\"\r\n");
    REQUIRE(test::eventually([&] { return server.access_lines().size() == 1; }));
    const std::string line = server.access_lines().front();
    CHECK(line.front() == '{');
    CHECK(line.back() == '}');
    for (const char* const part :
         {R"("status":200)", R"("bytes":1024)", R"("client":"127.0.0.1")",
          R"("request":"GET /1k.bin HTTP/1.1")", R"("user_agent":"\"quoted\"")"}) {
        CAPTURE(part);
        CHECK(line.find(part) != std::string::npos);
    }
}

TEST_SUITE_END();

} // namespace tern::conformance
