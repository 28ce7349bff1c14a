#pragma once
// A sentence with places for what it is about: "{name} entered the room".

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern::chat {

/// What stands for a place.
struct Filling {
    std::string_view place;
    std::string_view text;
};

class Phrase {
public:
    Phrase() = default;
    /// `{{` is a brace, and so is one without its other half.
    explicit Phrase(std::string_view pattern);

    /// Appends the sentence; a place that is not among `fillings` is left out.
    void append_to(std::string& text, std::span<const Filling> fillings) const;

    /// The first place that is not in `known`; empty if all are.
    std::string_view unknown_place(std::span<const std::string_view> known) const noexcept;

private:
    struct Piece {
        std::string text;
        bool is_place = false;
    };
    std::vector<Piece> pieces_;
};

} // namespace tern::chat
