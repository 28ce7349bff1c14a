#pragma once
// How a connection that was HTTP/1.1 changes over to HTTP/2: with the client's first bytes, or by
// `Upgrade: h2c` (RFC 7540 §3.2).

#include "common/protocol/http1/request_parser.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tern::http {

/// What it brings along.
struct Http2Start {
    std::string input; ///< what has been read of HTTP/2 already
    /// The request that is to be answered as stream 1.
    struct Upgrade {
        std::string settings; ///< of HTTP2-Settings, decoded
        std::string method;
        std::string target;
        std::string host;
        std::vector<std::pair<std::string, std::string>> fields;
    };
    std::optional<Upgrade> upgrade;
};

/// Nothing: the request asks for no such thing, does so wrongly, or has a body.
std::optional<Http2Start::Upgrade> http2_upgrade_from(const http1::RequestHead& head);

inline constexpr std::string_view http2_upgrade_response = "HTTP/1.1 101 Switching Protocols\r\n"
                                                           "Connection: Upgrade\r\n"
                                                           "Upgrade: h2c\r\n"
                                                           "\r\n";

} // namespace tern::http
