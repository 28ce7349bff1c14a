// Harm from outside: killed processes, and a system that has no more descriptors.

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"
#include "tests/conformance/slow_transfer.h"

#include <doctest/doctest.h>

#include <signal.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace tern::conformance {

using namespace std::chrono_literals;
using test::children_of;

TEST_SUITE_BEGIN("survival/harm");

namespace {

std::size_t count_of(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

} // namespace

TEST_CASE("kill -9 of a client's process harms only this client") {
    if (!model().in_processes)
        return;
    constexpr std::size_t workers = 3;
    Server server({setting("concurrency.workers", std::to_string(workers))});
    std::vector<SlowTransfer> transfers = start_transfers(server, workers, workers);
    const std::vector<pid_t> children = children_of(server.process().pid());
    REQUIRE(children.size() == workers);
    ::kill(children[1], SIGKILL);
    const auto harmed = std::count_if(transfers.begin(), transfers.end(),
                                      [](SlowTransfer& one) { return one.finish() != ""; });
    CHECK(harmed == 1);
    CHECK(server.get("/text.txt").status == 200);
    CHECK(test::eventually([&] { return !test::exists(children[1]); })); // nor a zombie
}

TEST_CASE("what a killed process held is given back, however often") {
    if (!model().in_processes)
        return;
    constexpr std::size_t workers = 2;
    Server server({setting("concurrency.workers", std::to_string(workers)),
                   setting("concurrency.max_connections", "2"),
                   setting("concurrency.max_connections_per_address", "2")});
    for (int round = 0; round < 3; ++round) {
        std::vector<SlowTransfer> transfers;
        for (std::size_t i = 0; i < workers; ++i) {
            const auto is_served = [&] {
                try {
                    transfers.emplace_back(server);
                    return true;
                } catch (const std::exception&) { // refused: the last one's place is still taken
                    return false;
                }
            };
            REQUIRE(test::eventually(is_served));
        }
        std::vector<pid_t> children;
        const auto are_there = [&] { // one that refused may still be about to end
            children = children_of(server.process().pid());
            return children.size() == workers;
        };
        REQUIRE(test::eventually(are_there));
        for (const pid_t child : children)
            ::kill(child, SIGKILL);
        for (SlowTransfer& transfer : transfers)
            CHECK(transfer.finish() != "");
        for (const pid_t child : children)
            CHECK(test::eventually([&] { return !test::exists(child); }));
    }
    CHECK(test::eventually([&] { return server.metric("tern_connections_active") == 1; }));
}

TEST_CASE("a killed idle worker is replaced") {
    if (!model().in_processes || !model().next_client_waits())
        return;
    Server server;
    const auto are_started = [&] {
        return children_of(server.process().pid()).size() == usual_workers;
    };
    REQUIRE(test::eventually(are_started));
    const std::vector<pid_t> before = children_of(server.process().pid());
    for (const pid_t worker : before)
        ::kill(worker, SIGKILL);
    const auto are_new = [&] {
        const std::vector<pid_t> now = children_of(server.process().pid());
        std::vector<pid_t> common;
        std::set_intersection(before.begin(), before.end(), now.begin(), now.end(),
                              std::back_inserter(common));
        return now.size() == usual_workers && common.empty();
    };
    CHECK(test::eventually(are_new));
    std::vector<SlowTransfer> transfers = start_transfers(server, usual_workers, usual_workers);
    for (SlowTransfer& transfer : transfers)
        CHECK(transfer.finish() == "");
}

TEST_CASE("without descriptors the server says so, waits, and serves again") {
    if (model().next_client_waits()) {
        MESSAGE(model().strategy << ": cannot run out of descriptors, since it accepts no client "
                                    "before it serves it");
        return;
    }
    constexpr rlim_t descriptors = 64;
    Server server({setting("limits.idle_timeout_s", "3600")}, descriptors);
    INFO("the server has said: ", server.process().log());
    ClientSocket first = server.connect();
    REQUIRE(ask(first, "GET", "/text.txt").status == 200);
    std::vector<ClientSocket> clients; // without a handshake: they only have to be there
    for (std::size_t i = 0; i < 2 * descriptors; ++i)
        clients.push_back(ClientSocket(server.process().endpoint("main")));
    const auto complaints = [&] { return count_of(server.process().log(), "Too many open files"); };
    REQUIRE(test::eventually([&] { return complaints() > 0; }));

    const std::chrono::milliseconds before = test::processor_time_of(server.process().pid());
    CHECK_FALSE(clients.back().has_input_within(1500ms)); // nothing happens ...
    const std::chrono::milliseconds after = test::processor_time_of(server.process().pid());
    CHECK((after - before).count() < 500); // ... and nobody spins
    // One line in five seconds for each loop that accepts.
    CHECK(complaints() <= 2 * usual_workers);

    // Who is connected is not told that a file is not there, when it only cannot be opened.
    const int status = ask(first, "GET", "/100k.bin").status;
    CHECK((status == 200 || status == 503));
    clients.clear();
    const auto is_served = [&] { // once all who left have been accepted and forgotten
        return server.get("/100k.bin").body == site().content("100k.bin");
    };
    CHECK(test::eventually(is_served));
    CHECK(ask(first, "GET", "/text.txt").status == 200);
    server.process().signal(SIGTERM);
    CHECK(server.process().wait_for_exit() == test::Exit{0, 0});
}

TEST_SUITE_END();

} // namespace tern::conformance
