#pragma once
// A client's whole conversation with a server of HTTP/2 without its wire, and what must be true of
// any.

#include "servers/http/http2_exchange.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

namespace tern::fuzz {

/// A batch is 64 KiB and what one call of nghttp2 adds to it: never as much as this.
inline constexpr std::uint64_t most_pending = std::uint64_t{256} << 10;

inline void require(bool condition) {
    if (!condition)
        std::abort();
}

class Nobody final : public http::Observer {
public:
    void responded(http::Status) noexcept override {}
    void sent(std::uint64_t) noexcept override {}
    void failed(std::string_view) noexcept override { std::abort(); }
};

/// What a client says, and what it hears. A fuzzer's byte says `how`: in which pieces (2 and the
/// upper half: said; 4: heard), and whether the client ends its side (8) or falls silent.
class Http2Conversation {
public:
    Http2Conversation(const http::ExchangeContext& context, unsigned how)
        : piece_((how & 2U) != 0 ? 1 + (how >> 4) : whole),
          most_written_((how & 4U) != 0 ? 1'000 : whole), ends_input_((how & 8U) != 0),
          exchange_(context, client_) {}

    void hold(std::string_view wire) {
        say(wire);
        if (ends_input_)
            end_input();
        else
            fall_silent();
    }

    const std::string& heard() const noexcept { return heard_; }

private:
    static constexpr std::size_t whole = std::string_view::npos;

    void say(std::string_view input) {
        while (!input.empty() && !exchange_.is_over()) {
            if (!exchange_.wants_input() && !write())
                return; // the client does not read what there is: nothing more of it is heard
            if (!exchange_.wants_input())
                continue;
            const std::span<char> space = exchange_.space();
            const std::size_t size = input.copy(space.data(), std::min(space.size(), piece_));
            input.remove_prefix(size);
            exchange_.received(size, moment_);
            write();
        }
    }
    void end_input() {
        exchange_.input_ended();
        while (write()) {
        }
        require(exchange_.is_over());
    }
    /// The client does nothing any more.
    void fall_silent() {
        for (int steps = 0; steps < 1'000; ++steps) {
            while (write()) {
            }
            if (exchange_.is_over() || exchange_.is_idle())
                return;
            const Clock::time_point deadline = exchange_.deadline(moment_.steady);
            require(deadline != no_deadline);
            moment_.steady = std::max(moment_.steady, deadline);
            exchange_.late(moment_);
        }
        std::abort();
    }

    /// Whether there was something to be sent.
    bool write() {
        exchange_.fill(moment_);
        const http::Output& output = exchange_.pending();
        require(output.bytes_added() - output.bytes_sent() <= most_pending);
        if (output.empty())
            return false;
        std::array<iovec, http::Output::most_pieces> pieces;
        const std::span<const iovec> memory = output.memory(pieces);
        require(!memory.empty() && memory[0].iov_len > 0);
        const std::size_t taken = std::min(memory[0].iov_len, most_written_);
        heard_.append(static_cast<const char*>(memory[0].iov_base), taken);
        exchange_.sent(taken);
        return true;
    }

    const std::size_t piece_, most_written_;
    const bool ends_input_;
    const net::Endpoints client_;
    http::Moment moment_{Clock::time_point(std::chrono::hours(1)), 4'000'000'000};
    http::Http2Exchange exchange_;
    std::string heard_;
};

} // namespace tern::fuzz
