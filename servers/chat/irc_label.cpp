#include "servers/chat/irc_label.h"

namespace tern::chat {
namespace {

constexpr char separator = '\n'; // neither part can have one

} // namespace

std::string write_label(const IrcLabel& label) {
    if (label.command == IrcCommand::plain && label.client.empty())
        return {};
    std::string text(1, static_cast<char>(label.command));
    text.append(label.argument).append(1, separator).append(label.client);
    return text;
}

IrcLabel read_label(std::string_view text) noexcept {
    const std::size_t end = text.find(separator);
    if (end == std::string_view::npos || end == 0)
        return {};
    return {static_cast<IrcCommand>(text.front()), text.substr(1, end - 1), text.substr(end + 1)};
}

} // namespace tern::chat
