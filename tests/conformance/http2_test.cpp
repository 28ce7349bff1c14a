// What HTTP/2 has of its own: many requests on one connection, bodies both ways at once, the end.

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"
#include "tests/harness/http2_client.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

namespace tern::conformance {

using test::difference;
using test::Http2Client;

TEST_SUITE_BEGIN("conformance/http2");

namespace {

class Conversation {
public:
    explicit Conversation(const Server& server) : socket_(server.connect()) {}

    Http2Client& client() { return client_; }
    ClientSocket& socket() { return socket_; }

    void send() { socket_.send_all(client_.output()); }
    void receive() { client_.input(socket_.read_some()); }
    const HttpResponse& response(Http2Client::StreamId id) {
        while (!client_.is_complete(id) && client_.reset_error(id) < 0) {
            send();
            receive();
        }
        send();
        return client_.response(id);
    }

private:
    ClientSocket socket_;
    Http2Client client_;
};

} // namespace

TEST_CASE("many requests at once on one connection, each answered in full") {
    if (!over_http2())
        return;
    const Server server;
    Conversation conversation(server);
    std::vector<Http2Client::StreamId> ids;
    for (int i = 0; i < 50; ++i)
        ids.push_back(conversation.client().request("GET", i % 2 == 0 ? "/64k1.bin" : "/1k.bin"));
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const HttpResponse& response = conversation.response(ids[i]);
        CHECK(response.status == 200);
        const std::string file = i % 2 == 0 ? "64k1.bin" : "1k.bin";
        REQUIRE(difference(response.body, site().content(file)).empty());
    }
}

TEST_CASE("a long answer does not hold up a short one") {
    if (!over_http2())
        return;
    const Server server;
    Conversation conversation(server);
    const auto large = conversation.client().request("GET", "/10m.bin");
    const auto small = conversation.client().request("GET", "/64k.bin");
    CHECK(conversation.response(small).status == 200);
    CHECK_FALSE(conversation.client().is_complete(large));
    CHECK(difference(conversation.response(large).body, site().content("10m.bin")).empty());
}

TEST_CASE("bodies come back unchanged, several at once, with trailers") {
    if (!over_http2())
        return;
    const Server server({setting("routes", R"([{"path": "/echo", "handler": "echo",
        "echo": {"of": "body"}, "methods": ["POST"], "body_bytes": 3000000}])")});
    Conversation conversation(server);
    const std::string body = random_bytes(1'000'000);
    std::vector<Http2Client::StreamId> ids;
    for (int i = 0; i < 3; ++i)
        ids.push_back(conversation.client().request("POST", "/echo", "", &body,
                                                    i == 1 ? "X-End: 1\r\n" : ""));
    for (const auto id : ids) {
        const HttpResponse& response = conversation.response(id);
        CHECK(response.status == 200);
        CHECK(difference(response.body, body).empty());
    }
}

TEST_CASE("a body that is too large is 413, and the connection goes on") {
    if (!over_http2())
        return;
    const Server server({setting("routes", R"([{"path": "/echo", "handler": "echo",
        "echo": {"of": "body"}, "methods": ["POST"], "body_bytes": 1000}])")});
    Conversation conversation(server);
    const std::string body(5000, 'x');
    const auto too_large =
        conversation.client().request("POST", "/echo", "Content-Length: 5000\r\n", &body);
    CHECK(conversation.response(too_large).status == 413);
    const auto next = conversation.client().request("GET", "/text.txt");
    CHECK(conversation.response(next).body == site().content("text.txt"));
}

TEST_CASE("after so many requests the connection ends, by GOAWAY") {
    if (!over_http2())
        return;
    const Server server({setting("limits.requests_per_connection", "3")});
    Conversation conversation(server);
    for (int i = 0; i < 3; ++i)
        CHECK(conversation.response(conversation.client().request("GET", "/text.txt")).status ==
              200);
    conversation.socket().wait_for_the_end();
    CHECK(server.get("/text.txt").status == 200);
}

TEST_CASE("a server that stops answers what was asked, and says GOAWAY") {
    if (!over_http2())
        return;
    Server server;
    Conversation conversation(server);
    const auto large = conversation.client().request("GET", "/10m.bin");
    while (conversation.client().pieces().empty()) { // until it is being answered
        conversation.send();
        conversation.receive();
    }
    server.process().signal(SIGTERM);
    CHECK(difference(conversation.response(large).body, site().content("10m.bin")).empty());
    while (conversation.client().goaway_error() < 0)
        conversation.receive();
    CHECK(conversation.client().goaway_error() == 0);
    conversation.send();
    conversation.socket().wait_for_the_end();
    CHECK(server.process().wait_for_exit() == test::Exit{0, 0});
}

TEST_CASE("a header section that is too large is 431, a target that is too long 414") {
    if (!over_http2())
        return;
    const Server server(
        {setting("limits.header_bytes", "2000"), setting("limits.target_bytes", "500")});
    ClientSocket client = server.connect();
    CHECK(ask(client, "GET", "/" + std::string(600, 'a')).status == 414);
    CHECK(ask(client, "GET", "/text.txt", "X-Long: " + std::string(2000, 'a') + "\r\n").status ==
          431);
    CHECK(ask(client, "GET", "/text.txt").status == 200);
}

TEST_SUITE_END();

} // namespace tern::conformance
