#include "common/protocol/http/range.h"

#include "common/protocol/http/fields.h"

#include <algorithm>
#include <limits>

namespace tern::http {
namespace {

constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();

/// Digits only; what is too large becomes the largest number.
bool parse_position(std::string_view text, std::uint64_t& position) noexcept {
    position = 0;
    for (const char c : text) {
        if (!is_digit(c))
            return false;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        position = position > (largest - digit) / 10 ? largest : position * 10 + digit;
    }
    return !text.empty();
}

RangeRequest part(std::uint64_t first, std::uint64_t length) noexcept {
    return {RangeRequest::Kind::part, first, length};
}

/// "-500": the last 500 bytes.
RangeRequest suffix(std::uint64_t wanted, std::uint64_t size) noexcept {
    const std::uint64_t length = std::min(wanted, size);
    if (length == 0)
        return {RangeRequest::Kind::unsatisfiable, 0, 0};
    return part(size - length, length);
}

} // namespace

RangeRequest parse_range(std::string_view value, std::uint64_t size) noexcept {
    constexpr std::string_view unit = "bytes";
    if (!equal_ignoring_case(value.substr(0, unit.size()), unit) ||
        value.substr(unit.size()).substr(0, 1) != "=")
        return {};
    std::string_view set = value.substr(unit.size() + 1);
    std::string_view range;
    std::string_view another;
    if (!next_element(set, range) || next_element(set, another))
        return {};

    const std::size_t dash = range.find('-');
    if (dash == std::string_view::npos)
        return {};
    const std::string_view from = range.substr(0, dash);
    const std::string_view to = range.substr(dash + 1);
    std::uint64_t first = 0;
    std::uint64_t last = largest;
    if (!to.empty() && !parse_position(to, last))
        return {};
    if (from.empty())
        return to.empty() ? RangeRequest{} : suffix(last, size);
    if (!parse_position(from, first) || first > last)
        return {};
    if (first >= size) // RFC 9110 §14.1.2
        return {RangeRequest::Kind::unsatisfiable, 0, 0};
    return part(first, std::min(last, size - 1) - first + 1);
}

} // namespace tern::http
