// Where a server listens: several addresses of all families at once, and TLS.

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"

#include <doctest/doctest.h>

#include <signal.h>

#include <algorithm>
#include <string>

namespace tern::conformance {

TEST_SUITE_BEGIN("conformance/listeners");

TEST_CASE("IPv4, IPv6 and Unix sockets at the same time") {
    const TemporaryFolder folder;
    const std::string path = (folder / "socket").string();
    const std::string abstract = "@" + folder.path().string();
    Server server({"listeners=[{\"name\": \"main\", \"address\": \"127.0.0.1\"},"
                   "{\"name\": \"second\", \"address\": \"127.0.0.2\"},"
                   "{\"name\": \"six\", \"address\": \"::1\"},"
                   "{\"name\": \"path\", \"address\": \"" +
                   path + "\"}, {\"name\": \"abstract\", \"address\": \"" + abstract + "\"}]"});
    const auto& endpoints = server.process().endpoints();
    REQUIRE(endpoints.size() == 5);
    CHECK(endpoints[0].name == "main"); // in the configuration's order
    CHECK(endpoints[2].address == "::1");
    CHECK(endpoints[3].address == path);
    CHECK(endpoints[4].name == "abstract");
    for (int round = 0; round < 2; ++round)
        for (const test::Endpoint& endpoint : endpoints) {
            CAPTURE(endpoint.name);
            ClientSocket client(endpoint, {.tls = encrypted()});
            const HttpResponse response = ask(client, "GET", "/100k.bin", "Connection: close\r\n");
            CHECK(test::difference(response.body, site().content("100k.bin")).empty());
        }
    server.process().signal(SIGTERM);
    CHECK(server.process().wait_for_exit() == test::Exit{0, 0});
}

TEST_CASE("HTTP/1.1 is agreed on by ALPN, where it is offered") {
    if (!encrypted())
        return;
    const Server server;
    ClientSocket client = server.connect({.alpn = "http/1.1"});
    CHECK(client.alpn() == "http/1.1");
    CHECK(ask(client, "GET", "/text.txt").status == 200);
    CHECK(server.connect().alpn().empty());
}

TEST_SUITE_END();

} // namespace tern::conformance
