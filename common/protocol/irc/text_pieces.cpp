#include "common/protocol/irc/text_pieces.h"

#include "common/protocol/irc/message_writer.h"

#include <algorithm>

namespace tern::irc {
namespace {

constexpr std::size_t longest_character = 4;

} // namespace

std::string_view take_piece(std::string_view& text, std::size_t bytes) noexcept {
    std::string_view piece = cut_utf8(text, std::max(bytes, longest_character));
    if (piece.size() < text.size()) {
        const std::size_t blank = piece.rfind(' ');
        if (blank != std::string_view::npos && blank >= piece.size() / 2)
            piece = piece.substr(0, blank + 1);
    }
    text.remove_prefix(piece.size());
    return piece;
}

} // namespace tern::irc
