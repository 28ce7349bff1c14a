// A client of HTTP/2 that sends anything, behind its preface, to a whole server without its wire.
// What waits to be sent stays bounded; who has done wrong, or has ended, is got rid of; and whoever
// just stops is either idle or has a deadline.
//
// The first byte says how the rest is cut and how fast the client reads; if it is odd, the rest is
// frames with a short header (type, flags, stream, length), which a real one is made of.

#include "common/protocol/http2/preface.h"
#include "servers/http/http2_exchange.h"
#include "servers/http/router.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace tern;
using namespace tern::http;

/// A batch is 64 KiB and what one call of nghttp2 adds to it: never as much as this.
constexpr std::uint64_t most_pending = std::uint64_t{256} << 10;

void require(bool condition) {
    if (!condition)
        std::abort();
}

class Nobody final : public Observer {
public:
    void responded(Status) noexcept override {}
    void sent(std::uint64_t) noexcept override {}
    void failed(std::string_view) noexcept override { std::abort(); }
};

class Echo final : public BodySink {
public:
    std::optional<StreamHead> begin() override { return StreamHead(); }
    bool consume(std::string_view piece) override {
        said_ = piece;
        return true;
    }
    std::string_view produce() override { return said_; }
    Response finish() override { return text_response(Status::ok, "text/plain", "nothing"); }

private:
    std::string said_;
};

/// Answers at length, and echoes bodies as they come.
class Anything final : public Handler {
public:
    Response respond(const Request& /*request*/) override {
        return text_response(Status::ok, "text/plain", std::string(100'000, 'x'));
    }
    std::unique_ptr<BodySink> receive(const Request& request) override {
        return request.method == Method::post ? std::make_unique<Echo>() : nullptr;
    }
};

const ExchangeContext& context() {
    static const ExchangeSettings settings = [] {
        ExchangeSettings some;
        some.http2.concurrent_streams = 10; // and budgets that a short input can exceed
        some.http2.idle_frames_per_second = some.http2.resets_per_second = 2;
        return some;
    }();
    static const Router router = [] {
        Router one;
        one.add("/*", {Method::get, Method::post}, std::make_shared<Anything>());
        return one;
    }();
    static Nobody nobody;
    static const ExchangeContext all{settings, router, nobody};
    return all;
}

class Conversation {
public:
    Conversation(std::size_t piece, std::size_t most_written)
        : piece_(piece), most_written_(most_written) {}

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

private:
    /// Whether there was something to be sent.
    bool write() {
        exchange_.fill(moment_);
        const Output& output = exchange_.pending();
        require(output.bytes_added() - output.bytes_sent() <= most_pending);
        if (output.empty())
            return false;
        std::array<iovec, Output::most_pieces> pieces;
        const std::span<const iovec> memory = output.memory(pieces);
        require(!memory.empty() && memory[0].iov_len > 0);
        exchange_.sent(std::min(memory[0].iov_len, most_written_));
        return true;
    }

    const std::size_t piece_, most_written_;
    const net::Endpoints client_;
    Moment moment_{Clock::time_point(std::chrono::hours(1)), 4'000'000'000};
    Http2Exchange exchange_{context(), client_};
};

std::string frames_of(std::string_view short_ones) {
    constexpr std::size_t short_header = 4;
    std::string wire;
    while (short_ones.size() >= short_header) {
        const char type = short_ones[0], flags = short_ones[1], stream = short_ones[2];
        const auto length = static_cast<unsigned char>(short_ones[3]);
        short_ones.remove_prefix(short_header);
        const std::string_view payload = short_ones.substr(0, length);
        short_ones.remove_prefix(payload.size());
        wire += {0, 0, static_cast<char>(payload.size()), type, flags, 0, 0, 0, stream};
        wire += payload;
    }
    return wire;
}

} // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const unsigned how = data[0];
    const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string wire =
        std::string(http2::preface) + ((how & 1U) != 0 ? frames_of(rest) : std::string(rest));
    const std::size_t piece = (how & 2U) != 0 ? 1 + (how >> 4) : wire.size();
    const std::size_t most_written = (how & 4U) != 0 ? 1'000 : wire.size() + 1'000'000;
    Conversation conversation(piece, most_written);
    conversation.say(wire);
    if ((how & 8U) != 0)
        conversation.end_input();
    else
        conversation.fall_silent();
    return 0;
}
