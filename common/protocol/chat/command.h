#pragma once
// A line that is a command: a slash, its name, and what follows.

#include <optional>
#include <string>
#include <string_view>

namespace tern::chat {

struct Command {
    std::string name;      ///< in lower case, without the slash
    std::string_view rest; ///< without blanks around it
};

/// Nothing if the line does not begin with a slash.
std::optional<Command> command_from(std::string_view line);

/// `text` without blanks (spaces and tabs) around it.
std::string_view trimmed(std::string_view text) noexcept;

/// Takes the first word off `text`, and the blanks after it; empty if there is none.
std::string_view take_word(std::string_view& text) noexcept;

} // namespace tern::chat
