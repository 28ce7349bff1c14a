#include "servers/http/router.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tern::http {
namespace {

Response allow(Status status, Methods methods) {
    Response response;
    if (is_error(status))
        response = error_response(status);
    response.status = status;
    response.fields.add("Allow", methods.to_string());
    return response;
}

} // namespace

bool Router::Place::matches(std::string_view requested) const noexcept {
    return is_prefix ? requested.starts_with(path) : requested == path;
}

Methods Router::Place::allowed() const noexcept {
    Methods methods{Method::options};
    for (const Binding& binding : bindings)
        methods.add(binding.methods);
    return methods;
}

Response Router::Place::options(const Request& request) const {
    Response response = allow(Status::no_content, allowed());
    const Field* const wanted = http::find(request.fields, "Access-Control-Request-Method");
    const Method method = wanted != nullptr ? method_from(wanted->value) : Method::other;
    for (const Binding& binding : bindings)
        if (method != Method::other && binding.methods.contains(method))
            binding.handler->preflight(request, response);
    return response;
}

Router::Place& Router::place(std::string_view pattern) {
    const bool is_prefix = pattern.ends_with('*');
    const std::string_view path = pattern.substr(0, pattern.size() - (is_prefix ? 1 : 0));
    if (!path.starts_with('/') || path.find('*') != std::string_view::npos ||
        (is_prefix && !path.ends_with('/')))
        throw std::invalid_argument("not a path pattern: " + std::string(pattern));
    for (Place& known : places_) {
        if (known.path == path && known.is_prefix == is_prefix)
            return known;
    }
    // Exact paths first, then longer prefixes before shorter ones.
    const auto position = std::find_if(places_.begin(), places_.end(), [&](const Place& other) {
        return other.is_prefix && (!is_prefix || other.path.size() < path.size());
    });
    return *places_.insert(position, Place{std::string(path), is_prefix, {}});
}

void Router::add(std::string_view pattern, Methods methods, std::shared_ptr<Handler> handler) {
    if (methods.contains(Method::get))
        methods.add(Method::head);
    Place& where = place(pattern);
    for (const Binding& binding : where.bindings) {
        if (binding.methods.intersects(methods))
            throw std::invalid_argument("a second handler for " + std::string(pattern));
    }
    where.bindings.push_back({methods, std::move(handler)});
    all_.add(methods);
}

Router::Match Router::find(const Request& request) const {
    if (request.method == Method::other) // RFC 9110 §9.1
        return {nullptr, error_response(Status::not_implemented)};
    if (request.path == "*") { // RFC 9110 §9.3.7: about the server as a whole
        Methods methods{Method::options};
        methods.add(all_);
        return {nullptr, allow(Status::no_content, methods)};
    }
    const auto place = std::find_if(places_.begin(), places_.end(), [&](const Place& candidate) {
        return candidate.matches(request.path);
    });
    if (place == places_.end())
        return {nullptr, error_response(Status::not_found)};
    for (const Binding& binding : place->bindings) {
        if (binding.methods.contains(request.method))
            return {binding.handler.get(), {}};
    }
    if (request.method == Method::options)
        return {nullptr, place->options(request)};
    return {nullptr, allow(Status::method_not_allowed, place->allowed())}; // RFC 9110 §15.5.6
}

} // namespace tern::http
