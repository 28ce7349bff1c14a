#pragma once
// A server's numbers for who scrapes them: Prometheus text over just enough HTTP, on a listener of
// its own.
//
// It is one more resident of the service (docs/decisions/0020), so every server has it, under every
// strategy, and without a thread.

#include "common/base/metrics.h"
#include "common/net/listener.h"
#include "common/strategy/service.h"

#include <memory>
#include <string>
#include <string_view>

namespace tern::daemon {

/// What is answered to a request's head: GET and HEAD of /metrics, and nothing else.
std::string answer_scrape(std::string_view head, const Metrics& metrics);

/// A service with one resident more; all else is passed on.
class MeasuredService final : public strategy::Service {
public:
    /// `metrics` outlives it.
    MeasuredService(std::unique_ptr<strategy::Service> service, const net::Listener& listener,
                    const Metrics& metrics) noexcept
        : service_(std::move(service)), listener_(listener), metrics_(metrics) {}

    Task<void> serve(net::Connection& connection, Runner& runner) override {
        return service_->serve(connection, runner);
    }
    std::string_view refusal() const override { return service_->refusal(); }
    std::string_view refusal_for(const net::Endpoints& client) const override {
        return service_->refusal_for(client);
    }
    bool makes_room() const override { return service_->makes_room(); }
    Hub* hub() override { return service_->hub(); }
    std::size_t residents() const override { return service_->residents() + 1; }
    Task<void> reside(std::size_t index, Runner& runner) override;
    Clock::duration handshake_patience() const override { return service_->handshake_patience(); }
    Clock::duration last_chance() const override { return service_->last_chance(); }

private:
    const std::unique_ptr<strategy::Service> service_;
    const net::Listener& listener_;
    const Metrics& metrics_;
};

} // namespace tern::daemon
