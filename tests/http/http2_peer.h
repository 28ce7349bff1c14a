#pragma once
// A server of one HTTP/2 connection without a wire, and frames as a hostile client makes them.

#include "servers/http/http2_exchange.h"
#include "tests/harness/http2_client.h"
#include "tests/http/exchange_peer.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tern::test {

enum class Frame : unsigned char {
    data = 0,
    headers = 1,
    priority = 2,
    reset = 3,
    settings = 4,
    ping = 6,
    goaway = 7,
    window_update = 8,
    continuation = 9,
};
inline constexpr unsigned end_stream = 1, end_headers = 4;

inline std::string big_endian(std::uint32_t number, int bytes) {
    std::string text;
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        text += static_cast<char>(number >> shift & 0xff);
    return text;
}

/// RFC 9113 §4.1.
inline std::string frame(Frame type, unsigned flags, std::uint32_t stream,
                         std::string_view payload = "") {
    std::string text = big_endian(static_cast<std::uint32_t>(payload.size()), 3);
    text += static_cast<char>(type);
    text += static_cast<char>(flags);
    return text + big_endian(stream, 4) + std::string(payload);
}

/// GET / for authority "h": of HPACK's static table, and one literal.
inline const std::string get_block = std::string("\x82\x84\x86\x01\x01h", 6);
/// POST /, the same.
inline const std::string post_block = std::string("\x83\x84\x86\x01\x01h", 6);

inline const std::string greeting =
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(Frame::settings, 0, 0);

class Http2Peer {
public:
    explicit Http2Peer(ExchangeServer& server)
        : server_(server), context_{server.settings,   server.router,
                                    server.counts,     server.access_log.get(),
                                    server.rate.get(), server.error_pages.get()},
          exchange_(context_, server.client) {}

    http::Http2Exchange& exchange() { return exchange_; }

    /// Sends `input`, as far as it is taken. The answers wait for hear().
    void send(std::string_view input) {
        while (!input.empty() && exchange_.wants_input()) {
            const std::span<char> space = exchange_.space();
            const std::size_t size = input.copy(space.data(), space.size());
            input.remove_prefix(size);
            exchange_.received(size, server_.moment);
            taken += size;
        }
    }
    std::string hear() {
        std::string output;
        for (exchange_.fill(server_.moment); !exchange_.pending().empty();
             exchange_.fill(server_.moment)) {
            std::array<iovec, http::Output::most_pieces> pieces;
            std::size_t size = 0;
            for (const iovec& piece : exchange_.pending().memory(pieces)) {
                output.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
                size += piece.iov_len;
            }
            largest_batch = std::max(largest_batch, size);
            exchange_.sent(size);
        }
        return output;
    }
    std::string say(std::string_view input) {
        send(input);
        return hear();
    }
    /// Until both have nothing more to say.
    void converse(Http2Client& client) {
        for (std::string text = client.output(); !text.empty(); text = client.output())
            client.input(say(text));
    }
    void pass(Clock::duration time) {
        server_.moment.steady += time;
        exchange_.late(server_.moment);
    }

    std::size_t taken = 0;
    std::size_t largest_batch = 0;

private:
    ExchangeServer& server_;
    http::ExchangeContext context_;
    http::Http2Exchange exchange_;
};

/// The error code of the GOAWAY or RST_STREAM that is the last of its kind in `frames`; -1: none.
inline long error_in(std::string_view frames, Frame type) {
    constexpr std::size_t header = 9;
    long error = -1;
    while (frames.size() >= header) {
        const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(frames[at]); };
        const std::size_t length = std::size_t{byte(0)} << 16 | std::size_t{byte(1)} << 8 | byte(2);
        if (byte(3) == static_cast<unsigned char>(type)) {
            const std::size_t at = header + (type == Frame::goaway ? 4 : 0);
            error = long{byte(at)} << 24 | long{byte(at + 1)} << 16 | long{byte(at + 2)} << 8 |
                    long{byte(at + 3)};
        }
        frames.remove_prefix(std::min(frames.size(), header + length));
    }
    return error;
}

} // namespace tern::test
