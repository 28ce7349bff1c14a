#include "common/protocol/http1/head_scanner.h"

#include "common/protocol/http/fields.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace tern::http1 {
namespace {

using http::Status;

/// Room for the longest method that we know, " HTTP/1.1" and CRLF around a target.
constexpr std::size_t around_target = 24;
/// RFC 9112 §2.2 asks to ignore one empty line before a request; some clients send two.
constexpr std::size_t empty_lines_before = 4;

constexpr bool is_control(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

/// Whether any of eight bytes is below 0x20 or is 0x7f; sometimes true for a tab's sake.
bool has_control(std::uint64_t bytes) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = ones * 0x80;
    const std::uint64_t below = (bytes - ones * 0x20) & ~bytes;
    const std::uint64_t difference = bytes ^ (ones * 0x7f);
    const std::uint64_t deletes = (difference - ones) & ~difference;
    return ((below | deletes) & tops) != 0;
}

/// The first control character from `at` on, tabs aside, or the end.
std::size_t find_control(std::string_view text, std::size_t at) noexcept {
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text.data() + at, sizeof bytes);
        if (!has_control(bytes))
            continue;
        for (std::size_t i = at; i < at + 8; ++i) {
            if (is_control(text[i]))
                return i;
        }
    }
    while (at < text.size() && !is_control(text[at]))
        ++at;
    return at;
}

} // namespace

HeadScanner::Outcome HeadScanner::bad(Status status, std::string_view reason) noexcept {
    fault_ = {status, reason};
    return Outcome::bad;
}

/// How far we look at present. Limits are ends of a window and not sizes of what was received, so
/// that one and the same byte is the one too many however the bytes were split.
std::size_t HeadScanner::window_size() const noexcept {
    const std::size_t whole = begin_ + limits_->header_bytes;
    return lines_ > 0 ? whole : std::min(whole, begin_ + limits_->target_bytes + around_target);
}

HeadScanner::Outcome HeadScanner::scan(std::string_view received) {
    for (;;) {
        const std::size_t window = window_size();
        const Outcome outcome = scan_within(received.substr(0, window));
        if (outcome != Outcome::need_more || received.size() <= window)
            return outcome;
        if (window_size() > window) // the request line has ended: look further
            continue;
        if (lines_ == 0)
            return bad(Status::uri_too_long, "the request line is too long");
        return bad(Status::header_fields_too_large, "the header section is too long");
    }
}

HeadScanner::Outcome HeadScanner::scan_within(std::string_view window) {
    for (;;) {
        // RFC 9112 §5.2: a server rejects obs-fold; §2.2: and blanks before the first field.
        if (lines_ > 0 && at_ == line_ && at_ < window.size() && http::is_blank(window[at_]))
            return bad(Status::bad_request, "a header line begins with a blank");
        at_ = find_control(window, at_);
        if (at_ == window.size())
            return Outcome::need_more;
        // RFC 9112 §2.2: a bare CR is invalid; we take no bare LF for a line's end either.
        // RFC 9110 §5.5: CR, LF and NUL are dangerous, other control characters invalid.
        if (window[at_] != '\r')
            return bad(Status::bad_request,
                       window[at_] == '\n' ? "a line ends without CR" : "a control character");
        if (at_ + 1 == window.size())
            return Outcome::need_more;
        if (window[at_ + 1] != '\n')
            return bad(Status::bad_request, "a CR without LF");
        const Outcome outcome = end_line(window);
        if (outcome != Outcome::need_more)
            return outcome;
    }
}

/// `at_` is at the CR of a line's end.
HeadScanner::Outcome HeadScanner::end_line(std::string_view window) {
    const std::string_view line = window.substr(line_, at_ - line_);
    at_ += 2;
    line_ = at_;
    if (lines_ > 0 && line.empty())
        return Outcome::complete;
    if (lines_ == 0 && line.empty()) {
        if (at_ > 2 * empty_lines_before)
            return bad(Status::bad_request, "empty lines instead of a request");
        begin_ = at_;
        return Outcome::need_more;
    }
    if (++lines_ == 1)
        return check_request_line(line);
    if (lines_ - 1 > limits_->header_fields)
        return bad(Status::header_fields_too_large, "too many header fields");
    return Outcome::need_more;
}

/// What is wrong already with the request line need not wait for the end of the head; and the
/// parser proper knows only two versions.
HeadScanner::Outcome HeadScanner::check_request_line(std::string_view line) {
    // RFC 9112 §2.3: HTTP-version = "HTTP/" DIGIT "." DIGIT
    constexpr std::size_t length = std::string_view(" HTTP/1.1").size();
    if (line.size() <= length)
        return bad(Status::bad_request, "not a request line");
    const std::string_view version = line.substr(line.size() - length);
    if (!version.starts_with(" HTTP/") || !http::is_digit(version[6]) || version[7] != '.' ||
        !http::is_digit(version[8]))
        return bad(Status::bad_request, "not a request line");
    if (version[6] != '1' || version[8] > '1')
        return bad(Status::version_not_supported, "an HTTP version other than 1.0 and 1.1");
    return Outcome::need_more;
}

} // namespace tern::http1
