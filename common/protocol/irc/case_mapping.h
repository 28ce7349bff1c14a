#pragma once
// Which letters are one letter in names (RFC 2812 §2.2; CASEMAPPING in RPL_ISUPPORT).

#include <string>
#include <string_view>

namespace tern::irc {

enum class CaseMapping : unsigned char {
    ascii,          ///< A to Z are a to z
    rfc1459,        ///< and []\~ are {}|^, which Scandinavian keyboards made of them
    rfc1459_strict, ///< as above, without ~ and ^
};

/// As CASEMAPPING says it.
std::string_view name_of(CaseMapping mapping) noexcept;

char lower(char c, CaseMapping mapping) noexcept;
std::string lower(std::string_view text, CaseMapping mapping);
bool equal(std::string_view left, std::string_view right, CaseMapping mapping) noexcept;

/// ASCII only, for commands and capabilities.
std::string upper_ascii(std::string_view text);

} // namespace tern::irc
