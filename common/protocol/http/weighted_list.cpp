#include "common/protocol/http/weighted_list.h"

#include "common/protocol/http/fields.h"

#include <algorithm>
#include <optional>

namespace tern::http {
namespace {

/// qvalue: 0, 1, and up to three decimals, of which those of 1 are zeros.
std::optional<Weight> parse_weight(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') ||
        (text.size() > 1 && text[1] != '.'))
        return std::nullopt;
    Weight weight = text[0] == '1' ? full_weight : 0;
    Weight place = full_weight;
    for (const char c : text.substr(std::min<std::size_t>(text.size(), 2))) {
        place /= 10;
        if (!is_digit(c))
            return std::nullopt;
        weight += place * static_cast<Weight>(c - '0');
    }
    return weight <= full_weight ? std::optional(weight) : std::nullopt;
}

/// Where the first parameter ends, semicolons in quoted strings aside.
std::size_t end_of_parameter(std::string_view text) noexcept {
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '"')
            quoted = !quoted;
        else if (quoted && text[at] == '\\')
            ++at;
        else if (!quoted && text[at] == ';')
            return at;
    }
    return text.size();
}

/// False: malformed.
bool parse_element(std::string_view text, WeightedElement& element) noexcept {
    element = {};
    std::size_t end = std::min(text.find(';'), text.size());
    element.value = trim(text.substr(0, end));
    bool has_weight = false;
    while (end < text.size()) {
        text.remove_prefix(end + 1);
        end = end_of_parameter(text);
        const std::string_view parameter = trim(text.substr(0, end));
        if (parameter.size() < 2 || to_lower(parameter[0]) != 'q' || parameter[1] != '=') {
            element.has_parameters = element.has_parameters || !parameter.empty();
            continue;
        }
        const std::optional<Weight> weight = parse_weight(parameter.substr(2));
        if (!weight || has_weight)
            return false;
        has_weight = true;
        element.weight = *weight;
    }
    return !element.value.empty();
}

} // namespace

bool next_weighted(std::string_view& list, WeightedElement& element) noexcept {
    for (std::string_view text; next_element(list, text);) {
        if (parse_element(text, element))
            return true;
    }
    return false;
}

} // namespace tern::http
