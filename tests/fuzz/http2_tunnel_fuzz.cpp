// A WebSocket in a tunnel of HTTP/2 (RFC 8441) whose client sends anything, to a whole server
// without its wire. However its frames are cut into DATA, the echo says just the messages that a
// WebSocket by itself would have read, in frames that another one can read.
//
// The first byte says what is offered, how the rest is cut and how fast the client reads. Then each
// piece has two bytes: a frame's first one, with two bits for how it is sent, and its length.

#include "common/protocol/http2/preface.h"
#include "common/protocol/websocket/stream.h"
#include "servers/http/router.h"
#include "servers/http/websocket_echo.h"
#include "tests/fuzz/http2_conversation.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace tern;
using namespace tern::http;

constexpr std::size_t longest_message = 4096;

const ExchangeContext& context() {
    static const ExchangeSettings settings = [] {
        ExchangeSettings some;
        some.http2.extended_connect = true;
        return some;
    }();
    static const Router router = [] {
        WebsocketEchoSettings echo;
        echo.longest_message = longest_message;
        Router one;
        one.add("/*", {Method::get}, std::make_shared<WebsocketEchoHandler>(echo));
        return one;
    }();
    static fuzz::Nobody nobody;
    static const ExchangeContext all{settings, router, nobody};
    return all;
}

// RFC 9113 §6.
constexpr char data = 0, headers = 1, settings = 4, window_update = 8;
constexpr char end_stream = 1, end_headers = 4;
constexpr std::size_t header_size = 9;

std::string frame(char type, char flags, char stream, std::string_view payload) {
    const std::size_t size = payload.size();
    std::string wire = {static_cast<char>(size >> 16), static_cast<char>(size >> 8 & 0xFF),
                        static_cast<char>(size & 0xFF)};
    wire += {type, flags, 0, 0, 0, stream};
    return wire.append(payload);
}

/// RFC 7541 §6.2.2, without Huffman's code.
std::string field(std::string_view name, std::string_view value) {
    std::string wire(1, '\0');
    wire += static_cast<char>(name.size());
    wire.append(name) += static_cast<char>(value.size());
    return wire.append(value);
}

/// Up to the tunnel; flow control never stops the server.
std::string opening(bool deflates) {
    const std::string largest_window = {0x7F, '\xFF', '\xFF', '\xFF'};
    std::string request = field(":method", "CONNECT") + field(":protocol", "websocket") +
                          field(":scheme", "http") + field(":path", "/") +
                          field(":authority", "localhost") + field("sec-websocket-version", "13");
    if (deflates)
        request += field("sec-websocket-extensions", "permessage-deflate");
    return std::string(http2::preface) + frame(settings, 0, 0, std::string{0, 4} + largest_window) +
           frame(window_update, 0, 0, {"\x7F\0\0\0", 4}) + frame(headers, end_headers, 1, request);
}

/// What the client sends: as the tunnel's own bytes, and in frames of HTTP/2.
struct Said {
    std::string bytes, wire;

    void add(std::string_view more, char flags = 0) {
        if (more.empty() && flags == 0)
            return; // too many of these end the connection
        bytes += more;
        wire += frame(data, flags, 1, more);
    }
};

Said tunnel(std::string_view input) {
    enum Sending : unsigned { as_frame = 0, in_two = 0x10, as_it_is = 0x20, at_last = 0x30 };
    Said said;
    while (input.size() >= 2) {
        const auto first = static_cast<unsigned char>(input[0]);
        const auto length = static_cast<unsigned char>(input[1]);
        const std::string_view payload = input.substr(2, length);
        input.remove_prefix(2 + payload.size());
        const auto opcode = static_cast<websocket::Opcode>(first & 0xFU);
        std::string whole;
        websocket::append_masked_frame(whole, {opcode, (first & 0x80U) != 0, (first & 0x40U) != 0},
                                       payload, {1, 2, 3, 4});
        switch (first & 0x30U) {
        case as_frame:
            said.add(whole);
            break;
        case in_two:
            said.add(whole.substr(0, whole.size() / 2));
            said.add(whole.substr(whole.size() / 2));
            break;
        case as_it_is:
            said.add(payload);
            break;
        default:
            said.add(whole, end_stream);
            return said;
        }
    }
    return said;
}

/// Of all frames that the server has sent, the tunnel's bytes.
std::string tunnel_of(std::string_view heard) {
    std::string bytes;
    while (!heard.empty()) {
        fuzz::require(heard.size() >= header_size);
        std::size_t length = 0;
        for (const char digit : heard.substr(0, 3))
            length = length << 8 | static_cast<unsigned char>(digit);
        fuzz::require(heard.size() - header_size >= length);
        if (heard[3] == data)
            bytes += heard.substr(header_size, length);
        heard.remove_prefix(header_size + length);
    }
    return bytes;
}

std::string messages_of(std::string_view bytes, websocket::StreamSettings::Role role,
                        bool deflates) {
    websocket::Stream stream({role, deflates, longest_message});
    stream.receive(bytes);
    std::string all;
    while (const auto message = stream.next_message())
        all.append(message->is_text ? "text " : "binary ").append(message->content).append("|");
    return all;
}

} // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0)
        return 0;
    const unsigned how = bytes[0];
    const bool deflates = (how & 1U) != 0;
    const Said said = tunnel({reinterpret_cast<const char*>(bytes) + 1, size - 1});
    const std::string wire = opening(deflates) + said.wire;
    fuzz::Http2Conversation conversation(context(), how);
    conversation.hold(wire);
    using Role = websocket::StreamSettings::Role;
    const std::string heard = tunnel_of(conversation.heard());
    fuzz::require(messages_of(heard, Role::client, deflates) ==
                  messages_of(said.bytes, Role::server, deflates));
    return 0;
}
