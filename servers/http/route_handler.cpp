#include "servers/http/route_handler.h"

#include <utility>

namespace tern::http {

bool needs_route_handler(const RouteSettings& settings) noexcept {
    return settings.body_bytes.has_value();
}

RouteHandler::RouteHandler(const RouteSettings& settings, std::shared_ptr<Handler> handler)
    : handler_(std::move(handler)), largest_body_(settings.body_bytes) {}

Response RouteHandler::respond(const Request& request) { return handler_->respond(request); }

std::unique_ptr<BodySink> RouteHandler::receive(const Request& request) {
    return handler_->receive(request);
}

std::optional<std::uint64_t> RouteHandler::largest_body() const {
    return largest_body_ ? largest_body_ : handler_->largest_body();
}

} // namespace tern::http
