#pragma once
// What a route adds to its handler, whatever that does: who may use it, header lines, limits.

#include "servers/http/authenticator.h"
#include "servers/http/handler.h"
#include "servers/http/request_rate.h"
#include "servers/http/route_settings.h"

namespace tern::http {

class RouteHandler final : public Handler {
public:
    /// `rate`: the limit that the settings speak of; null: none. Throws std::system_error.
    RouteHandler(const RouteSettings& settings, std::shared_ptr<Handler> handler,
                 std::unique_ptr<RequestRate> rate = nullptr);

    std::optional<Response> refuse(const Request& request) override;

    Response respond(const Request& request) override;
    std::unique_ptr<BodySink> receive(const Request& request) override;
    ChangedOver change_over(const Request& request) override;
    std::optional<std::uint64_t> largest_body() const override;
    void preflight(const Request& request, Response& response) const override;

private:
    FieldLines fields_for(const Request& request) const;
    std::optional<Response> ask_for_password(const Request& request) const;

    const std::shared_ptr<Handler> handler_;
    const Methods methods_;
    const FieldLines fields_;
    const std::optional<CorsSettings> cors_;
    const std::unique_ptr<RequestRate> rate_;            ///< null: no limit
    const std::unique_ptr<Authenticator> authenticator_; ///< null: everybody may
    const std::optional<std::uint64_t> largest_body_;
};

/// Whether the route says anything that RouteHandler is for.
bool needs_route_handler(const RouteSettings& settings) noexcept;

} // namespace tern::http
