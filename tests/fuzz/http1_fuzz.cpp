// Feeds bytes to the HTTP/1 parser and to a whole exchange, cut in ways that the first byte
// chooses, and compares with what comes of the same bytes in one piece.

#include "servers/http/exchange.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace tern::http;

class Echo final : public Handler {
public:
    class Sink final : public BodySink {
    public:
        bool consume(std::string_view piece) override {
            text_ += piece;
            return true;
        }
        Response finish() override {
            return text_response(Status::created, "text/plain", std::move(text_));
        }

    private:
        std::string text_;
    };

    Response respond(const Request& request) override {
        return text_response(Status::ok, "text/plain",
                             std::string(request.path) + "?" + std::string(request.query));
    }
    std::unique_ptr<BodySink> receive(const Request&) override { return std::make_unique<Sink>(); }
};

class Nobody final : public Observer {
public:
    void responded(Status) noexcept override {}
    void sent(std::uint64_t) noexcept override {}
    void failed(std::string_view) noexcept override {}
};

ExchangeSettings make_settings() {
    ExchangeSettings settings;
    settings.limits = {
        .target_bytes = 100, .header_bytes = 500, .header_fields = 10, .body_bytes = 200};
    return settings;
}

Router make_router() {
    Router router;
    router.add("/*", {Method::get, Method::put}, std::make_shared<Echo>());
    return router;
}

/// All that a connection answers to `input` which arrives in pieces of `size` bytes.
std::string answer(std::string_view input, std::size_t size) {
    static const ExchangeSettings settings = make_settings();
    static const Router router = make_router();
    static Nobody nobody;
    const ExchangeContext context{settings, router, nobody};
    const tern::net::Endpoints client;
    const Moment moment{{}, 1'000'000'000};
    std::uint64_t served = 0;
    Exchange exchange(context, client, served);

    std::string output;
    while (exchange.next() != Exchange::Next::close && exchange.next() != Exchange::Next::http2) {
        if (exchange.next() == Exchange::Next::serve) {
            exchange.serve(moment, false);
        } else if (exchange.next() == Exchange::Next::write) {
            std::array<iovec, 2> pieces;
            const iovec piece = exchange.output().memory(pieces)[0];
            const std::size_t part = std::min(piece.iov_len, size);
            output.append(static_cast<const char*>(piece.iov_base), part);
            exchange.sent(part);
        } else if (!input.empty()) {
            const std::span<char> space = exchange.space();
            const std::size_t part = input.copy(space.data(), std::min(space.size(), size));
            input.remove_prefix(part);
            exchange.received(part);
        } else {
            break;
        }
    }
    return output;
}

/// 100-continue is sent or not depending on what has arrived; that is not compared.
bool is_comparable(std::string_view input) { return input.find("100-") == std::string_view::npos; }

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string whole = answer(input, input.size() + 1);
    const std::string pieces = answer(input, data[0] % 16 + 1U);
    if (is_comparable(input) && whole != pieces)
        std::abort();
    return 0;
}
