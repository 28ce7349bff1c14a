// What hostile clients do to an HTTP/2 connection: each ends by the proper error, soon enough.

#include "tests/http/http2_peer.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace tern::http2_harm_test {

namespace {

using namespace tern;
using namespace tern::http;
using namespace tern::test;
using namespace std::chrono_literals;

constexpr long protocol_error = 1, cancel = 8, enhance_your_calm = 11;

/// For a WINDOW_UPDATE: the stream is reset (RFC 9113 §6.9.1).
const std::string too_much = big_endian(0x7fff'ffff, 4);

/// 1 MiB for each request.
class Large final : public Handler {
public:
    Response respond(const Request&) override {
        ++requests;
        return text_response(Status::ok, "text/plain", std::string(1 << 20, 'x'));
    }
    int requests = 0;
};

struct LargeServer : ExchangeServer {
    LargeServer() { router.add("/*", {Method::get, Method::post}, handler); }
    std::shared_ptr<Large> handler = std::make_shared<Large>();
};

/// How many of these the server takes before it ends the connection, which must be by that error.
std::size_t flood(Http2Peer& peer, std::string_view one, long error, std::size_t most = 5'000) {
    std::string heard = peer.say(greeting);
    for (std::size_t sent = 0; sent < most; ++sent) {
        heard += peer.say(one);
        if (!peer.exchange().is_over())
            continue;
        CHECK(error_in(heard, Frame::goaway) == error);
        CHECK(peer.exchange().should_linger());
        return sent;
    }
    FAIL("the server takes it all");
    return most;
}

} // namespace

TEST_SUITE("http/http2_harm") {

    TEST_CASE("rapid reset: requests that are broken off at once") {
        LargeServer server;
        server.settings.http2.resets_per_second = 10;
        Http2Peer peer(server);
        std::string heard = peer.say(greeting);
        std::uint32_t id = 1;
        for (; id < 10'000 && !peer.exchange().is_over(); id += 2)
            heard += peer.say(frame(Frame::headers, end_stream | end_headers, id, get_block) +
                              frame(Frame::reset, 0, id, big_endian(8, 4)));
        CHECK(error_in(heard, Frame::goaway) == enhance_your_calm);
        CHECK(server.handler->requests <= 101);
    }

    TEST_CASE("streams that the client makes the server break off count as well") {
        LargeServer server;
        server.settings.http2.resets_per_second = 10;
        Http2Peer peer(server);
        std::string heard = peer.say(greeting);
        for (std::uint32_t id = 1; id < 10'000 && !peer.exchange().is_over(); id += 2)
            heard += peer.say(frame(Frame::headers, end_stream | end_headers, id, get_block) +
                              frame(Frame::window_update, 0, id, too_much));
        CHECK(error_in(heard, Frame::goaway) == enhance_your_calm);
        CHECK(server.handler->requests <= 101);
    }

    TEST_CASE("who is cut off while frames are made hears of it at once") {
        LargeServer server;
        server.settings.http2.resets_per_second = 1;
        Http2Peer peer(server);
        std::string heard = peer.say(greeting);
        for (std::uint32_t id = 1; id < 100 && peer.exchange().wants_input(); id += 2)
            heard = peer.say(frame(Frame::headers, end_stream | end_headers, id, get_block) +
                             frame(Frame::window_update, 0, id, too_much));
        CHECK(error_in(heard, Frame::goaway) == enhance_your_calm);
        CHECK(peer.exchange().is_over());
    }

    TEST_CASE("floods of frames that bring nothing on") {
        LargeServer server;
        server.settings.http2.idle_frames_per_second = 10;
        SUBCASE("PING") {
            Http2Peer peer(server);
            CHECK(flood(peer, frame(Frame::ping, 0, 0, "12345678"), enhance_your_calm) <= 101);
        }
        SUBCASE("SETTINGS") {
            Http2Peer peer(server);
            CHECK(flood(peer, frame(Frame::settings, 0, 0), enhance_your_calm) <= 11);
        }
        SUBCASE("PRIORITY") {
            Http2Peer peer(server);
            CHECK(flood(peer, frame(Frame::priority, 0, 1, std::string(5, '\0')),
                        enhance_your_calm) <= 101);
        }
        SUBCASE("WINDOW_UPDATE") {
            Http2Peer peer(server);
            CHECK(flood(peer, frame(Frame::window_update, 0, 0, big_endian(1, 4)),
                        enhance_your_calm) <= 101);
        }
        SUBCASE("empty DATA") {
            Http2Peer peer(server);
            peer.say(greeting + frame(Frame::headers, end_headers, 1, post_block));
            std::string heard;
            std::size_t sent = 0;
            for (; sent < 5'000 && !peer.exchange().is_over(); ++sent)
                heard += peer.say(frame(Frame::data, 0, 1));
            CHECK(sent <= 101);
            CHECK(error_in(heard, Frame::goaway) == enhance_your_calm);
        }
    }

    TEST_CASE("a budget fills again with time") {
        LargeServer server;
        server.settings.http2.idle_frames_per_second = 10;
        Http2Peer peer(server);
        peer.say(greeting);
        for (int second = 0; second < 300; ++second) {
            for (int i = 0; i < 9; ++i)
                peer.say(frame(Frame::ping, 0, 0, "12345678"));
            REQUIRE_FALSE(peer.exchange().is_over());
            server.moment.steady += 1s;
        }
    }

    TEST_CASE("a flood of CONTINUATION frames") {
        LargeServer server;
        Http2Peer peer(server);
        std::string heard = peer.say(greeting + frame(Frame::headers, end_stream, 1, get_block));
        std::size_t sent = 0;
        for (; sent < 5'000 && !peer.exchange().is_over(); ++sent)
            heard += peer.say(frame(Frame::continuation, 0, 1));
        CHECK(sent < 20);
        CHECK(error_in(heard, Frame::goaway) == enhance_your_calm);
        CHECK(server.handler->requests == 0);
    }

    TEST_CASE("an HPACK bomb: one long field, named again and again") {
        LargeServer server;
        Http2Peer peer(server);
        // A literal that goes into the dynamic table, as its first entry (62), and then the index.
        std::string block = get_block + std::string("\x40\x01x\x7f\xa1\x1e", 6);
        block += std::string(4000, 'a') + std::string(10'000, '\xbe');
        const std::string heard =
            peer.say(greeting + frame(Frame::headers, end_stream | end_headers, 1, block));
        CHECK(peer.exchange().is_over());
        CHECK(error_in(heard, Frame::goaway) == enhance_your_calm);
        CHECK(server.handler->requests == 0);
    }

    TEST_CASE("a client that gives no window holds a stream for so long only") {
        LargeServer server;
        server.settings.write_timeout = 20s;
        Http2Peer peer(server);
        const std::string no_window = big_endian(4, 2) + big_endian(0, 4);
        peer.say(greeting + frame(Frame::settings, 0, 0, no_window) +
                 frame(Frame::headers, end_stream | end_headers, 1, get_block));
        CHECK_FALSE(peer.exchange().is_idle());
        CHECK(peer.exchange().deadline(server.moment.steady) == server.moment.steady + 20s);
        peer.pass(19s);
        CHECK(error_in(peer.hear(), Frame::reset) == -1);
        peer.pass(1s);
        CHECK(error_in(peer.hear(), Frame::reset) == cancel);
        CHECK(peer.exchange().is_idle());
    }

    TEST_CASE("a client that reads nothing makes the server keep little") {
        LargeServer server;
        Http2Peer peer(server);
        peer.send(greeting);
        // More streams than may be under way, each of them refused by a frame that nobody reads.
        for (std::uint32_t id = 1; id < 20'000; id += 2)
            peer.send(frame(Frame::headers, end_stream | end_headers, id, get_block));
        CHECK(server.handler->requests == 100);
        CHECK_FALSE(peer.exchange().wants_input());
        CHECK(peer.taken < 64 * 1024);
        peer.hear();
        CHECK(peer.largest_batch < 100 * 1024);
    }

    TEST_CASE("a header section that does not end runs out of time") {
        LargeServer server;
        server.settings.header_timeout = 10s;
        Http2Peer peer(server);
        peer.say(greeting + frame(Frame::headers, end_stream, 1, get_block));
        CHECK_FALSE(peer.exchange().is_idle());
        CHECK(peer.exchange().deadline(server.moment.steady) == server.moment.steady + 10s);
        peer.pass(10s);
        CHECK(error_in(peer.hear(), Frame::goaway) == enhance_your_calm);
        CHECK(peer.exchange().is_over());
    }

    TEST_CASE("what is no HTTP/2 is a protocol error") {
        LargeServer server;
        Http2Peer peer(server);
        const std::string heard = peer.say("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        CHECK(error_in(heard, Frame::goaway) == protocol_error);
        CHECK(peer.exchange().is_over());
    }
}

} // namespace tern::http2_harm_test
