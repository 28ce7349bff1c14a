#include "servers/chat/irc_label.h"

namespace tern::chat {

std::string write_label(const IrcLabel& label) {
    if (label.command == IrcCommand::plain)
        return {};
    std::string text(1, static_cast<char>(label.command));
    return text.append(label.argument);
}

IrcLabel read_label(std::string_view text) noexcept {
    if (text.empty())
        return {};
    return {static_cast<IrcCommand>(text.front()), text.substr(1)};
}

} // namespace tern::chat
