#include "common/protocol/http/fields.h"

#include <algorithm>

namespace tern::http {

bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept {
    return left.size() == right.size() &&
           std::equal(left.begin(), left.end(), right.begin(),
                      [](char a, char b) { return to_lower(a) == to_lower(b); });
}

std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

const Field* find(std::span<const Field> fields, std::string_view name) noexcept {
    for (const Field& field : fields) {
        if (equal_ignoring_case(field.name, name))
            return &field;
    }
    return nullptr;
}

namespace {

/// Where the list's first element ends.
std::size_t end_of_element(std::string_view list) noexcept {
    bool quoted = false;
    for (std::size_t at = 0; at < list.size(); ++at) {
        if (list[at] == '"')
            quoted = !quoted;
        else if (quoted && list[at] == '\\')
            ++at;
        else if (!quoted && list[at] == ',')
            return at;
    }
    return list.size();
}

} // namespace

bool next_element(std::string_view& list, std::string_view& element) noexcept {
    while (!list.empty()) {
        const std::size_t end = end_of_element(list);
        element = trim(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
        if (!element.empty())
            return true;
    }
    return false;
}

} // namespace tern::http
