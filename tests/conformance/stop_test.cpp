// How a server ends: what is under way is finished, nothing is left, and nobody keeps it up.

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"
#include "tests/conformance/slow_transfer.h"

#include <doctest/doctest.h>

#include <signal.h>

#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

namespace tern::conformance {

using test::Exit;

TEST_SUITE_BEGIN("survival/stop");

namespace {

constexpr Exit cleanly = {0, 0};

bool is_listening(const Server& server) {
    try {
        ClientSocket probe(server.process().endpoint("main"));
        probe.reset();
        return true;
    } catch (const std::system_error& error) {
        // A reset only says that one of several listeners has just closed.
        return error.code() != std::errc::connection_refused;
    }
}

/// No child outlives the server, and none is left for others to reap.
void check_all_gone(const std::vector<pid_t>& children) {
    for (const pid_t child : children) {
        CAPTURE(child);
        CHECK(test::eventually([&] { return !test::exists(child); }));
    }
}

} // namespace

TEST_CASE("SIGTERM in the middle of transfers: they finish, then the server ends") {
    constexpr std::size_t at_once = 6;
    Server server({setting("concurrency.workers", std::to_string(at_once)),
                   setting("concurrency.shutdown_grace_s", "3600")});
    std::vector<SlowTransfer> transfers = start_transfers(server, at_once, at_once);
    const std::vector<pid_t> children = test::children_of(server.process().pid());

    server.process().signal(SIGTERM);
    // While one client at a time is served, nobody sees the listener close before its end.
    if (!model().next_client_waits())
        CHECK(test::eventually([&] { return !is_listening(server); }));
    for (SlowTransfer& transfer : transfers)
        CHECK(transfer.finish() == "");
    for (SlowTransfer& transfer : transfers)
        transfer.client().wait_for_the_end();
    CHECK(server.process().wait_for_exit() == cleanly);
    CHECK_FALSE(is_listening(server));
    check_all_gone(children);
}

TEST_CASE("SIGTERM in the middle of a request: it is answered") {
    Server server({setting("concurrency.shutdown_grace_s", "3600")});
    ClientSocket client = server.connect();
    // Once the first is answered, the server has seen the beginning of the second.
    client.send_all(test::request("GET", "/one.bin") + "GET /text.txt HTTP/1.1\r\nHost: a\r\n");
    CHECK(test::read_response(client).status == 200);
    server.process().signal(SIGTERM);
    if (!model().next_client_waits())
        CHECK(test::eventually([&] { return !is_listening(server); }));
    client.send_all("\r\n");
    const HttpResponse response = test::read_response(client);
    CHECK(response.status == 200);
    // Where one thread does everything, it knows by now; others may learn a moment later.
    if (model().strategy == "select" || model().strategy == "poll")
        CHECK(response.closes());
    client.wait_for_the_end();
    CHECK(server.process().wait_for_exit() == cleanly);
}

TEST_CASE("SIGTERM with idle clients: the server ends at once") {
    for (const int signal : {SIGTERM, SIGINT}) {
        Server server({setting("concurrency.shutdown_grace_s", "3600"),
                       setting("limits.idle_timeout_s", "3600")});
        std::vector<ClientSocket> clients;
        for (int i = 0; i < 3; ++i) {
            clients.push_back(server.connect());
            CHECK(ask(clients.back(), "GET", "/text.txt").status == 200);
        }
        const std::vector<pid_t> children = test::children_of(server.process().pid());
        server.process().signal(signal);
        CHECK(server.process().wait_for_exit() == cleanly);
        for (ClientSocket& client : clients)
            CHECK(client.read_to_end().empty());
        check_all_gone(children);
    }
}

TEST_CASE("SIGTERM without any client: the server ends at once") {
    Server server({setting("concurrency.shutdown_grace_s", "3600")});
    server.process().signal(SIGTERM);
    CHECK(server.process().wait_for_exit() == cleanly);
    CHECK(server.process().output().empty());
}

TEST_CASE("a client that never reads keeps the server no longer than the grace") {
    Server server({setting("concurrency.shutdown_grace_s", "0.3"),
                   setting("limits.write_timeout_s", "3600")});
    std::vector<SlowTransfer> transfers = start_transfers(server, 3, usual_workers);
    const std::vector<pid_t> children = test::children_of(server.process().pid());
    server.process().signal(SIGTERM);
    CHECK(server.process().wait_for_exit() == cleanly);
    for (SlowTransfer& transfer : transfers)
        CHECK(transfer.finish() != "");
    check_all_gone(children);
}

TEST_CASE("clients that wait when the server is told to stop are not forgotten") {
    Server server({setting("concurrency.shutdown_grace_s", "3600"),
                   setting("limits.last_chance_s", "3600"),
                   setting("listeners.0.defer_accept_s", "0")});
    std::vector<SlowTransfer> transfers = start_transfers(server, 2, usual_workers);
    ClientSocket next = server.connect(); // the kernel has connected it
    if (!encrypted())
        next.send_all(test::request("GET", "/text.txt"));
    server.process().signal(SIGTERM);
    for (SlowTransfer& transfer : transfers)
        CHECK(transfer.finish() == "");
    const HttpResponse response = ask(next, "GET", "/text.txt");
    CHECK(response.status == 200);
    next.wait_for_the_end();
    CHECK(server.process().wait_for_exit() == cleanly);
}

TEST_SUITE_END();

} // namespace tern::conformance
