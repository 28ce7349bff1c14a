#include "common/protocol/ftp/glob.h"

#include <cstddef>

namespace tern::ftp {
namespace {

constexpr std::size_t none = std::string_view::npos;

/// Where the class that opens at `at` closes; none if it never does, and then is no class.
std::size_t class_end(std::string_view pattern, std::size_t at) noexcept {
    std::size_t first = at + 1;
    if (first < pattern.size() && (pattern[first] == '!' || pattern[first] == '^'))
        ++first;
    return first < pattern.size() ? pattern.find(']', first + 1) : none; // "[]a]" has a bracket
}

bool is_in_class(std::string_view members, char byte) noexcept {
    const bool inverted = members.front() == '!' || members.front() == '^';
    const auto code = static_cast<unsigned char>(byte);
    bool found = false;
    for (std::size_t i = inverted ? 1 : 0; i < members.size(); ++i) {
        const auto low = static_cast<unsigned char>(members[i]);
        auto high = low;
        if (i + 2 < members.size() && members[i + 1] == '-') {
            high = static_cast<unsigned char>(members[i + 2]);
            i += 2;
        }
        found = found || (low <= code && code <= high);
    }
    return found != inverted;
}

/// Matches one character; returns where the pattern goes on, or none.
std::size_t step(std::string_view pattern, std::size_t at, char byte) noexcept {
    if (pattern[at] == '?')
        return at + 1;
    if (pattern[at] == '[') {
        const std::size_t end = class_end(pattern, at);
        if (end != none)
            return is_in_class(pattern.substr(at + 1, end - at - 1), byte) ? end + 1 : none;
    }
    if (pattern[at] == '\\' && at + 1 < pattern.size())
        ++at;
    return pattern[at] == byte ? at + 1 : none;
}

} // namespace

std::size_t first_pattern(std::string_view text) noexcept { return text.find_first_of("*?[\\"); }

bool is_pattern(std::string_view text) noexcept { return first_pattern(text) != none; }

bool matches(std::string_view pattern, std::string_view name) noexcept {
    if (name.starts_with('.') && !pattern.starts_with('.'))
        return false;
    std::size_t at = 0;
    std::size_t in_name = 0;
    std::size_t after_star = none; // only the last star need ever take more
    std::size_t star_takes_to = 0;
    while (in_name < name.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            after_star = ++at;
            star_takes_to = in_name;
            continue;
        }
        const std::size_t next = at < pattern.size() ? step(pattern, at, name[in_name]) : none;
        if (next != none) {
            at = next;
            ++in_name;
        } else if (after_star != none) {
            at = after_star;
            in_name = ++star_takes_to;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == none;
}

} // namespace tern::ftp
