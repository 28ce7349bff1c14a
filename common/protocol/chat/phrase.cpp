#include "common/protocol/chat/phrase.h"

#include <algorithm>

namespace tern::chat {

Phrase::Phrase(std::string_view pattern) {
    std::string plain;
    while (!pattern.empty()) {
        const std::size_t brace = pattern.find('{');
        plain += pattern.substr(0, brace);
        if (brace == std::string_view::npos)
            break;
        pattern.remove_prefix(brace + 1);
        const std::size_t end = pattern.find('}');
        if (pattern.starts_with('{') || end == std::string_view::npos) {
            plain += '{';
            pattern.remove_prefix(pattern.starts_with('{') ? 1 : 0);
            continue;
        }
        pieces_.push_back({std::move(plain), false});
        plain.clear();
        pieces_.push_back({std::string(pattern.substr(0, end)), true});
        pattern.remove_prefix(end + 1);
    }
    if (!plain.empty())
        pieces_.push_back({std::move(plain), false});
}

void Phrase::append_to(std::string& text, std::span<const Filling> fillings) const {
    for (const Piece& piece : pieces_) {
        if (!piece.is_place) {
            text += piece.text;
            continue;
        }
        for (const Filling& filling : fillings)
            if (filling.place == piece.text)
                text += filling.text;
    }
}

std::string_view Phrase::unknown_place(std::span<const std::string_view> known) const noexcept {
    for (const Piece& piece : pieces_)
        if (piece.is_place && std::find(known.begin(), known.end(), piece.text) == known.end())
            return piece.text;
    return {};
}

} // namespace tern::chat
