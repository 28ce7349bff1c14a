// A client of HTTP/2 that sends anything, behind its preface, to a whole server without its wire.
// What waits to be sent stays bounded; who has done wrong, or has ended, is got rid of; and whoever
// just stops is either idle or has a deadline.
//
// The first byte says how the rest is cut and how fast the client reads; if it is odd, the rest is
// frames with a short header (type, flags, stream, length), which a real one is made of.

#include "common/protocol/http2/preface.h"
#include "servers/http/router.h"
#include "tests/fuzz/http2_conversation.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace tern;
using namespace tern::http;

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
    static fuzz::Nobody nobody;
    static const ExchangeContext all{settings, router, nobody};
    return all;
}

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
    fuzz::Http2Conversation conversation(context(), how);
    conversation.hold(wire);
    return 0;
}
