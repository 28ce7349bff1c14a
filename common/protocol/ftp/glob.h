#pragma once
// File name patterns: *, ?, [a-z], [!a-z] and \ for the next character itself.

#include <cstddef>
#include <string_view>

namespace tern::ftp {

/// Whether `text` has any character that means something in a pattern.
bool is_pattern(std::string_view text) noexcept;
/// Where the first such character is; npos if there is none.
std::size_t first_pattern(std::string_view text) noexcept;

/// In time of at most size times size, whatever the pattern. As in a shell, a leading dot is only
/// matched by a dot.
bool matches(std::string_view pattern, std::string_view name) noexcept;

} // namespace tern::ftp
