#include "common/protocol/websocket/stream.h"

#include "common/protocol/websocket/deflate.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace tern::websocket_stream_test {

using namespace tern::websocket;

namespace {

using namespace std::literals;

constexpr std::array<unsigned char, 4> rfc_mask = {0x37, 0xFA, 0x21, 0x3D}; // RFC 6455 §5.7
constexpr FrameKind text = {Opcode::text};

std::string masked(const FrameKind& kind, std::string_view payload) {
    std::string wire;
    append_masked_frame(wire, kind, payload, rfc_mask);
    return wire;
}
std::string plain(const FrameKind& kind, std::string_view payload) {
    std::string wire;
    append_frame(wire, kind, payload);
    return wire;
}
std::string closing(CloseCode code, std::string_view reason = {}) {
    return plain({Opcode::close}, close_payload(code, reason));
}

StreamSettings compressing(std::size_t longest = 65'536) {
    return {StreamSettings::Role::server, true, longest};
}

/// All messages, with "|" between.
std::string messages(Stream& stream) {
    std::string all;
    while (const auto message = stream.next_message())
        all.append(all.empty() ? "" : "|").append(message->content);
    return all;
}

/// What becomes of a server to which this is sent, whole and byte by byte.
struct Fate {
    std::string messages, output;
    CloseCode code = CloseCode::none;
    bool has_ended = false;
};

Fate fate_of(std::string_view wire, const StreamSettings& settings = {}) {
    Fate whole, bytewise;
    for (Fate* const fate : {&whole, &bytewise}) {
        Stream stream(settings);
        const std::size_t step = fate == &whole ? wire.size() : 1;
        for (std::size_t at = 0; at < wire.size(); at += step)
            stream.receive(wire.substr(at, step));
        *fate = {messages(stream), stream.output(), stream.code(), stream.has_ended()};
    }
    CHECK(whole.messages == bytewise.messages);
    CHECK(whole.output == bytewise.output);
    CHECK(whole.code == bytewise.code);
    CHECK(whole.has_ended == bytewise.has_ended);
    return whole;
}

/// The code of the close frame that the stream answers with; none if it sends none.
CloseCode answered_with(const Fate& fate) {
    if (fate.output.size() < 4 || static_cast<unsigned char>(fate.output[0]) != 0x88)
        return CloseCode::none;
    return static_cast<CloseCode>(static_cast<unsigned char>(fate.output[2]) << 8 |
                                  static_cast<unsigned char>(fate.output[3]));
}

} // namespace

TEST_SUITE("websocket/frames") {
    TEST_CASE("the examples of RFC 6455") {
        CHECK(plain(text, "Hello") == "\x81\x05Hello");
        CHECK(masked(text, "Hello") == "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s);
        CHECK(plain({Opcode::text, false}, "Hel") == "\x01\x03Hel");
        CHECK(plain({Opcode::continuation}, "lo") == "\x80\x02lo");
        CHECK(plain({Opcode::ping}, "Hello") == "\x89\x05Hello");
        CHECK(plain({Opcode::binary}, std::string(256, 'x')).starts_with("\x82\x7E\x01\x00"s));
        CHECK(plain({Opcode::binary}, std::string(65'536, 'x'))
                  .starts_with("\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00"s));
    }
    TEST_CASE("lengths are written in as few bytes as can be") {
        CHECK(plain(text, std::string(125, 'x')).size() == 127);
        CHECK(plain(text, std::string(126, 'x')).size() == 130);
        CHECK(plain(text, std::string(65'535, 'x')).size() == 65'539);
    }
}

TEST_SUITE("websocket/messages") {
    TEST_CASE("a message comes as it was sent") {
        CHECK(fate_of(masked(text, "Hello")).messages == "Hello");
        CHECK(fate_of(masked(text, "")).has_ended == false);
        for (const std::size_t size : {125UL, 126UL, 127UL, 128UL, 65'535UL, 65'536UL})
            CHECK(fate_of(masked({Opcode::binary}, std::string(size, '\xFE'))).messages ==
                  std::string(size, '\xFE'));
    }
    TEST_CASE("fragments become one message, with pings answered in between") {
        const Fate fate =
            fate_of(masked({Opcode::text, false}, "Hel") + masked({Opcode::ping}, "1") +
                    masked({Opcode::continuation, false}, "") + masked({Opcode::ping}, "2") +
                    masked({Opcode::continuation}, "lo") + masked(text, "!"));
        CHECK(fate.messages == "Hello|!");
        CHECK(fate.output == plain({Opcode::pong}, "1") + plain({Opcode::pong}, "2"));
    }
    TEST_CASE("a pong that nobody asked for is nothing") {
        const Fate fate = fate_of(masked({Opcode::pong}, "x"));
        CHECK_FALSE(fate.has_ended);
        CHECK(fate.output.empty());
    }
    TEST_CASE("a client reads what a server sends, and masks what it answers") {
        Stream client({StreamSettings::Role::client});
        client.receive(plain(text, "Hello") + plain({Opcode::ping}, "x"));
        CHECK(messages(client) == "Hello");
        Stream server(StreamSettings{});
        server.receive(client.output());
        CHECK_FALSE(server.has_ended());
    }
}

TEST_SUITE("websocket/mistakes") {
    TEST_CASE("what the protocol forbids is answered with 1002") {
        const std::vector<std::string> mistakes = {
            plain(text, "not masked"),
            masked({Opcode::continuation}, "of nothing"),
            masked({Opcode::text, false}, "a") + masked(text, "not continued"),
            masked({static_cast<Opcode>(0x3)}, "reserved"),
            masked({static_cast<Opcode>(0xB)}, "reserved"),
            masked({Opcode::ping, false}, "in fragments"),
            masked({Opcode::ping}, std::string(126, 'x')),
            masked({Opcode::text, true, true}, "compressed, unasked"),
            masked({Opcode::close}, "\x03"),
            masked({Opcode::close}, "\x03\xE7"),                  // 999
            masked({Opcode::close}, "\x03\xED"),                  // 1005
            masked({Opcode::close}, "\x03\xEE"),                  // 1006
            std::string("\x81\xFE\x00\x05\x37\xfa\x21\x3d", 8),   // 5 in two bytes
            std::string("\x81\xFF\x80\0\0\0\0\0\0\0\0\0\0\0", 14) // more than 63 bits
        };
        for (const std::string& mistake : mistakes) {
            const std::string name = mistake.substr(0, 40);
            CAPTURE(name);
            const Fate fate = fate_of(mistake + masked(text, "never seen"));
            CHECK(fate.has_ended);
            CHECK(fate.messages.empty());
            CHECK(answered_with(fate) == CloseCode::protocol_error);
        }
    }
    TEST_CASE("text that is not UTF-8 is answered with 1007, cut where it may") {
        for (const std::string_view bad :
             {"\xFF"sv, "\xC0\xAF"sv, "\xED\xA0\x80"sv, "\xF4\x90\x80\x80"sv, "\xCE\xBA\xE1"sv}) {
            CHECK(answered_with(fate_of(masked(text, bad))) == CloseCode::invalid_data);
            CHECK(answered_with(fate_of(masked({Opcode::text, true, true}, deflate(bad)),
                                        compressing())) == CloseCode::invalid_data);
        }
        CHECK(fate_of(masked({Opcode::text, false}, "\xE2\x82") +
                      masked({Opcode::continuation}, "\xAC"))
                  .messages == "\xE2\x82\xAC");
        CHECK(answered_with(fate_of(masked({Opcode::close}, "\x03\xE8\xFF"))) ==
              CloseCode::invalid_data);
    }
    TEST_CASE("what is longer than allowed is answered with 1009, before it has come") {
        const StreamSettings small = {StreamSettings::Role::server, true, 1000};
        CHECK(fate_of(masked(text, std::string(1000, 'x')), small).messages.size() == 1000);
        const std::string huge("\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0\0\0x", 15);
        CHECK(answered_with(fate_of(huge, small)) == CloseCode::too_big);
        std::string slices = masked({Opcode::text, false}, std::string(600, 'x'));
        slices += masked({Opcode::continuation, false}, std::string(600, 'x'));
        CHECK(answered_with(fate_of(slices, small)) == CloseCode::too_big);
    }
    TEST_CASE("a bomb goes off within its limit") {
        const std::string bomb = deflate(std::string(50'000'000, '\0'));
        CHECK(bomb.size() < 60'000);
        CHECK(answered_with(fate_of(masked({Opcode::binary, true, true}, bomb), compressing())) ==
              CloseCode::too_big);
    }
    TEST_CASE("what is said after a close is not heard") {
        const Fate fate = fate_of(masked({Opcode::close}, "\x03\xE8") + masked(text, "late"));
        CHECK(fate.messages.empty());
        CHECK(fate.code == CloseCode::normal);
        CHECK(fate.output == closing(CloseCode::normal));
    }
}

TEST_SUITE("websocket/closing") {
    TEST_CASE("a close without a code is answered without one") {
        const Fate fate = fate_of(masked({Opcode::close}, ""));
        CHECK(fate.has_ended);
        CHECK(fate.output == "\x88\x00"s);
    }
    TEST_CASE("our close comes first, and the peer's answer ends it") {
        Stream stream(StreamSettings{});
        stream.close(CloseCode::going_away, "bye");
        stream.close(CloseCode::normal);
        CHECK(stream.output() == closing(CloseCode::going_away, "bye"));
        CHECK(stream.has_closed());
        CHECK_FALSE(stream.has_ended());
        stream.receive(masked(text, "still on its way"));
        CHECK(messages(stream) == "still on its way");
        stream.receive(masked({Opcode::close}, "\x03\xE9"));
        CHECK(stream.has_ended());
        CHECK(stream.code() == CloseCode::going_away);
    }
    TEST_CASE("a reason is cut where a frame ends, and no code point with it") {
        Stream stream(StreamSettings{});
        std::string reason(122, 'x');
        reason += "\xE2\x82\xAC";
        stream.close(CloseCode::normal, reason);
        CHECK(stream.output() == closing(CloseCode::normal, std::string(122, 'x')));
    }
    TEST_CASE("a ping of ours") {
        Stream stream(StreamSettings{});
        stream.ping("x");
        CHECK(stream.output() == plain({Opcode::ping}, "x"));
    }
}

TEST_SUITE("websocket/compression") {
    TEST_CASE("the examples of RFC 7692") {
        CHECK(deflate("Hello") == "\xf2\x48\xcd\xc9\xc9\x07\x00"s);
        std::string inflated;
        for (const std::string_view payload :
             {"\xf2\x48\xcd\xc9\xc9\x07\x00"sv,                         // 7.2.3.1
              "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"sv,         // 7.2.3.3
              "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"sv,                     // 7.2.3.4
              "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"sv, // 7.2.3.5
              "\xf2\x48\xcd\xc9\xc9\x07\x00"sv}) {
            inflated.clear();
            CHECK(inflate(payload, 100, inflated) == InflateOutcome::done);
            CHECK(inflated == "Hello");
        }
    }
    TEST_CASE("there and back, empty and large, in fragments") {
        for (const std::size_t size : {0UL, 1UL, 4096UL, 60'000UL}) {
            const std::string said(size, 'y');
            const std::string payload = deflate(said);
            CHECK(fate_of(masked({Opcode::text, true, true}, payload), compressing()).messages ==
                  said);
            const std::size_t half = payload.size() / 2;
            CHECK(fate_of(masked({Opcode::text, false, true}, payload.substr(0, half)) +
                              masked({Opcode::continuation}, payload.substr(half)),
                          compressing())
                      .messages == said);
        }
    }
    TEST_CASE("what is not deflated, or says so where it may not, ends the conversation") {
        CHECK(answered_with(fate_of(masked({Opcode::text, true, true}, "\xFF\xFF\xFF"),
                                    compressing())) == CloseCode::invalid_data);
        const std::string payload = deflate("Hello");
        CHECK(answered_with(fate_of(masked({Opcode::text, false, true}, payload.substr(0, 3)) +
                                        masked({Opcode::continuation, true, true}, "x"),
                                    compressing())) == CloseCode::protocol_error);
        CHECK(answered_with(fate_of(masked({Opcode::ping, true, true}, ""), compressing())) ==
              CloseCode::protocol_error);
    }
}

} // namespace tern::websocket_stream_test
