#pragma once
// The HTTP server's conversation, and what all of its conversations share.

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/base/rate_limit.h"
#include "common/strategy/service.h"
#include "servers/http/exchange.h"
#include "servers/http/http2_pump.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace tern::http {

/// Counts responses and bytes, and logs what handlers throw.
class ServiceObserver final : public Observer {
public:
    /// Both outlive the observer.
    ServiceObserver(Metrics& metrics, Log& log);

    void responded(Status status) noexcept override;
    void sent(std::uint64_t bytes) noexcept override;
    void failed(std::string_view what) noexcept override;

private:
    std::vector<Counter> responses_; ///< by the status's first digit, less one
    Counter bytes_;
    Log& log_;
    RateLimit failures_;
};

/// What holds for all that the server answers.
struct Policies {
    std::unique_ptr<RequestRate> request_rate;     ///< null: no limit
    std::unique_ptr<const ErrorPages> error_pages; ///< null: the built-in ones
};

class HttpService final : public strategy::Service {
public:
    HttpService(const ExchangeSettings& settings, const ConversationSettings& conversation,
                Router router, std::unique_ptr<AccessLog> access_log, Metrics& metrics, Log& log,
                Policies policies = {});

    Task<void> serve(net::Connection& connection, Runner& runner) override;
    std::string_view refusal() const override;
    /// A request's header may take as long.
    Clock::duration handshake_patience() const override { return settings_.header_timeout; }
    Clock::duration last_chance() const override { return conversation_.last_chance; }

private:
    const ExchangeSettings settings_;
    const ConversationSettings conversation_;
    const Router router_;
    const std::unique_ptr<AccessLog> access_log_; ///< null: off
    const Policies policies_;
    ServiceObserver observer_;
    const ExchangeContext context_;
};

} // namespace tern::http
