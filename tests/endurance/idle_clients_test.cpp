// Thousands of keep-alive connections on which nothing happens.

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"
#include "tests/endurance/form.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace tern::endurance {

using conformance::ask;
using conformance::ClientSocket;
using conformance::model;
using conformance::Server;
using conformance::setting;

TEST_SUITE_BEGIN("endurance/idle_clients");

namespace {

/// The strategies that are made for so many.
constexpr std::array<std::string_view, 4> for_thousands = {"epoll", "asio", "io_uring",
                                                           "thread_pool"};

} // namespace

TEST_CASE("thousands of idle clients keep nobody waiting, and are answered when they ask again") {
    if (std::count(for_thousands.begin(), for_thousands.end(), model().strategy) == 0)
        return;
    raise_descriptor_limit();
    const std::size_t count = form().idle_clients;
    const Server server({setting("concurrency.max_connections", "20000"),
                         setting("concurrency.queue", "4096"),
                         setting("limits.idle_timeout_s", "3600")});
    std::vector<ClientSocket> idle;
    for (std::size_t i = 0; i < count; ++i) {
        idle.push_back(server.connect());
        REQUIRE(ask(idle.back(), "GET", "/one.bin").status == 200);
    }
    CHECK(server.metric("tern_connections_active") > static_cast<long>(count));
    for (std::size_t i = 0; i < form().normal_requests; ++i)
        REQUIRE(server.get("/1k.bin").body == conformance::site().content("1k.bin"));

    for (ClientSocket& client : idle) // all at once
        client.send_all(test::request("GET", "/text.txt"));
    std::size_t answered = 0;
    for (ClientSocket& client : idle)
        answered += test::read_response(client).body == conformance::site().content("text.txt");
    CHECK(answered == count);
    for (ClientSocket& client : idle)
        client.reset(); // no port waits for stray packets
}

TEST_SUITE_END();

} // namespace tern::endurance
