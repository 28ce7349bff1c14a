#include "servers/http/cors.h"

#include <algorithm>
#include <string_view>

namespace tern::http {
namespace {

bool is_any(const std::vector<std::string>& list) { return list.size() == 1 && list[0] == "*"; }

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text.append(text.empty() ? "" : ", ").append(word);
    return text;
}

/// Whether pages of the request's origin may see the response.
bool allows(const CorsSettings& settings, const Field* origin) {
    if (origin == nullptr)
        return false;
    return is_any(settings.origins) || std::find(settings.origins.begin(), settings.origins.end(),
                                                 origin->value) != settings.origins.end();
}

void add_origin(FieldLines& fields, const CorsSettings& settings, const Field* origin) {
    if (!is_any(settings.origins)) // RFC 9110 §12.5.5: even if it is not allowed
        fields.add("Vary", "Origin");
    if (!allows(settings, origin))
        return;
    fields.add("Access-Control-Allow-Origin",
               is_any(settings.origins) ? std::string_view("*") : origin->value);
    if (settings.credentials)
        fields.add("Access-Control-Allow-Credentials", "true");
}

} // namespace

void add_cors(FieldLines& fields, const CorsSettings& settings, const Request& request) {
    const Field* const origin = find(request.fields, "Origin");
    add_origin(fields, settings, origin);
    if (allows(settings, origin) && !settings.exposed.empty())
        fields.add("Access-Control-Expose-Headers", joined(settings.exposed));
}

void add_preflight(FieldLines& fields, const CorsSettings& settings, Methods methods,
                   const Request& request) {
    const Field* const origin = find(request.fields, "Origin");
    add_origin(fields, settings, origin);
    if (!allows(settings, origin))
        return;
    fields.add("Access-Control-Allow-Methods", methods.to_string());
    const Field* const wanted = find(request.fields, "Access-Control-Request-Headers");
    if (is_any(settings.headers)) {
        fields.add("Vary", "Access-Control-Request-Headers");
        if (wanted != nullptr) // "*" itself would not do for requests with credentials
            fields.add("Access-Control-Allow-Headers", wanted->value);
    } else if (!settings.headers.empty()) {
        fields.add("Access-Control-Allow-Headers", joined(settings.headers));
    }
    fields.add("Access-Control-Max-Age", settings.max_age_s);
}

} // namespace tern::http
