#include "common/protocol/chat/command.h"

namespace tern::chat {
namespace {

constexpr std::string_view blanks = " \t";

} // namespace

std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view as_said(std::string_view line) noexcept {
    return line.starts_with("//") ? line.substr(1) : line;
}

std::string_view take_word(std::string_view& text) noexcept {
    text = trimmed(text);
    const std::string_view word = text.substr(0, text.find_first_of(blanks));
    text = trimmed(text.substr(word.size()));
    return word;
}

std::optional<Command> command_from(std::string_view line) {
    if (!line.starts_with('/') || line.starts_with("//"))
        return std::nullopt;
    line.remove_prefix(1);
    Command command;
    const std::string_view name = line.substr(0, line.find_first_of(blanks));
    for (const char letter : name)
        command.name +=
            letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    command.rest = trimmed(line.substr(name.size()));
    return command;
}

} // namespace tern::chat
