#pragma once
// Handlers that need nothing but the request, if that: fixed answers, redirections, the time.

#include "servers/http/handler.h"
#include "servers/http/route_settings.h"

namespace tern::http {

/// Always says the same.
class FixedHandler final : public Handler {
public:
    explicit FixedHandler(FixedSettings settings);
    Response respond(const Request& request) override;

private:
    const std::shared_ptr<const FixedSettings> settings_;
};

/// Sends clients elsewhere.
class RedirectHandler final : public Handler {
public:
    /// If the target ends in "*", what the route's own "*" stood for takes its place, and the
    /// query follows.
    RedirectHandler(RedirectSettings settings, std::string_view route_path);
    Response respond(const Request& request) override;

private:
    const RedirectSettings settings_;
    const std::size_t prefix_; ///< characters of a path that are not the "*"
};

/// Says what time it is here.
class TimeHandler final : public Handler {
public:
    Response respond(const Request& request) override;
};

} // namespace tern::http
