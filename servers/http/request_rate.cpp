#include "servers/http/request_rate.h"

#include <chrono>

namespace tern::http {

RequestRate::RequestRate(const RateSettings& settings, Metrics& metrics)
    : rates_(settings),
      refused_(metrics.counter("tern_http_requests_limited_total",
                               "Requests refused because their address asks too often.")) {}

std::optional<Response> RequestRate::refuse(const Request& request) {
    const std::uint64_t key = request.client.peer.limit_key();
    if (key == 0) // a Unix socket: there is no address to tell clients apart
        return std::nullopt;
    const Clock::duration wait = rates_.take(key, request.moment.steady);
    if (wait == Clock::duration::zero())
        return std::nullopt;
    refused_.add();
    Response response = error_response(Status::too_many_requests);
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    response.fields.add("Retry-After", static_cast<std::uint64_t>(seconds));
    return response;
}

std::unique_ptr<RequestRate> make_request_rate(const std::optional<RateSettings>& settings,
                                               Metrics& metrics) {
    return settings ? std::make_unique<RequestRate>(*settings, metrics) : nullptr;
}

} // namespace tern::http
