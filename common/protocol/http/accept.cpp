#include "common/protocol/http/accept.h"

#include <cstddef>

namespace tern::http {
namespace {

/// How much of `type` a media range says: 0, not this type; 1, "*/*"; 2, "text/*"; 3, all of it.
unsigned specificity(std::string_view range, std::string_view type) noexcept {
    if (range == "*/*")
        return 1;
    if (equal_ignoring_case(range, type))
        return 3;
    const std::size_t slash = type.find('/');
    return range.ends_with("/*") &&
                   equal_ignoring_case(range.substr(0, range.size() - 2), type.substr(0, slash))
               ? 2
               : 0;
}

} // namespace

Weight weight_of_type(std::span<const Field> fields, std::string_view type) noexcept {
    Weight weight = 0;
    unsigned decided = 0;
    std::size_t elements = 0;
    bool is_said = false;
    for (const Field& field : fields) {
        if (!equal_ignoring_case(field.name, "Accept"))
            continue;
        is_said = true;
        std::string_view rest = field.value;
        for (WeightedElement element; elements < most_weighted && next_weighted(rest, element);
             ++elements) {
            const unsigned specific = specificity(element.value, type);
            if (element.has_parameters || specific <= decided)
                continue;
            decided = specific;
            weight = element.weight;
        }
    }
    return is_said ? weight : full_weight;
}

} // namespace tern::http
