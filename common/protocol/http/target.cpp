#include "common/protocol/http/target.h"

#include "common/protocol/http/fields.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace tern::http {
namespace {

constexpr bool is_alphanumeric(char c) noexcept {
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
}

/// RFC 3986 §2.3 and §2.2: unreserved and sub-delims.
constexpr bool is_plain(char c) noexcept {
    return is_alphanumeric(c) ||
           std::string_view("-._~!$&'()*+,;=").find(c) != std::string_view::npos;
}

/// RFC 3986 §3.2.2: reg-name, but not empty (RFC 9110 §4.2.1).
bool is_registered_name(std::string_view name) noexcept {
    for (std::size_t at = 0; at < name.size(); ++at) {
        if (name[at] == '%') {
            if (at + 2 >= name.size() || from_hexadecimal(name[at + 1]) < 0 ||
                from_hexadecimal(name[at + 2]) < 0)
                return false;
            at += 2;
        } else if (!is_plain(name[at])) {
            return false;
        }
    }
    return !name.empty();
}

/// What stands between the brackets: an IPv6 address, or an address of a future version.
bool is_ip_literal(std::string_view text) noexcept {
    if (!text.empty() && to_lower(text.front()) == 'v') {
        const std::size_t dot = text.find('.');
        return dot != std::string_view::npos && dot > 1 && dot + 1 < text.size() &&
               std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(dot),
                           [](char c) { return from_hexadecimal(c) >= 0; }) &&
               std::all_of(text.begin() + static_cast<std::ptrdiff_t>(dot) + 1, text.end(),
                           [](char c) { return is_plain(c) || c == ':'; });
    }
    std::array<char, INET6_ADDRSTRLEN> copy = {};
    if (text.size() >= copy.size())
        return false;
    text.copy(copy.data(), text.size());
    in6_addr ignored;
    return ::inet_pton(AF_INET6, copy.data(), &ignored) == 1;
}

/// RFC 3986 §3.2.3: any digits, or none; no port is above 65535.
bool is_port(std::string_view text) noexcept {
    unsigned port = 0;
    for (const char c : text) {
        if (!is_digit(c))
            return false;
        port = port * 10 + static_cast<unsigned>(c - '0');
        if (port > 65535)
            return false;
    }
    return true;
}

/// Splits "/path?query".
Target with_path(Target::Form form, std::string_view authority, std::string_view rest) noexcept {
    const std::size_t mark = rest.find('?');
    Target target{form, authority, rest.substr(0, mark), {}};
    if (mark != std::string_view::npos)
        target.query = rest.substr(mark + 1);
    if (target.path.empty())
        target.path = "/"; // RFC 9112 §3.2.1
    return target;
}

Target parse_absolute(std::string_view method, std::string_view text) noexcept {
    const std::size_t colon = text.find("://");
    if (colon == std::string_view::npos)
        return {};
    const std::string_view scheme = text.substr(0, colon);
    if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https"))
        return {};
    text.remove_prefix(colon + 3);
    const std::size_t end = std::min(text.find_first_of("/?"), text.size());
    const std::string_view authority = text.substr(0, end);
    if (!is_valid_authority(authority)) // RFC 9110 §4.2.4: no user information either
        return {};
    if (end == text.size() && method == "OPTIONS") // RFC 9112 §3.2.4
        return {Target::Form::absolute, authority, "*", {}};
    return with_path(Target::Form::absolute, authority, text.substr(end));
}

} // namespace

bool is_valid_authority(std::string_view authority) noexcept {
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos || !is_ip_literal(authority.substr(1, end - 1)))
            return false;
        const std::string_view rest = authority.substr(end + 1);
        return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
    }
    const std::size_t colon = authority.find(':');
    if (colon != std::string_view::npos && !is_port(authority.substr(colon + 1)))
        return false;
    return is_registered_name(authority.substr(0, colon));
}

std::string_view host_of(std::string_view authority) noexcept {
    const std::size_t bracket = authority.find(']');
    const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    return authority.substr(0, colon);
}

Target parse_target(std::string_view method, std::string_view text) noexcept {
    // RFC 3986 §2: neither blanks nor control characters nor anything outside ASCII is part of a
    // URI; §3.5: a fragment is no part of a target.
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte >= 0x7f || c == '#')
            return {};
    }
    if (method == "CONNECT") { // RFC 9112 §3.2.3
        if (!is_valid_authority(text))
            return {};
        return {Target::Form::authority, text, {}, {}};
    }
    if (text.starts_with('/'))
        return with_path(Target::Form::origin, {}, text);
    if (text == "*") // RFC 9112 §3.2.4
        return method == "OPTIONS" ? Target{Target::Form::asterisk, {}, text, {}} : Target{};
    return parse_absolute(method, text);
}

namespace {

/// Whether decoding and normalising would change nothing.
bool is_normal(std::string_view path) noexcept {
    char previous = '\0';
    for (const char c : path) {
        if (c == '%' || (previous == '/' && (c == '/' || c == '.')))
            return false;
        previous = c;
    }
    return true;
}

PathFault percent_decode(std::string_view raw, std::string& decoded) {
    PathFault fault = PathFault::none;
    decoded.clear();
    for (std::size_t at = 0; at < raw.size(); ++at) {
        if (raw[at] != '%') {
            decoded += raw[at];
            continue;
        }
        const int high = at + 1 < raw.size() ? from_hexadecimal(raw[at + 1]) : -1;
        const int low = at + 2 < raw.size() ? from_hexadecimal(raw[at + 2]) : -1;
        const int byte = high * 16 + low;
        if (high < 0 || low < 0 || byte == 0)
            return PathFault::malformed;
        if (byte == '/')
            fault = PathFault::unreachable;
        decoded += static_cast<char>(byte);
        at += 2;
    }
    return fault;
}

/// RFC 3986 §5.2.4 in place, except that a path above the root is a fault; empty segments go too.
bool remove_dot_segments(std::string& path) {
    std::string_view rest = path;
    std::size_t kept = 0; // never ahead of what was read
    while (!rest.empty()) {
        rest.remove_prefix(1); // the slash
        const std::size_t end = std::min(rest.find('/'), rest.size());
        const std::string_view segment = rest.substr(0, end);
        rest.remove_prefix(end);
        if (segment == "..") {
            if (kept == 0)
                return false;
            kept = path.rfind('/', kept - 1);
        } else if (!segment.empty() && segment != ".") {
            path[kept++] = '/';
            std::copy(segment.begin(), segment.end(),
                      path.begin() + static_cast<std::ptrdiff_t>(kept));
            kept += segment.size();
            continue;
        }
        if (rest.empty()) { // "/a/.", "/a/.." and "/a/" name folders
            path[kept++] = '/';
            break;
        }
    }
    path.resize(kept);
    return true;
}

} // namespace

DecodedPath decode_path(std::string_view raw, std::string& storage) {
    if (is_normal(raw))
        return {PathFault::none, raw};
    const PathFault fault = percent_decode(raw, storage);
    if (fault != PathFault::none)
        return {fault, {}};
    if (!remove_dot_segments(storage))
        return {PathFault::malformed, {}};
    return {PathFault::none, storage};
}

std::string encode_path(std::string_view path) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(path.size() + 16);
    for (const char c : path) {
        if (is_plain(c) || c == '/' || c == ':' || c == '@') {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += digits[byte >> 4];
        encoded += digits[byte & 15];
    }
    return encoded;
}

} // namespace tern::http
