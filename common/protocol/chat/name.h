#pragma once
// Names of people and rooms: which ones there may be, and when two of them are the same.
//
// A name is kept in Unicode's normal form C, as RFC 8265's profiles want it, and compared by a key
// in which case, width and compatibility forms make no difference (NFKC_Casefold).

#include <cstddef>
#include <string>
#include <string_view>

namespace tern::chat {

struct NameRules {
    std::size_t longest = 32; ///< code points
    std::string punctuation;  ///< ASCII characters that are allowed besides letters and digits
    bool ascii_only = false;
    /// Whether letters of scripts that look alike (Latin, Greek, Cyrillic, ...) may stand beside
    /// each other, and such as run in different directions (RFC 5893): two names may look the same
    /// then.
    bool mixed_scripts = true;
};

enum class NameFault : unsigned char { none, empty, too_long, not_allowed };

struct Name {
    NameFault fault = NameFault::none; ///< if there is one, the rest is empty
    std::string text;
    std::string key; ///< equal for names that count as the same
};

/// The name that `text` stands for.
Name name_from(std::string_view text, const NameRules& rules);

/// The key of a name that may be none: no rules apply, and what is not UTF-8 is its own key.
std::string key_of(std::string_view text);

} // namespace tern::chat
