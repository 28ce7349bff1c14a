// Many clients, and what is left of them in the server: nothing.

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"
#include "tests/conformance/slow_transfer.h"

#include <doctest/doctest.h>

#include <barrier>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tern::conformance {

using test::difference;
using test::Possessions;

TEST_SUITE_BEGIN("survival/load");

namespace {

/// Possessions at rest, once everything that a server makes on first use is there, and what
/// belonged to its clients is gone: when nothing has changed for a number of looks.
Possessions at_rest(const Server& server) {
    for (const SizedFile& file : sized_files) {
        const auto is_served = [&] { // short timeouts may hit a client on a busy machine
            try {
                server.get('/' + std::string(file.path));
                return true;
            } catch (const std::exception&) {
                return false;
            }
        };
        REQUIRE(test::eventually(is_served));
    }
    constexpr int enough_looks = 50;
    Possessions before = server.possessions();
    int same = 0;
    const auto settled = [&] {
        const Possessions now = server.possessions();
        same = std::exchange(before, now) == now ? same + 1 : 0;
        return same == enough_looks;
    };
    REQUIRE(test::eventually(settled));
    return before;
}

void check_nothing_left(const Server& server, const Possessions& before) {
    Possessions now;
    const auto no_more_than_before = [&] {
        now = server.possessions();
        return now.descriptors <= before.descriptors && now.threads <= before.threads &&
               now.children <= before.children;
    };
    CHECK(test::eventually(no_more_than_before));
    CHECK(now.descriptors <= before.descriptors);
    CHECK(now.threads <= before.threads);
    CHECK(now.children <= before.children);
}

} // namespace

TEST_CASE("two thousand clients, one after the other") {
    const Server server({setting("cache.revalidate_s", "0")}); // each one is a file to open
    const Possessions before = at_rest(server);
    std::size_t answered = 0;
    for (int i = 0; i < 500; ++i) {
        answered += server.get("/1k.bin").body == site().content("1k.bin") ? 1 : 0;
        answered += server.get("/100k.bin").body == site().content("100k.bin") ? 1 : 0;
        answered += server.get("/missing").status == 404 ? 1 : 0;
        answered += server.get("/folder", "If-None-Match: *\r\n").status == 301 ? 1 : 0;
    }
    CHECK(answered == 2000);
    check_nothing_left(server, before);
}

TEST_CASE("two hundred clients at once") {
    // On a busy machine a client may be slow to begin, though it does nothing wrong.
    const Server server({setting("limits.last_chance_s", "3600")});
    const Possessions before = at_rest(server);
    constexpr std::size_t count = 200;
    std::barrier all_connected(count);
    const auto one_client = [&](std::size_t) {
        ClientSocket client = server.connect();
        all_connected.arrive_and_wait();
        const HttpResponse response = ask(client, "GET", "/100k.bin", "Connection: close\r\n");
        return response.status == 200 && response.body == site().content("100k.bin") &&
               client.read_to_end().empty();
    };
    CHECK(concurrently(count, one_client) == count);
    check_nothing_left(server, before);
}

TEST_CASE("resets, timeouts and refusals leave nothing behind") {
    const Server server({setting("limits.idle_timeout_s", "0.2"),
                         setting("limits.write_timeout_s", "0.2"),
                         setting("concurrency.max_connections", "4")});
    const Possessions before = at_rest(server);
    for (int i = 0; i < 3; ++i) {
        std::optional<SlowTransfer> late;
        const auto is_served = [&] { // the last round's places are given back a little later
            try {
                late.emplace(server);
                return true;
            } catch (const std::exception&) {
                return false;
            }
        };
        CHECK(test::eventually(is_served));
        ClientSocket reset = server.connect();
        reset.reset();
        ClientSocket idle = server.connect();
        idle.wait_for_the_end();
        std::vector<ClientSocket> many;
        for (int j = 0; j < 8; ++j)
            many.push_back(server.connect());
    }
    check_nothing_left(server, before);
}

TEST_CASE("descriptors beyond those of select(2) are refused, and nothing else") {
    if (model().largest_descriptor == 0)
        return;
    const std::size_t count = model().largest_descriptor + 100;
    const Server server({setting("concurrency.max_connections", "4000"),
                         setting("listeners.0.defer_accept_s", "0")}); // accepted in their order
    ClientSocket first = server.connect();
    CHECK(ask(first, "GET", "/text.txt").status == 200);
    {
        std::vector<ClientSocket> many;
        for (std::size_t i = 0; i < count; ++i)
            many.push_back(ClientSocket(server.process().endpoint("main")));
        many.back().wait_for_the_end();
        CHECK(ask(first, "GET", "/one.bin").status == 200);
    }
    CHECK(server.get("/text.txt").status == 200);
}

TEST_SUITE_END();

} // namespace tern::conformance
