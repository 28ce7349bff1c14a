#pragma once
// What all requests of a service have in common, whatever wire brings them.

#include "common/base/clock.h"
#include "common/net/connection.h"
#include "common/protocol/http/status.h"
#include "common/protocol/http1/limits.h"
#include "common/protocol/http2/limits.h"
#include "servers/http/access_log.h"
#include "servers/http/error_pages.h"
#include "servers/http/request_rate.h"
#include "servers/http/router.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tern::http {

/// Told what exchanges do. Thread-safe, as all that exchanges share.
class Observer {
public:
    virtual ~Observer() = default;
    virtual void responded(Status status) noexcept = 0;
    virtual void sent(std::uint64_t bytes) noexcept = 0;
    /// A handler has thrown, and the client gets 500.
    virtual void failed(std::string_view what) noexcept = 0;
};

struct ExchangeSettings {
    http1::Limits limits;
    http2::Limits http2;
    Clock::duration header_timeout = std::chrono::seconds(10);
    Clock::duration body_timeout = std::chrono::seconds(30);
    Clock::duration write_timeout = std::chrono::seconds(30);
    std::uint64_t requests_per_connection = 0; ///< 0: no limit
    std::vector<std::string> without_http2;    ///< listeners
};

/// Whether a connection that is not encrypted may change over to HTTP/2; others agree by ALPN.
inline bool offers_http2(const ExchangeSettings& settings, const net::Endpoints& client) noexcept {
    const auto& without = settings.without_http2;
    return !client.encrypted &&
           std::find(without.begin(), without.end(), client.listener) == without.end();
}

/// A client that sends a body more slowly than this, in bytes a second, runs out of time.
inline constexpr std::uint64_t slowest_body = 256;

struct ExchangeContext {
    const ExchangeSettings& settings;
    const Router& router;
    Observer& observer;
    AccessLog* access_log = nullptr;         ///< null: off
    RequestRate* request_rate = nullptr;     ///< for all requests; null: no limit
    const ErrorPages* error_pages = nullptr; ///< null: the built-in ones
};

} // namespace tern::http
