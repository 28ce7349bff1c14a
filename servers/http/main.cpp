// tern-httpd: serves files over HTTP.

#include "common/daemon/daemon.h"
#include "generated/http_schema.h"
#include "servers/http/http_service.h"
#include "servers/http/routes.h"
#include "servers/http/settings.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <utility>

namespace {

std::unique_ptr<tern::strategy::Service> make_service(const tern::daemon::Equipment& equipment) {
    using namespace tern::http;
    const HttpSettings settings = settings_from(equipment.configuration);
    Router router = make_router(settings, equipment.configuration, equipment.metrics);
    std::unique_ptr<AccessLog> access_log;
    if (settings.access_log)
        access_log = std::make_unique<AccessLog>(settings.access_log->format,
                                                 settings.access_log->file, &equipment.reopen);
    Policies policies;
    policies.request_rate = make_request_rate(settings.rate, equipment.metrics);
    policies.error_pages = error_pages_from(equipment.configuration);
    return std::make_unique<HttpService>(settings.exchange, settings.conversation,
                                         std::move(router), std::move(access_log),
                                         equipment.metrics, equipment.log, std::move(policies));
}

} // namespace

int main(int argc, char** argv) {
    const tern::daemon::DaemonDescription description = {
        .program = "tern-httpd",
        .server = "httpd",
        .schema = tern::generated::http_schema,
        .default_configuration = "config/http.json",
        .alpn = {"h2", "http/1.1"},
        .make_service = make_service,
        .greeting = [](const nlohmann::json&) -> tern::daemon::Greeting {
            return {"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                    {"HTTP/1."}};
        },
    };
    return tern::daemon::run_daemon(description, argc, argv);
}
