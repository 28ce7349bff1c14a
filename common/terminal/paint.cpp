#include "common/terminal/paint.h"

#include <unistd.h>

#include <array>
#include <cstdlib>

namespace tern::terminal {

bool wants_colour(int descriptor) {
    const char* const forbidden = std::getenv("NO_COLOR");
    if (forbidden != nullptr && *forbidden != '\0')
        return false;
    const char* const terminal = std::getenv("TERM");
    return ::isatty(descriptor) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

std::string Paint::operator()(Style style, std::string_view text) const {
    static constexpr std::array<std::string_view, 8> codes = {"1",  "2",  "31", "32",
                                                              "33", "34", "35", "36"};
    if (!is_on_)
        return std::string(text);
    std::string painted = "\x1b[";
    painted.append(codes[static_cast<std::size_t>(style)]).append("m").append(text);
    return painted += "\x1b[0m";
}

} // namespace tern::terminal
