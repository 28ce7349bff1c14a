#pragma once
// What a route adds to its handler, whatever that does: limits of its own.

#include "servers/http/handler.h"
#include "servers/http/route_settings.h"

namespace tern::http {

class RouteHandler final : public Handler {
public:
    RouteHandler(const RouteSettings& settings, std::shared_ptr<Handler> handler);

    Response respond(const Request& request) override;
    std::unique_ptr<BodySink> receive(const Request& request) override;
    std::optional<std::uint64_t> largest_body() const override;

private:
    const std::shared_ptr<Handler> handler_;
    const std::optional<std::uint64_t> largest_body_;
};

/// Whether the route says anything that RouteHandler is for.
bool needs_route_handler(const RouteSettings& settings) noexcept;

} // namespace tern::http
