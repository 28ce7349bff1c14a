#pragma once
// What a browser's messages mean: JSON (docs/web-chat.schema.json) to requests of the hub.

#include <cstdint>
#include <string>
#include <string_view>

namespace tern::chat {

struct WebRequest {
    enum class Kind : unsigned char {
        hub,    ///< `encoded` is for the hub
        enter,  ///< likewise, and answered by a name or none
        ping,   ///< answered by the session
        faulty, ///< `fault` says why nothing comes of it
    };
    Kind kind = Kind::faulty;
    std::string encoded;
    std::string label;
    std::string_view fault;
};

/// `has_name`: whether the member has entered.
WebRequest read_web_request(std::string_view text, bool has_name);

} // namespace tern::chat
