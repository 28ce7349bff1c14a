#pragma once
// Request targets: their forms (RFC 9112 §3.2), and paths decoded and normalised exactly once.

#include <string>
#include <string_view>

namespace tern::http {

/// A request-target taken apart; nothing is decoded yet.
struct Target {
    enum class Form : unsigned char {
        origin,    ///< "/path?query"
        absolute,  ///< "http://authority/path?query"
        authority, ///< "host:port", for CONNECT only
        asterisk,  ///< "*", for OPTIONS only
        invalid,
    };
    Form form = Form::invalid;
    std::string_view authority; ///< absolute and authority form only
    std::string_view path;      ///< begins with "/", or is "*"
    std::string_view query;     ///< as it was sent, without the "?"
};

/// Which form is allowed depends on the method.
Target parse_target(std::string_view method, std::string_view text) noexcept;

/// `uri-host [ ":" port ]`, with a host (RFC 9110 §7.2, RFC 3986 §3.2.2).
bool is_valid_authority(std::string_view authority) noexcept;

/// The host of a valid authority, without its port; IPv6 addresses keep their brackets.
std::string_view host_of(std::string_view authority) noexcept;

enum class PathFault : unsigned char {
    none,
    malformed,   ///< 400: bad percent-encoding, NUL, or above the root
    unreachable, ///< 404: a segment that contains a slash (%2f) names nothing that we have
};

/// A path as handlers see it: percent-decoded once, then without dot segments and empty segments.
/// What is encoded twice stays encoded once.
struct DecodedPath {
    PathFault fault = PathFault::none;
    std::string_view path; ///< points into `raw` or `storage`
};
DecodedPath decode_path(std::string_view raw, std::string& storage);

/// The reverse, for Location and links: what is not plain is percent-encoded.
std::string encode_path(std::string_view path);

} // namespace tern::http
