#include "servers/http/routes.h"

#include "servers/http/echo_handlers.h"
#include "servers/http/plain_handlers.h"
#include "servers/http/route_handler.h"
#include "servers/http/upload_handler.h"
#include "servers/http/websocket_echo.h"

#include <fmt/format.h>

#include <stdexcept>
#include <system_error>

namespace tern::http {

Response HealthHandler::respond(const Request& /*request*/) {
    Response response = text_response(Status::ok, "application/json", "{\"status\":\"ok\"}\n");
    response.fields.add("Cache-Control", "no-store");
    return response;
}

Response MetricsHandler::respond(const Request& /*request*/) {
    Response response = text_response(Status::ok, "text/plain; version=0.0.4; charset=utf-8",
                                      metrics_.prometheus_text());
    response.fields.add("Cache-Control", "no-store");
    return response;
}

namespace {

std::shared_ptr<FilesHandler> make_files(const HttpSettings& settings,
                                         const Configuration& configuration) {
    // Each root by itself first, so that a complaint can say which one it is.
    for (std::size_t i = 0; i < settings.sites.size(); ++i) {
        try {
            const DocumentRoot probe(settings.sites[i].root, settings.sites[i].symlinks);
        } catch (const std::system_error& error) {
            throw configuration.error(
                fmt::format("/sites/{}/root", i),
                fmt::format("found {}, allowed: a folder that can be opened", error.what()));
        }
    }
    return std::make_shared<FilesHandler>(settings.sites, MimeTypes(settings.mime_types),
                                          settings.cache);
}

std::shared_ptr<Handler> make_echo(EchoKind kind) {
    switch (kind) {
    case EchoKind::request:
        return std::make_shared<EchoRequestHandler>();
    case EchoKind::headers:
        return std::make_shared<EchoHeadersHandler>();
    case EchoKind::body:
        break;
    }
    return std::make_shared<EchoBodyHandler>();
}

/// Null for a route to the files of the sites. Throws std::system_error for a folder that cannot
/// be opened.
std::shared_ptr<Handler> make_handler(const RouteSettings& route, const Metrics& metrics) {
    if (route.handler == "health")
        return std::make_shared<HealthHandler>();
    if (route.handler == "metrics")
        return std::make_shared<MetricsHandler>(metrics);
    if (route.handler == "time")
        return std::make_shared<TimeHandler>();
    if (route.handler == "fixed")
        return std::make_shared<FixedHandler>(route.fixed);
    if (route.handler == "redirect")
        return std::make_shared<RedirectHandler>(route.redirect, route.path);
    if (route.handler == "echo")
        return make_echo(route.echo);
    if (route.handler == "websocket_echo")
        return std::make_shared<WebsocketEchoHandler>(route.websocket_echo);
    if (route.handler == "upload")
        return make_upload_handler(route);
    return nullptr;
}

} // namespace

Router make_router(const HttpSettings& settings, const Configuration& configuration,
                   Metrics& metrics) {
    const std::shared_ptr<FilesHandler> files = make_files(settings, configuration);
    Router router;
    bool is_all_routed = false;
    for (std::size_t i = 0; i < settings.routes.size(); ++i) {
        const RouteSettings& route = settings.routes[i];
        std::shared_ptr<Handler> handler;
        try {
            handler = make_handler(route, metrics);
        } catch (const std::system_error& error) {
            throw configuration.error(
                fmt::format("/routes/{}/upload/folder", i),
                fmt::format("found {}, allowed: a folder that can be written to", error.what()));
        }
        if (handler == nullptr)
            handler = files;
        if (needs_route_handler(route))
            handler = std::make_shared<RouteHandler>(route, std::move(handler),
                                                     make_request_rate(route.rate, metrics));
        try {
            router.add(route.path, route.methods, std::move(handler));
        } catch (const std::invalid_argument& error) {
            throw configuration.error(fmt::format("/routes/{}", i), error.what());
        }
        is_all_routed = is_all_routed || route.path == "/*";
    }
    if (!is_all_routed)
        router.add("/*", {Method::get}, files);
    return router;
}

} // namespace tern::http
