#pragma once
// Request-rate limits: who asks too often hears 429 (RFC 6585 §4), at the cost of a small answer.

#include "common/base/keyed_rates.h"
#include "common/base/metrics.h"
#include "servers/http/request.h"
#include "servers/http/response.h"

#include <memory>
#include <optional>

namespace tern::http {

/// Of each address. Thread-safe, and the same in all processes that are forked later.
class RequestRate {
public:
    /// Throws std::system_error.
    RequestRate(const RateSettings& settings, Metrics& metrics);

    /// Counts the request. An answer: it is one too many.
    std::optional<Response> refuse(const Request& request);

private:
    KeyedRates rates_;
    Counter refused_;
};

/// Null if there is no limit. Throws std::system_error.
std::unique_ptr<RequestRate> make_request_rate(const std::optional<RateSettings>& settings,
                                               Metrics& metrics);

} // namespace tern::http
