#pragma once
// The sizes that IRC's wire format fixes.

#include <cstddef>

namespace tern::irc {

/// RFC 2812 §2.3: a line without its tags, with its CR LF.
inline constexpr std::size_t line_limit = 512;
/// Message tags: the tags of a line, from '@' to the blank inclusive ...
inline constexpr std::size_t tags_limit = 8191;
/// ... of which a client may fill this much, both ends included.
inline constexpr std::size_t client_tags_limit = 4096;
/// RFC 2812 §2.3: 14 parameters and one that may have blanks.
inline constexpr std::size_t most_parameters = 15;

} // namespace tern::irc
