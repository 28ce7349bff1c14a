#pragma once
// The handlers that routes name, and the router made of them.

#include "common/base/metrics.h"
#include "servers/http/router.h"
#include "servers/http/settings.h"

#include <memory>

namespace tern::http {

/// Says {"status":"ok"}, for load balancers and their like.
class HealthHandler final : public Handler {
public:
    Response respond(const Request& request) override;
};

/// The counters, as Prometheus reads them.
class MetricsHandler final : public Handler {
public:
    /// `metrics` outlive the handler.
    explicit MetricsHandler(const Metrics& metrics) noexcept : metrics_(metrics) {}
    Response respond(const Request& request) override;

private:
    const Metrics& metrics_;
};

/// All routes, and the sites for whatever is left. Throws ConfigurationError for a route or a
/// site that cannot be.
Router make_router(const HttpSettings& settings, const Configuration& configuration,
                   Metrics& metrics);

} // namespace tern::http
