#include "common/protocol/http/range.h"

#include "common/protocol/http/fields.h"

#include <algorithm>
#include <cstddef>
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

/// What heads another part of a multipart/byteranges content, about.
constexpr std::uint64_t part_overhead = 80;

enum class Found : unsigned char { range, unsatisfiable, malformed };

/// "-500": the last 500 bytes.
Found take_suffix(std::uint64_t wanted, std::uint64_t size, ByteRange& range) noexcept {
    range.length = std::min(wanted, size);
    range.first = size - range.length;
    return range.length > 0 ? Found::range : Found::unsatisfiable;
}

/// One range-spec (RFC 9110 §14.1.2).
Found take_range(std::string_view text, std::uint64_t size, ByteRange& range) noexcept {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos)
        return Found::malformed;
    const std::string_view from = text.substr(0, dash);
    const std::string_view to = text.substr(dash + 1);
    std::uint64_t first = 0;
    std::uint64_t last = largest;
    if (!to.empty() && !parse_position(to, last))
        return Found::malformed;
    if (from.empty())
        return to.empty() ? Found::malformed : take_suffix(last, size, range);
    if (!parse_position(from, first) || first > last)
        return Found::malformed;
    if (first >= size)
        return Found::unsatisfiable;
    range = {first, std::min(last, size - 1) - first + 1};
    return Found::range;
}

bool are_close(const ByteRange& left, const ByteRange& right) noexcept {
    if (left.first > right.first)
        return are_close(right, left);
    const std::uint64_t end = left.first + left.length;
    return right.first <= end || right.first - end <= part_overhead;
}

/// Adds a range to those that it is not close to; with the others it becomes one, in the place of
/// the first of them.
void add(std::vector<ByteRange>& parts, ByteRange range) {
    std::size_t place = parts.size();
    for (std::size_t at = 0; at < parts.size();) {
        if (!are_close(parts[at], range)) {
            ++at;
            continue;
        }
        const std::uint64_t end =
            std::max(parts[at].first + parts[at].length, range.first + range.length);
        range.first = std::min(parts[at].first, range.first);
        range.length = end - range.first;
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at));
        place = std::min(place, at);
        at = 0; // it has grown: others may be close now
    }
    place = std::min(place, parts.size());
    parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(place), range);
}

} // namespace

RangeRequest parse_range(std::string_view value, std::uint64_t size) {
    constexpr std::string_view unit = "bytes";
    if (!equal_ignoring_case(value.substr(0, unit.size()), unit) ||
        value.substr(unit.size()).substr(0, 1) != "=")
        return {};
    std::string_view set = value.substr(unit.size() + 1);
    RangeRequest request;
    std::size_t count = 0;
    std::uint64_t sum = 0;
    for (std::string_view text; next_element(set, text);) {
        ByteRange range;
        const Found found = take_range(text, size, range);
        if (found == Found::malformed || ++count > most_ranges)
            return {};
        if (found == Found::unsatisfiable)
            continue;
        if (range.length > size - sum)
            return {};
        sum += range.length;
        add(request.parts, range);
    }
    if (count > 0)
        request.kind =
            request.parts.empty() ? RangeRequest::Kind::unsatisfiable : RangeRequest::Kind::parts;
    return request;
}

} // namespace tern::http
