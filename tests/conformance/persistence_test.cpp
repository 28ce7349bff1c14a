// Connections that are used more than once, and how they end (RFC 9112 §9).

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace tern::conformance {

using test::difference;

TEST_SUITE_BEGIN("conformance/persistence");

TEST_CASE("a hundred requests on one connection") {
    const Server server;
    ClientSocket client = server.connect();
    for (int i = 0; i < 100; ++i) {
        const SizedFile& file = sized_files[static_cast<std::size_t>(i) % 6];
        CAPTURE(i);
        const HttpResponse response = ask(client, "GET", '/' + std::string(file.path));
        REQUIRE(response.status == 200);
        REQUIRE_FALSE(response.closes());
        REQUIRE(difference(response.body, site().content(file.path)).empty());
    }
    CHECK(server.metric("tern_connections_accepted_total") == 2); // with the one who asks
}

TEST_CASE("Connection: close ends it after the answer") {
    const Server server;
    for (const char* const option : {"close", "Close", "keep-alive, close", "x, close"}) {
        CAPTURE(option);
        ClientSocket client = server.connect();
        const HttpResponse response =
            ask(client, "GET", "/text.txt", "Connection: " + std::string(option) + "\r\n");
        CHECK(response.status == 200);
        CHECK(response.field("Connection") == "close");
        CHECK(response.body == site().content("text.txt"));
        CHECK(client.read_to_end().empty());
    }
}

TEST_CASE("HTTP/1.0 ends after the answer, unless keep-alive is agreed on") {
    const Server server;
    {
        ClientSocket client = server.connect();
        client.send_all("GET /text.txt HTTP/1.0\r\n\r\n"); // no Host: right in HTTP/1.0
        const HttpResponse response = test::read_response(client);
        CHECK(response.status == 200);
        CHECK(response.body == site().content("text.txt"));
        CHECK(client.read_to_end().empty());
    }
    ClientSocket client = server.connect();
    for (int i = 0; i < 3; ++i) {
        client.send_all("GET /text.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        const HttpResponse response = test::read_response(client);
        CHECK(response.status == 200);
        CHECK(response.field("Connection") == "keep-alive");
        CHECK(response.body == site().content("text.txt"));
    }
}

namespace {

constexpr std::size_t pipelined = 50;

const SizedFile& pipelined_file(std::size_t index) { return sized_files[index % 6]; }

std::string pipeline() {
    std::string text;
    for (std::size_t i = 0; i < pipelined; ++i)
        text += test::request("GET", '/' + std::string(pipelined_file(i).path));
    return text;
}

void check_pipeline_answered(ClientSocket& client) {
    for (std::size_t i = 0; i < pipelined; ++i) {
        CAPTURE(i);
        const HttpResponse response = test::read_response(client);
        REQUIRE(response.status == 200);
        REQUIRE(difference(response.body, site().content(pipelined_file(i).path)).empty());
    }
}

} // namespace

TEST_CASE("pipelined requests in one packet are answered in order") {
    const Server server;
    ClientSocket client = server.connect();
    client.send_all(pipeline());
    check_pipeline_answered(client);
    CHECK(ask(client, "GET", "/text.txt").status == 200);
}

TEST_CASE("pipelined requests may be split anywhere") {
    const Server server;
    const std::string text = pipeline();
    for (const std::size_t piece : {1000U, 333U, 61U, 17U}) {
        CAPTURE(piece);
        ClientSocket client = server.connect();
        for (std::size_t at = 0; at < text.size(); at += piece)
            client.send_all(text.substr(at, piece));
        check_pipeline_answered(client);
    }
}

TEST_CASE("what is pipelined after an end is not answered") {
    const Server server;
    ClientSocket client = server.connect();
    client.send_all(test::request("GET", "/text.txt", "Connection: close\r\n") + pipeline());
    CHECK(test::read_response(client).closes());
    CHECK(client.read_to_end().empty());
}

TEST_CASE("pipelined HEAD, 304, 404 and 405 keep their places") {
    const Server server;
    ClientSocket client = server.connect();
    client.send_all(test::request("HEAD", "/100k.bin") +
                    test::request("GET", "/1k.bin", "If-None-Match: *\r\n") +
                    test::request("GET", "/missing") + test::request("POST", "/text.txt") +
                    test::request("GET", "/one.bin"));
    CHECK(test::read_response(client, test::BodyRule::none).status == 200);
    CHECK(test::read_response(client).status == 304);
    CHECK(test::read_response(client).status == 404);
    CHECK(test::read_response(client).status == 405);
    CHECK(test::read_response(client).body == site().content("one.bin"));
}

TEST_CASE("a request may come byte by byte") {
    const Server server;
    ClientSocket client = server.connect();
    for (int i = 0; i < 2; ++i) {
        for (const char byte : test::request("GET", "/100k.bin", "X-Some: thing\r\n"))
            client.send_all({&byte, 1});
        CHECK(difference(test::read_response(client).body, site().content("100k.bin")).empty());
    }
}

TEST_CASE("a client that has ended its side still gets all answers") {
    const Server server;
    for (const char* const path : {"text.txt", "10m.bin"}) {
        CAPTURE(path);
        ClientSocket client = server.connect();
        client.send_all(test::request("GET", "/one.bin") +
                        test::request("GET", '/' + std::string(path)));
        client.end_sending();
        CHECK(test::read_response(client).body == site().content("one.bin"));
        CHECK(difference(test::read_response(client).body, site().content(path)).empty());
        CHECK(client.read_to_end().empty());
    }
}

TEST_CASE("a client that ends in the middle of a request does no harm") {
    const Server server;
    for (const char* const part : {"", "G", "GET /text.txt HTTP/1.1\r\nHost: "}) {
        CAPTURE(part);
        ClientSocket client = server.connect();
        client.send_all(part);
        client.end_sending();
        client.wait_for_the_end();
    }
    CHECK(server.get("/text.txt").status == 200);
}

TEST_CASE("clients that reset the connection do no harm") {
    const Server server;
    server.get("/10m.bin");
    for (int i = 0; i < 5; ++i) {
        ClientSocket client = server.connect();
        client.send_all(test::request("GET", "/10m.bin"));
        client.read_exactly(1000);
        client.reset();
        ClientSocket early = server.connect();
        early.send_all("GET /text.txt HTTP/1.1\r\n");
        early.reset();
        server.connect().reset();
    }
    CHECK(difference(server.get("/10m.bin").body, site().content("10m.bin")).empty());
    CHECK(test::eventually([&] { return server.metric("tern_connections_active") == 1; }));
}

TEST_SUITE_END();

} // namespace tern::conformance
