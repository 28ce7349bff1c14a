#pragma once
// Masks such as "nick!user@*.example": * and ? stand for any text and any character, \ for the
// next character itself.

#include "common/protocol/irc/case_mapping.h"

#include <string>
#include <string_view>

namespace tern::irc {

/// In time of at most the product of the sizes, whatever the mask. '?' is one UTF-8 character.
bool mask_matches(std::string_view mask, std::string_view text,
                  CaseMapping mapping = CaseMapping::ascii) noexcept;

/// With what was left out: "bob" is "bob!*@*", "*.example" after an @ only is "*!*@*.example".
std::string complete_mask(std::string_view mask);

bool has_wildcards(std::string_view text) noexcept;

/// "nick!user@host"
std::string host_mask(std::string_view nick, std::string_view user, std::string_view host);

} // namespace tern::irc
