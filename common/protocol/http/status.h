#pragma once
// Status codes that we send, and their reason phrases (RFC 9110 §15).

#include <cstdint>
#include <string_view>

namespace tern::http {

enum class Status : std::uint16_t {
    proceed = 100, ///< "Continue", which is a word of C++
    switching_protocols = 101,
    ok = 200,
    created = 201,
    no_content = 204,
    partial_content = 206,
    moved_permanently = 301,
    found = 302,
    see_other = 303,
    not_modified = 304,
    temporary_redirect = 307,
    permanent_redirect = 308,
    bad_request = 400,
    unauthorized = 401,
    forbidden = 403,
    not_found = 404,
    method_not_allowed = 405,
    not_acceptable = 406,
    request_timeout = 408,
    conflict = 409,
    length_required = 411,
    precondition_failed = 412,
    content_too_large = 413,
    uri_too_long = 414,
    unsupported_media_type = 415,
    range_not_satisfiable = 416,
    expectation_failed = 417,
    upgrade_required = 426,
    too_many_requests = 429,
    header_fields_too_large = 431,
    internal_error = 500,
    not_implemented = 501,
    unavailable = 503,
    version_not_supported = 505,
    insufficient_storage = 507,
};

constexpr unsigned number(Status status) noexcept { return static_cast<unsigned>(status); }
constexpr bool is_error(Status status) noexcept { return number(status) >= 400; }

/// RFC 9110 §6.4.1: these never have content, so no length either.
constexpr bool has_no_content(Status status) noexcept {
    return number(status) < 200 || status == Status::no_content || status == Status::not_modified;
}

/// "Not Found"; empty for a number that is not in the list above.
std::string_view reason(Status status) noexcept;

} // namespace tern::http
