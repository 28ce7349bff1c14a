// Requests and answers over HTTP/2, without a wire.

#include "tests/http/http2_peer.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace tern::http2_exchange_test {

namespace {

using namespace tern;
using namespace tern::http;
using namespace tern::test;
using namespace std::chrono_literals;

/// Collects a body and sends it back whole; /large is 1 MiB.
class Collect final : public Handler {
public:
    class Sink final : public BodySink {
    public:
        bool consume(std::string_view piece) override {
            text += piece;
            return true;
        }
        Response finish() override { return text_response(Status::created, "text/plain", text); }
        std::string text;
    };
    Response respond(const Request& request) override {
        return text_response(Status::ok, "text/plain",
                             request.path == "/large" ? std::string(1 << 20, 'x')
                                                      : std::string(request.path));
    }
    std::unique_ptr<BodySink> receive(const Request& request) override {
        if (request.path == "/unwanted")
            return nullptr;
        return std::make_unique<Sink>();
    }
};

struct CollectServer : ExchangeServer {
    CollectServer() { router.add("/*", {Method::get, Method::put}, std::make_shared<Collect>()); }
};

} // namespace

TEST_SUITE("http/http2_exchange") {

    TEST_CASE("a request and its answer, with HTTP/1.1's fields in lower case") {
        CollectServer server;
        Http2Peer peer(server);
        Http2Client client;
        const auto id = client.request("GET", "/page?x");
        peer.converse(client);
        const HttpResponse& response = client.response(id);
        CHECK(response.status == 200);
        CHECK(response.body == "/page");
        CHECK(response.field("server") == "tern");
        CHECK(response.field("content-length") == "5");
        CHECK(response.has("date"));
        CHECK(peer.exchange().is_idle());
        CHECK(server.counts.statuses == std::vector<unsigned>{200});
    }

    TEST_CASE("streams without a priority are served in turn, with one as they say") {
        CollectServer server;
        const auto last_piece_of_first = [&](std::string_view fields) {
            Http2Peer peer(server);
            Http2Client client;
            const auto first = client.request("GET", "/large", fields);
            const auto second = client.request("GET", "/large", fields);
            peer.converse(client);
            CHECK(client.response(first).body.size() == 1 << 20);
            CHECK(client.response(second).body.size() == 1 << 20);
            const auto& pieces = client.pieces();
            const auto last = std::find(pieces.rbegin(), pieces.rend(), first);
            return std::count(pieces.rbegin(), last, second) * 100 /
                   std::count(pieces.begin(), pieces.end(), second);
        };
        CHECK(last_piece_of_first("") < 20);                  // they end together
        CHECK(last_piece_of_first("Priority: u=3\r\n") > 80); // RFC 9218 §10: one after the other
    }

    TEST_CASE("a body with trailers, and one that is asked for") {
        CollectServer server;
        Http2Peer peer(server);
        Http2Client client;
        const std::string body(300'000, 'b');
        const auto id =
            client.request("PUT", "/a", "Expect: 100-continue\r\n", &body, "X-End: 1\r\n");
        peer.converse(client);
        CHECK(client.interim() == std::vector<int>{100});
        CHECK(client.response(id).status == 201);
        CHECK(client.response(id).body == body);
    }

    TEST_CASE("a body that nobody wants is not asked for, and its stream is reset in a while") {
        CollectServer server;
        Http2Peer peer(server);
        const std::string expect("\x00\x06"
                                 "expect\x0c"
                                 "100-continue",
                                 21);
        const std::string path("\x04\x09/unwanted", 11);
        const std::string block = std::string("\x00\x07:method\x03PUT", 13) + path +
                                  std::string("\x86\x01\x01h", 4) + expect;
        peer.say(greeting + frame(Frame::headers, end_headers, 1, block));
        CHECK(server.counts.statuses == std::vector<unsigned>{200});
        CHECK_FALSE(peer.exchange().is_idle());
        peer.pass(5s);
        CHECK(error_in(peer.hear(), Frame::reset) == 0);
        CHECK(peer.exchange().is_idle());
    }

    TEST_CASE("the window opens only as a body is taken") {
        CollectServer server;
        server.settings.limits.body_bytes = 100; // 413 before it has all come
        Http2Peer peer(server);
        Http2Client client;
        const std::string body(1'000'000, 'b');
        const auto id = client.request("PUT", "/a", "", &body);
        peer.converse(client);
        CHECK(client.response(id).status == 413);
        CHECK(peer.taken < 400'000);
    }

    TEST_CASE("a body that stops coming is 408") {
        CollectServer server;
        Http2Peer peer(server);
        peer.say(greeting + frame(Frame::headers, end_headers, 1,
                                  std::string("\x00\x07:method\x03PUT\x84\x86\x01\x01h", 18)));
        peer.pass(29s);
        CHECK(server.counts.statuses.empty());
        peer.pass(1s);
        CHECK(server.counts.statuses == std::vector<unsigned>{408});
    }

    TEST_CASE("a server that stops tells the client first, and refuses once it has heard") {
        CollectServer server;
        Http2Peer peer(server);
        Http2Client client;
        client.input(peer.say(client.output()));
        peer.exchange().announce_end();
        client.input(peer.hear());
        CHECK(client.goaway_error() == 0);
        const std::string heard = peer.say(client.output()); // its ping comes back
        CHECK(error_in(heard, Frame::goaway) == 0);
        CHECK(peer.exchange().is_over());
        CHECK(
            peer.exchange().should_linger()); // the client may not have taken all, and still write
        peer.exchange().input_ended();
        CHECK_FALSE(peer.exchange().should_linger());
    }

    TEST_CASE("an authority that is none is 400") {
        CollectServer server;
        Http2Peer peer(server);
        peer.say(greeting + frame(Frame::headers, end_stream | end_headers, 1,
                                  std::string("\x82\x84\x86\x01\x03"
                                              "a b",
                                              8)));
        CHECK((server.counts.statuses == std::vector<unsigned>{400} ||
               server.counts.statuses.empty())); // nghttp2 may have reset it
        CHECK_FALSE(peer.exchange().is_over());
    }
}

} // namespace tern::http2_exchange_test
