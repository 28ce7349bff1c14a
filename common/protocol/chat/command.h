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

/// Nothing if the line does not begin with a slash, or begins with two: as_said() is said then.
std::optional<Command> command_from(std::string_view line);

/// What a line that is no command says: after two slashes it begins with one.
std::string_view as_said(std::string_view line) noexcept;

/// `text` without blanks (spaces and tabs) around it.
std::string_view trimmed(std::string_view text) noexcept;

/// Takes the first word off `text`, and the blanks after it; empty if there is none.
std::string_view take_word(std::string_view& text) noexcept;

} // namespace tern::chat
