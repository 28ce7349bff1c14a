// A crowd of clients that are slow on purpose, and a normal one among them.

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"
#include "tests/endurance/form.h"
#include "tests/endurance/slow_client.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace tern::endurance {

using namespace std::chrono_literals;
using conformance::ask;
using conformance::ClientSocket;
using conformance::HttpResponse;
using conformance::model;
using conformance::Server;
using conformance::setting;
using test::difference;

TEST_SUITE_BEGIN("endurance/slow_clients");

namespace {

const std::string routes = R"(routes=[{"path": "/metrics", "handler": "metrics"},
    {"path": "/echo", "handler": "echo", "echo": {"of": "body"}}])";

std::vector<std::string> settings(std::string_view timeouts) {
    std::vector<std::string> all = {routes, setting("concurrency.max_connections", "20000"),
                                    setting("concurrency.queue", "4096")};
    for (const char* const name : {"header", "body", "idle", "write"})
        all.push_back(setting("limits." + std::string(name) + "_timeout_s", timeouts));
    return all;
}

/// As many as the form says, and as the strategy can have.
std::size_t crowd_size() {
    const std::size_t largest = model().largest_descriptor;
    const std::size_t count = form().slow_clients;
    // A client that is sent a file takes two descriptors.
    return largest == 0 ? count : std::min(count, largest / 2 - 50);
}

void check_page(const HttpResponse& response) {
    REQUIRE(response.status == 200);
    REQUIRE(difference(response.body, conformance::site().content("1k.bin")).empty());
}

/// Requests one after the other, beside the crowd, on a connection that stays and on new ones.
void be_served_beside(Crowd& crowd, const Server& server) {
    constexpr std::size_t at_a_time = 16;
    ClientSocket old_friend = server.connect();
    const test::Deadline time(form().time);
    for (std::size_t i = 0; i < form().normal_requests || !time.is_over(); ++i) {
        crowd.go_on(at_a_time);
        check_page(ask(old_friend, "GET", "/1k.bin"));
        if (i % 4 == 0)
            check_page(server.get("/1k.bin"));
    }
}

} // namespace

TEST_CASE("clients that send or read slowly do not keep a normal one waiting") {
    if (model().next_client_waits())
        return; // the next case is about these
    raise_descriptor_limit();
    const Server server(settings("3600"));
    std::vector<Slowness> kinds = {Slowness::heading, Slowness::sending, Slowness::receiving};
    Crowd crowd(server, crowd_size(), kinds);
    be_served_beside(crowd, server);
    CHECK(crowd.size() == crowd_size()); // none was sent away for the sake of the normal one
    CHECK(server.metric("tern_connections_active") > static_cast<long>(crowd_size()));
}

TEST_CASE("where one client is served at a time, timeouts bound what slow ones can do to others") {
    if (!model().next_client_waits())
        return;
    const Server server(settings("0.05"));
    // Those who go on reading are served, however slowly: no timeout is for them. And with TLS,
    // none gets any further than into the handshake while another one is served.
    std::vector<Slowness> kinds = {Slowness::heading, Slowness::sending, Slowness::disregarding};
    if (conformance::encrypted())
        kinds = {Slowness::shaking};
    for (int round = 0; round < 2; ++round) {
        Crowd crowd(server, form().slow_clients_in_line, kinds);
        ClientSocket normal(server.process().endpoint("main"));
        const std::string text = test::request("GET", "/1k.bin", "Connection: close\r\n");
        const test::Deadline deadline(5min);
        if (conformance::encrypted()) {
            crowd.go_on(crowd.size());
            CHECK(test::comes_in_time([&] { // such timeouts may strike a normal one as well
                check_page(server.get("/1k.bin"));
                return true;
            }));
            continue;
        }
        normal.send_all(text);
        while (!normal.has_input_within(5ms) && !deadline.is_over())
            crowd.go_on(crowd.size());
        check_page(test::read_response(normal));
    }
}

TEST_SUITE_END();

} // namespace tern::endurance
