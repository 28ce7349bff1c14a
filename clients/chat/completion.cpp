#include "clients/chat/completion.h"

#include <array>

namespace tern::chat_client {
namespace {

/// As docs/chat.md and /help tell.
constexpr std::array<std::string_view, 21> commands = {
    "/announce", "/away", "/ban",  "/help",  "/history", "/ignore", "/invite",
    "/join",     "/kick", "/me",   "/msg",   "/mute",    "/nick",   "/oper",
    "/part",     "/ping", "/quit", "/rooms", "/topic",   "/unban",  "/who",
};

} // namespace

std::vector<std::string> completions(std::string_view line, std::size_t word,
                                     const People& people) {
    const std::string_view begun = line.substr(word);
    if (word > 0 || !begun.starts_with('/')) {
        std::vector<std::string> names = people.matching(begun);
        if (word == 0)
            for (std::string& name : names)
                name += ':';
        return names;
    }
    std::vector<std::string> found;
    for (const std::string_view command : commands)
        if (command.starts_with(begun))
            found.emplace_back(command);
    return found;
}

} // namespace tern::chat_client
