#pragma once
// A server of one connection without a wire, whose peer is the test.

#include "servers/http/exchange.h"
#include "tests/http/requests.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern::test {

class Counts final : public http::Observer {
public:
    void responded(http::Status status) noexcept override { statuses.push_back(number(status)); }
    void sent(std::uint64_t bytes) noexcept override { bytes_sent += bytes; }
    void failed(std::string_view what) noexcept override { failures.emplace_back(what); }

    std::vector<unsigned> statuses;
    std::uint64_t bytes_sent = 0;
    std::vector<std::string> failures;
};

struct ExchangeServer {
    http::ExchangeSettings settings;
    http::Router router;
    Counts counts;
    std::unique_ptr<http::AccessLog> access_log;
    std::unique_ptr<http::RequestRate> rate;
    std::unique_ptr<const http::ErrorPages> error_pages;
    net::Endpoints client;
    std::uint64_t served = 0;
    http::Moment moment = some_moment;
    bool finishing = false;
    std::size_t most_written = 1'000'000; ///< in one call
};

/// What one exchange makes of its input.
class ExchangePeer {
public:
    explicit ExchangePeer(ExchangeServer& server)
        : server_(server), context_{server.settings,   server.router,
                                    server.counts,     server.access_log.get(),
                                    server.rate.get(), server.error_pages.get()},
          exchange_(context_, server.client, server.served) {}

    /// Sends `input` and returns all that comes back.
    std::string say(std::string_view input) {
        std::string output;
        for (;;) {
            switch (exchange_.next()) {
            case http::Exchange::Next::read: {
                if (input.empty())
                    return output;
                const std::span<char> space = exchange_.space();
                REQUIRE(!space.empty());
                const std::size_t size = input.copy(space.data(), space.size());
                input.remove_prefix(size);
                exchange_.received(size);
                break;
            }
            case http::Exchange::Next::serve:
                exchange_.serve(server_.moment, server_.finishing);
                break;
            case http::Exchange::Next::write:
                write(output);
                ++writes;
                break;
            case http::Exchange::Next::idle: // a connection would wait for input now, and go on
                if (input.empty())
                    return output;
                read_at_once(input);
                break;
            case http::Exchange::Next::close:
            case http::Exchange::Next::http2:
                return output;
            }
        }
    }

    http::Exchange& exchange() { return exchange_; }
    bool is_closing() const { return exchange_.next() == http::Exchange::Next::close; }
    int writes = 0;

private:
    void read_at_once(std::string_view& input) {
        const std::span<char> space = exchange_.space();
        const std::size_t size = input.copy(space.data(), space.size());
        input.remove_prefix(size);
        exchange_.received(size);
    }

    void write(std::string& output) {
        if (const http::FileRegion* const file = exchange_.output().file()) {
            std::string part(std::min<std::size_t>(file->length, server_.most_written), '\0');
            REQUIRE(::pread(file->descriptor, part.data(), part.size(), file->offset) ==
                    static_cast<ssize_t>(part.size()));
            output += part;
            exchange_.sent(part.size());
            return;
        }
        std::array<iovec, http::Output::most_pieces> pieces;
        std::string part;
        for (const iovec& piece : exchange_.output().memory(pieces))
            part.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
        part.resize(std::min(part.size(), server_.most_written));
        REQUIRE(!part.empty());
        output += part;
        exchange_.sent(part.size());
    }

    ExchangeServer& server_;
    http::ExchangeContext context_;
    http::Exchange exchange_;
};

} // namespace tern::test
