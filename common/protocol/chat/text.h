#pragma once
// What may stand in a line of chat: text of one line that cannot harm a terminal.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tern::chat {

enum class TextFault : unsigned char {
    not_utf8, ///< RFC 3629: overlong forms, surrogates and what is past U+10FFFF included
    control,  ///< U+0000 to U+001F but for the tab, U+007F to U+009F
};

/// The worse of its faults if it has several; nothing if it has none.
std::optional<TextFault> fault_of(std::string_view text) noexcept;

/// Whether a line of a terminal would look as if others had written in it, or were more than one:
/// control characters, what is not UTF-8, directional overrides, embeddings and isolates (U+202A to
/// U+202E, U+2066 to U+2069), and separators of lines and paragraphs (U+2028, U+2029).
bool disturbs_a_line(std::string_view text) noexcept;

/// The same text without what disturbs a line, but "?" for each byte that is not UTF-8.
std::string harmless(std::string_view text);

/// How many code points UTF-8 text has.
std::size_t code_points(std::string_view text) noexcept;

/// The longest beginning of at most `bytes` bytes that does not end within a code point.
std::string_view beginning_of(std::string_view text, std::size_t bytes) noexcept;

} // namespace tern::chat
