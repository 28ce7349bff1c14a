#include "servers/http/plain_handlers.h"

#include "common/protocol/http/target.h"

#include <fmt/format.h>

#include <ctime>
#include <utility>

namespace tern::http {

FixedHandler::FixedHandler(FixedSettings settings)
    : settings_(std::make_shared<const FixedSettings>(std::move(settings))) {}

Response FixedHandler::respond(const Request& /*request*/) {
    Response response;
    response.status = settings_->status;
    response.prepared = &settings_->fields;
    response.bytes = settings_->content;
    response.owner = settings_;
    return response;
}

RedirectHandler::RedirectHandler(RedirectSettings settings, std::string_view route_path)
    : settings_(std::move(settings)), prefix_(route_path.size() - 1) {}

Response RedirectHandler::respond(const Request& request) {
    std::string location = settings_.target;
    if (location.ends_with('*')) {
        location.pop_back();
        location += encode_path(request.path.substr(prefix_));
        if (!request.query.empty())
            location.append("?").append(request.query);
    }
    return redirect_response(settings_.status, location);
}

Response TimeHandler::respond(const Request& request) {
    const std::time_t now = request.moment.wall;
    std::tm parts = {};
    ::gmtime_r(&now, &parts);
    Response response = text_response(
        Status::ok, "application/json",
        fmt::format("{{\"time\":\"{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z\",\"unix\":{}}}\n",
                    parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                    parts.tm_min, parts.tm_sec, now));
    response.fields.add("Cache-Control", "no-store");
    return response;
}

} // namespace tern::http
