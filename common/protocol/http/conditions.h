#pragma once
// Conditional requests (RFC 9110 §8.8 and §13): validators, and what a request's preconditions
// make of them.

#include "common/protocol/http/fields.h"

#include <ctime>
#include <optional>
#include <span>
#include <string_view>

namespace tern::http {

/// What identifies the present state of a resource.
struct Validators {
    std::string_view entity_tag; ///< with its quotes; empty: there is none
    std::time_t modified = 0;
};

/// RFC 9110 §8.8.3.2. Both are entity tags with quotes, perhaps marked weak (W/).
bool matches_strongly(std::string_view left, std::string_view right) noexcept;
bool matches_weakly(std::string_view left, std::string_view right) noexcept;

enum class Precondition : unsigned char {
    holds,
    not_modified, ///< 304
    failed,       ///< 412
};

/// The request's preconditions in the order of RFC 9110 §13.2.2, for a resource that exists.
/// `safe`: the method is GET or HEAD.
Precondition evaluate_preconditions(std::span<const Field> fields, bool safe,
                                    const Validators& current, std::time_t now) noexcept;

/// RFC 9110 §13.1.5: whether a Range may be applied: there is no If-Range, or it matches.
bool if_range_holds(std::span<const Field> fields, const Validators& current,
                    std::time_t now) noexcept;

} // namespace tern::http
