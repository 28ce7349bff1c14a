// What a client may take: bytes, seconds, connections.

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"
#include "tests/conformance/slow_transfer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace tern::conformance {

using namespace std::chrono_literals;

TEST_SUITE_BEGIN("conformance/limits");

TEST_CASE("a target that is too long is 414, and the end") {
    const Server server({setting("limits.target_bytes", "64")});
    CHECK(server.get('/' + std::string(63, 'a')).status == 404);
    for (const std::size_t length : {64UL, 100UL, 5000UL}) {
        CAPTURE(length);
        ClientSocket client = server.connect();
        const HttpResponse response = ask(client, "GET", '/' + std::string(length, 'a'));
        CHECK(response.status == 414);
        CHECK(response.closes());
        CHECK(client.read_to_end().empty());
    }
}

TEST_CASE("too many header bytes or fields are 431, and the end") {
    const Server server(
        {setting("limits.header_bytes", "512"), setting("limits.header_count", "10")});
    std::string ten_fields; // with Host, which request() adds
    for (int i = 0; i < 9; ++i)
        ten_fields += "X-" + std::to_string(i) + ": 1\r\n";
    {
        ClientSocket client = server.connect();
        CHECK(ask(client, "GET", "/text.txt", ten_fields).status == 200);
        CHECK(ask(client, "GET", "/text.txt", "X: " + std::string(400, 'a') + "\r\n").status ==
              200);
    }
    for (const std::string& fields :
         {ten_fields + "X: 1\r\n", "X: " + std::string(512, 'a') + "\r\n",
          "X: " + std::string(20000, 'a') + "\r\n"}) {
        CAPTURE(fields.size());
        ClientSocket client = server.connect();
        const HttpResponse response = ask(client, "GET", "/text.txt", fields);
        CHECK(response.status == 431);
        CHECK(response.closes());
        CHECK(client.read_to_end().empty());
    }
}

TEST_CASE("a body that is too large is 413, and the end") {
    const Server server({setting("limits.body_bytes", "100")});
    ClientSocket client = server.connect();
    client.send_all(test::request("POST", "/", "Content-Length: 101\r\n"));
    const HttpResponse response = test::read_response(client);
    CHECK(response.status == 413);
    CHECK(response.closes());
    CHECK(client.read_to_end().empty());
}

TEST_CASE("a client that is still sending hears why it shall not") {
    const Server server({setting("limits.body_bytes", "100")});
    constexpr std::size_t more_than_sockets_hold = 8'000'000;
    const std::string body(more_than_sockets_hold, 'a');
    const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
    for (int i = 0; i < 2; ++i) {
        ClientSocket client = server.connect();
        // Unread input would make the kernel reset a connection that is closed.
        client.send_all(test::request("POST", "/", length) + body);
        CHECK(test::read_response(client).status == 413);
        CHECK(client.read_to_end().empty());
    }
}

TEST_CASE("a header that takes too long is 408, and the end") {
    const Server server({setting("limits.header_timeout_s", "0.3")});
    CHECK(test::comes_in_time([&] { // the time is the TLS handshake's as well
        ClientSocket client = server.connect();
        client.send_all("GET /text.txt HTTP/1.1\r\nHost: ");
        const HttpResponse response = test::read_response(client);
        CHECK(response.status == 408);
        CHECK(response.closes());
        CHECK(client.read_to_end().empty());
        return true;
    }));
}

TEST_CASE("to send a header slowly does not gain time") {
    const Server server({setting("limits.header_timeout_s", "0.3")});
    CHECK(test::comes_in_time([&] {
        ClientSocket client = server.connect();
        client.send_all("GET /text.txt HTTP/1.1\r\nHost: ");
        const test::Deadline deadline;
        while (!client.has_input_within(20ms) && !deadline.is_over())
            client.send_all("a");
        CHECK_FALSE(deadline.is_over());
        CHECK(test::read_response(client).status == 408);
        return true;
    }));
}

TEST_CASE("a connection that idles too long is closed without a word") {
    const Server server({setting("limits.idle_timeout_s", "0.3")});
    ClientSocket silent = server.connect();
    silent.handshake();
    CHECK(silent.read_to_end().empty());
    CHECK(test::comes_in_time([&] {
        ClientSocket client = server.connect();
        CHECK(ask(client, "GET", "/text.txt").status == 200);
        CHECK(client.read_to_end().empty());
        return true;
    }));
}

TEST_CASE("a client that does not read its answer is given up") {
    const Server server({setting("limits.write_timeout_s", "0.3")});
    SocketOptions slow;
    slow.receive_buffer = 16384;
    ClientSocket client = server.connect(slow);
    client.send_all(test::request("GET", "/10m.bin"));
    CHECK(test::read_response_head(client).status == 200);
    const auto only_the_one_who_asks = [&] {
        return server.metric("tern_connections_active") == 1;
    };
    CHECK(test::eventually(only_the_one_who_asks));
    CHECK_THROWS_AS(client.read_exactly(10 * 1048576), test::ConnectionLost);
}

TEST_CASE("after so many requests a connection is closed") {
    const Server server({setting("limits.requests_per_connection", "3")});
    ClientSocket client = server.connect();
    CHECK_FALSE(ask(client, "GET", "/text.txt").closes());
    CHECK_FALSE(ask(client, "GET", "/text.txt").closes());
    CHECK(ask(client, "GET", "/text.txt").closes());
    CHECK(client.read_to_end().empty());
}

namespace {

/// Connections that have had an answer, and idle.
std::vector<ClientSocket> idle_clients(const Server& server, std::size_t count) {
    std::vector<ClientSocket> clients;
    for (std::size_t i = 0; i < count; ++i) {
        clients.push_back(server.connect());
        REQUIRE(ask(clients.back(), "GET", "/text.txt").status == 200);
    }
    return clients;
}

void check_refused(ClientSocket client) {
    const HttpResponse response = test::read_response(client); // without a request
    CHECK(response.status == 503);
    CHECK(response.has("Retry-After"));
    CHECK(response.closes());
    CHECK(client.read_to_end().empty());
}

bool is_served(ClientSocket client) {
    try {
        return ask(client, "GET", "/text.txt").status == 200;
    } catch (const test::ConnectionLost&) { // refused, before it had sent all
        return false;
    }
}

} // namespace

TEST_CASE("past max_connections a client is refused politely, until there is room again") {
    if (model().next_client_waits()) {
        MESSAGE(model().strategy << ": " << model().exception);
        return;
    }
    const Server server({setting("concurrency.max_connections", "3")});
    std::vector<ClientSocket> clients = idle_clients(server, 3);
    check_refused(server.connect());
    check_refused(server.connect());
    for (ClientSocket& client : clients)
        CHECK(ask(client, "GET", "/one.bin").status == 200);
    clients.pop_back();
    CHECK(test::eventually([&] { return is_served(server.connect()); }));
    clients.clear();
    CHECK(test::eventually([&] { return is_served(server.connect()); }));
    const auto refusals_are_counted = [&] {
        const HttpResponse metrics = server.get("/metrics"); // may be refused itself
        return metrics.status == 200 &&
               metric_in(metrics.body, "tern_connections_refused_total") >= 2;
    };
    CHECK(test::eventually(refusals_are_counted));
}

TEST_CASE("past max_connections_per_address only this address is refused") {
    if (model().clients_at_once(2) == 1) {
        MESSAGE(model().strategy << ": " << model().exception);
        return;
    }
    const Server server({setting("concurrency.max_connections_per_address", "2"),
                         setting("concurrency.workers", "4")});
    std::vector<SlowTransfer> clients = start_transfers(server, 2, 4); // idle ones might be closed
    REQUIRE(clients.size() == 2);
    check_refused(server.connect());
    CHECK(is_served(server.connect({.source = "127.0.0.2"})));
    clients.clear();
    CHECK(test::eventually([&] { return is_served(server.connect()); }));
}

TEST_SUITE_END();

} // namespace tern::conformance
