#pragma once
// Which pages of other origins may use a route: cross-origin resource sharing
// (fetch.spec.whatwg.org §3.2).

#include "common/protocol/http/field_lines.h"
#include "servers/http/request.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tern::http {

struct CorsSettings {
    std::vector<std::string> origins; ///< "https://a.example"; or only "*", for all
    std::vector<std::string> headers; ///< that requests may have; or only "*", for all
    std::vector<std::string> exposed; ///< that pages may see in responses
    bool credentials = false;         ///< not with "*" for origins
    std::uint64_t max_age_s = 600;
};

/// What every response to `request` has to say about it.
void add_cors(FieldLines& fields, const CorsSettings& settings, const Request& request);

/// What the answer to a preflight (an OPTIONS that asks for one of `methods`) says besides.
void add_preflight(FieldLines& fields, const CorsSettings& settings, Methods methods,
                   const Request& request);

} // namespace tern::http
