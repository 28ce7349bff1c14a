#pragma once
// Text of several lines that came from anywhere, fit for a terminal.

#include <string>
#include <string_view>

namespace tern::terminal {

/// printable(), except that tabs and ends of lines stay.
std::string readable_text(std::string_view text);

/// Whether it is data rather than text: it has a NUL, or much that is no text.
bool looks_binary(std::string_view text) noexcept;

} // namespace tern::terminal
