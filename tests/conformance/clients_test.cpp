// Several clients at once: nobody waits for another who does nothing.

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace tern::conformance {

using test::difference;

TEST_SUITE_BEGIN("conformance/clients");

TEST_CASE("two clients at once") {
    if (model().clients_at_once(usual_workers) == 1) {
        MESSAGE(model().strategy << ": " << model().exception);
        return;
    }
    const Server server;
    ClientSocket first = server.connect();
    ClientSocket second = server.connect();
    const std::string text = test::request("GET", "/1k.bin");
    first.send_all(text.substr(0, 20)); // both are in the middle of something
    second.send_all(text.substr(0, 20));
    first.send_all(text.substr(20));
    CHECK(difference(test::read_response(first).body, site().content("1k.bin")).empty());
    second.send_all(text.substr(20));
    CHECK(difference(test::read_response(second).body, site().content("1k.bin")).empty());
}

TEST_CASE("a slow reader does not keep others waiting") {
    if (model().clients_at_once(usual_workers) == 1) {
        MESSAGE(model().strategy << ": " << model().exception);
        return;
    }
    const Server server;
    SocketOptions slow;
    slow.receive_buffer = 16384;
    ClientSocket reader = server.connect(slow);
    reader.send_all(test::request("GET", "/10m.bin"));
    CHECK(test::read_response_head(reader).status == 200);
    std::string body = reader.read_exactly(1000);
    for (int i = 0; i < 20; ++i)
        REQUIRE(difference(server.get("/100k.bin").body, site().content("100k.bin")).empty());
    body += reader.read_exactly(10 * 1048576 - 1000);
    CHECK(difference(body, site().content("10m.bin")).empty());
}

TEST_CASE("idle clients do not keep others waiting") {
    const Server server({setting("limits.idle_timeout_s", "3600")});
    std::vector<ClientSocket> idle;
    for (int i = 0; i < 4; ++i) {
        idle.push_back(server.connect());
        REQUIRE(ask(idle.back(), "GET", "/text.txt").status == 200);
    }
    for (int i = 0; i < 3; ++i)
        CHECK(server.get("/text.txt").status == 200);
}

TEST_CASE("clients that say nothing at all do not keep others waiting") {
    const Server server(
        {setting("limits.idle_timeout_s", "3600"), setting("limits.header_timeout_s", "3600")});
    const ClientSocket silent = server.connect();
    const ClientSocket also_silent = server.connect();
    CHECK(server.get("/text.txt").status == 200);
}

TEST_CASE("each client gets its own file") {
    const Server server;
    std::vector<ClientSocket> clients;
    const std::size_t together = model().next_client_waits() ? 1 : 12;
    for (std::size_t i = 0; i < 24; i += together) {
        clients.clear();
        for (std::size_t j = 0; j < together; ++j) {
            clients.push_back(server.connect());
            clients.back().send_all(
                test::request("GET", '/' + std::string(sized_files[(i + j) % 7].path)));
        }
        for (std::size_t j = together; j-- > 0;) { // the last one first
            const SizedFile& file = sized_files[(i + j) % 7];
            CAPTURE(file.path);
            const HttpResponse response = test::read_response(clients[j]);
            CHECK(difference(response.body, site().content(file.path)).empty());
        }
    }
}

TEST_SUITE_END();

} // namespace tern::conformance
