#pragma once
// Colours for people: only on a terminal, and never for who has set NO_COLOR (no-color.org).

#include <string>
#include <string_view>

namespace tern::terminal {

enum class Style : unsigned char { bold, dim, red, green, yellow, blue, magenta, cyan };

/// Whether what goes to `descriptor` may be coloured.
bool wants_colour(int descriptor);

class Paint {
public:
    explicit Paint(bool is_on) noexcept : is_on_(is_on) {}
    bool is_on() const noexcept { return is_on_; }
    /// `text` in that style. It must be free of control characters: see tern::printable().
    std::string operator()(Style style, std::string_view text) const;

private:
    bool is_on_;
};

} // namespace tern::terminal
