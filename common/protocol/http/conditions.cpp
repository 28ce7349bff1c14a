#include "common/protocol/http/conditions.h"

#include "common/protocol/http/date.h"

namespace tern::http {
namespace {

bool is_weak(std::string_view tag) noexcept { return tag.starts_with("W/"); }

std::string_view opaque(std::string_view tag) noexcept {
    return is_weak(tag) ? tag.substr(2) : tag;
}

/// The fields that preconditions are made of, found in one pass.
struct Preconditions {
    const Field* if_match = nullptr;
    const Field* if_none_match = nullptr;
    const Field* if_modified_since = nullptr;
    const Field* if_unmodified_since = nullptr;
};

Preconditions preconditions_of(std::span<const Field> fields) noexcept {
    Preconditions found;
    for (const Field& field : fields) {
        if (field.name.size() < 8 || to_lower(field.name[0]) != 'i' || field.name[2] != '-')
            continue;
        if (equal_ignoring_case(field.name, "If-Match"))
            found.if_match = &field;
        else if (equal_ignoring_case(field.name, "If-None-Match"))
            found.if_none_match = &field;
        else if (equal_ignoring_case(field.name, "If-Modified-Since"))
            found.if_modified_since = &field;
        else if (equal_ignoring_case(field.name, "If-Unmodified-Since"))
            found.if_unmodified_since = &field;
    }
    return found;
}

/// Whether any element of any line of the list field `name` matches `tag`, or one is "*".
template <class Matches>
bool list_matches(std::span<const Field> fields, std::string_view name, std::string_view tag,
                  Matches matches) noexcept {
    for (const Field& field : fields) {
        if (!equal_ignoring_case(field.name, name))
            continue;
        std::string_view rest = field.value;
        for (std::string_view element; next_element(rest, element);) {
            if (element == "*" || (!tag.empty() && matches(element, tag)))
                return true;
        }
    }
    return false;
}

} // namespace

bool matches_strongly(std::string_view left, std::string_view right) noexcept {
    return !is_weak(left) && left == right;
}

bool matches_weakly(std::string_view left, std::string_view right) noexcept {
    return opaque(left) == opaque(right);
}

Precondition evaluate_preconditions(std::span<const Field> fields, bool safe,
                                    const Validators& current, std::time_t now) noexcept {
    const Preconditions found = preconditions_of(fields);
    if (found.if_match != nullptr) { // RFC 9110 §13.2.2 step 1
        if (!list_matches(fields, "If-Match", current.entity_tag, matches_strongly))
            return Precondition::failed;
    } else if (found.if_unmodified_since != nullptr) { // step 2
        const auto date = parse_date(found.if_unmodified_since->value, now);
        if (date && current.modified > *date)
            return Precondition::failed;
    }
    if (found.if_none_match != nullptr) { // step 3
        if (list_matches(fields, "If-None-Match", current.entity_tag, matches_weakly))
            return safe ? Precondition::not_modified : Precondition::failed;
    } else if (found.if_modified_since != nullptr && safe) { // step 4
        const auto date = parse_date(found.if_modified_since->value, now);
        if (date && current.modified <= *date)
            return Precondition::not_modified;
    }
    return Precondition::holds;
}

bool if_range_holds(std::span<const Field> fields, const Validators& current,
                    std::time_t now) noexcept {
    const Field* const field = find(fields, "If-Range");
    if (field == nullptr)
        return true;
    if (field->value.starts_with('"') || is_weak(field->value))
        return matches_strongly(field->value, current.entity_tag);
    // RFC 9110 §8.8.2.2: a date is a strong validator only if the resource cannot have changed
    // twice within that second.
    const auto date = parse_date(field->value, now);
    return date && *date == current.modified && current.modified + 1 < now;
}

} // namespace tern::http
