#pragma once
// What a line looks like on the screen.

#include "common/terminal/paint.h"

#include <ctime>
#include <string>
#include <string_view>

namespace tern::chat_client {

class Appearance {
public:
    Appearance(bool has_colour, bool has_timestamps, bool rings) noexcept
        : paint_(has_colour), has_timestamps_(has_timestamps), rings_(rings) {}

    /// A line of the server, which cannot control the terminal. `own_name`: whose mention counts.
    std::string message(std::string_view line, std::string_view own_name, std::time_t now) const;
    /// What this client itself has to say.
    std::string notice(std::string_view text, std::time_t now) const;

private:
    std::string timestamp(std::time_t now) const;

    terminal::Paint paint_;
    bool has_timestamps_, rings_;
};

} // namespace tern::chat_client
