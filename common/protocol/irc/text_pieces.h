#pragma once
// Long texts in pieces that fit into lines.

#include <cstddef>
#include <string_view>

namespace tern::irc {

/// Takes the first piece off `text`, of at most `bytes` bytes: up to a blank if that is not far
/// from the end, or else between two characters. All pieces together are the text.
std::string_view take_piece(std::string_view& text, std::size_t bytes) noexcept;

} // namespace tern::irc
