// Answers that begin before the request's body ends.

#include "servers/http/echo_handlers.h"
#include "servers/http/route_handler.h"
#include "tests/harness/temporary_folder.h"
#include "tests/http/exchange_peer.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>

namespace tern::exchange_stream_test {

namespace {

using namespace tern::http;
using tern::test::ExchangePeer;
using tern::test::ExchangeServer;

struct Server : ExchangeServer {
    Server() {
        settings.limits.body_bytes = 1'000;
        router.add("/echo", {Method::get, Method::post}, std::make_shared<EchoBodyHandler>());
        RouteSettings large;
        large.body_bytes = 1'000'000;
        router.add("/large", {Method::post},
                   std::make_shared<RouteHandler>(large, std::make_shared<EchoBodyHandler>()));
    }
};

std::string post(std::string_view path, std::string_view fields, std::string_view body,
                 std::string_view version = "HTTP/1.1") {
    return "POST " + std::string(path) + " " + std::string(version) + "\r\nHost: h\r\n" +
           std::string(fields) + "\r\n" + std::string(body);
}

std::string sized(std::string_view body, std::string_view path = "/echo") {
    return post(path, "Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

std::string chunked(std::string_view body) {
    return post("/echo", "Transfer-Encoding: chunked\r\n", body);
}

std::string content(std::string_view text) {
    const std::size_t end = text.find("\r\n\r\n");
    return end == std::string_view::npos ? "" : std::string(text.substr(end + 4));
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// What a client makes of a chunked content; empty if it does not end as it should.
std::string without_chunks(std::string_view text) {
    std::string all;
    for (;;) {
        const std::size_t end = text.find("\r\n");
        if (end == std::string_view::npos)
            return "";
        const std::size_t size = std::stoul(std::string(text.substr(0, end)), nullptr, 16);
        text.remove_prefix(end + 2);
        if (size == 0)
            return text == "\r\n" ? all : "";
        all += text.substr(0, size);
        if (text.substr(size, 2) != "\r\n")
            return "";
        text.remove_prefix(size + 2);
    }
}

} // namespace

TEST_SUITE("http/exchange_stream") {

    TEST_CASE("a body of known length comes back as it is, however it is cut") {
        const std::string request = sized("hello\r\n\r\nthere");
        for (std::size_t size = 1; size <= request.size(); ++size) {
            CAPTURE(size);
            Server server;
            server.most_written = size;
            ExchangePeer peer(server);
            std::string got;
            for (std::size_t at = 0; at < request.size(); at += size)
                got += peer.say(request.substr(at, size));
            CHECK(got.starts_with("HTTP/1.1 200 OK\r\n"));
            CHECK(has(got, "Content-Length: 14\r\n"));
            CHECK(has(got, "Content-Type: application/octet-stream\r\n"));
            CHECK(content(got) == "hello\r\n\r\nthere");
            CHECK_FALSE(peer.is_closing());
            CHECK(server.counts.statuses == std::vector<unsigned>{200});
        }
    }

    TEST_CASE("a chunked body comes back chunked, however it is cut") {
        const std::string request = chunked("3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n");
        for (std::size_t size = 1; size <= request.size(); ++size) {
            CAPTURE(size);
            Server server;
            server.most_written = size;
            ExchangePeer peer(server);
            std::string got;
            for (std::size_t at = 0; at < request.size(); at += size)
                got += peer.say(request.substr(at, size));
            CHECK(has(got, "Transfer-Encoding: chunked\r\n"));
            CHECK_FALSE(has(got, "Content-Length"));
            CHECK(without_chunks(content(got)) == "abc0123456789");
            CHECK_FALSE(peer.is_closing());
        }
    }

    TEST_CASE("the answer comes while the body does") {
        Server server;
        ExchangePeer peer(server);
        CHECK(content(peer.say(post("/echo", "Content-Length: 6\r\n", "abc"))) == "abc");
        CHECK(peer.say("de") == "de");
        CHECK(peer.say("f") == "f");
        CHECK(peer.say(sized("next")).ends_with("next"));
    }

    TEST_CASE("pipelined") {
        Server server;
        ExchangePeer peer(server);
        const std::string got =
            peer.say(sized("one") + chunked("3\r\ntwo\r\n0\r\n\r\n") + sized("three"));
        CHECK(has(got, "\r\n\r\noneHTTP/1.1 200 OK\r\n"));
        CHECK(has(got, "3\r\ntwo\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"));
        CHECK(got.ends_with("\r\n\r\nthree"));
        CHECK(server.counts.statuses.size() == 3);
    }

    TEST_CASE("100 (Continue) first, if it is asked for") {
        Server server;
        ExchangePeer peer(server);
        const std::string got =
            peer.say(post("/echo", "Content-Length: 2\r\nExpect: 100-continue\r\n", ""));
        CHECK(got.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
        CHECK(peer.say("ab") == "ab");
    }

    TEST_CASE("the last answer of a connection says so, and is complete") {
        Server server;
        ExchangePeer peer(server);
        const std::string got =
            peer.say(post("/echo", "Content-Length: 2\r\nConnection: close\r\n", "ab"));
        CHECK(has(got, "Connection: close\r\n"));
        CHECK(got.ends_with("\r\n\r\nab"));
        CHECK(peer.is_closing());
    }

    TEST_CASE("an old client gets as many bytes as it sent") {
        Server server;
        ExchangePeer peer(server);
        const std::string got = peer.say(post("/echo", "Content-Length: 2\r\n", "ab", "HTTP/1.0"));
        CHECK(has(got, "Content-Length: 2\r\n"));
        CHECK(got.ends_with("\r\n\r\nab"));
        CHECK(peer.is_closing());
    }

    TEST_CASE("a body that is refused ahead is 413; one that grows too large is cut off") {
        Server server;
        ExchangePeer peer(server);
        CHECK(peer.say(sized(std::string(1'001, 'x'))).starts_with("HTTP/1.1 413 "));
        CHECK(peer.is_closing());

        ExchangePeer other(server);
        std::string got = other.say(chunked("3e8\r\n" + std::string(1'000, 'x') + "\r\n"));
        got += other.say("1\r\nx\r\n0\r\n\r\n");
        CHECK(got.starts_with("HTTP/1.1 200 "));
        CHECK(without_chunks(content(got)).empty()); // so the client knows
        CHECK(got.find("HTTP/1.1", 1) == std::string::npos);
        CHECK(other.is_closing());
    }

    TEST_CASE("what is no body after all cuts the answer off") {
        Server server;
        ExchangePeer peer(server);
        std::string got = peer.say(chunked("3\r\nabc\r\n"));
        got += peer.say("zzz\r\n");
        CHECK(without_chunks(content(got)).empty());
        CHECK(got.find("HTTP/1.1", 1) == std::string::npos);
        CHECK(peer.is_closing());
    }

    TEST_CASE("a client that stops sending is cut off") {
        Server server;
        ExchangePeer peer(server);
        peer.say(post("/echo", "Content-Length: 6\r\n", "abc"));
        peer.exchange().late(server.moment);
        CHECK(peer.is_closing());
        CHECK(peer.say("").empty());
    }

    TEST_CASE("a route may take larger bodies than others, of which little is ever kept") {
        Server server;
        ExchangePeer peer(server);
        const std::string body(1'000'000, 'x');
        std::string got = peer.say(post("/large", "Content-Length: 1000000\r\n", ""));
        std::size_t most = 0;
        for (std::size_t at = 0; at < body.size(); at += 100'000) {
            got += peer.say(body.substr(at, 100'000));
            most = std::max(most, peer.exchange().space().size());
        }
        CHECK(content(got) == body);
        CHECK(most <= 64 * 1024);
        CHECK(server.counts.statuses == std::vector<unsigned>{200});
    }

    TEST_CASE("the access log has what was sent of the content") {
        const tern::test::TemporaryFolder folder;
        Server server;
        server.access_log =
            std::make_unique<AccessLog>(AccessFormat::combined, folder / "log", nullptr);
        {
            ExchangePeer peer(server);
            peer.say(sized("hello"));
            peer.say(post("/echo", "Content-Length: 6\r\n", "abc")); // and is gone
        }
        server.access_log.reset();
        const auto lines = tern::test::lines_of(folder / "log");
        REQUIRE(lines.size() == 2);
        CHECK(has(lines[0], "\" 200 5 \""));
        CHECK(has(lines[1], "\" 200 3 \""));
    }

    TEST_CASE("without a body there is nothing to send back") {
        Server server;
        ExchangePeer peer(server);
        const std::string got = peer.say("GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
        CHECK(got.starts_with("HTTP/1.1 200 "));
        CHECK(has(got, "Content-Length: 0\r\n"));
        CHECK(peer.say(sized("")).ends_with("Content-Length: 0\r\n\r\n"));
    }

} // TEST_SUITE

} // namespace tern::exchange_stream_test
