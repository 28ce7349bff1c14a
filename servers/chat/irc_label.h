#pragma once
// The label that the IRC door puts on its requests: which command asked, for one request serves
// many (WHO and NAMES both ask who is there). It comes back with the answer.

#include <string>
#include <string_view>

namespace tern::chat {

enum class IrcCommand : char {
    plain = ' ',   ///< the one that the request is named after
    who = 'w',     ///< the rest is the mask
    history = 'h', ///< the rest is the subcommand
    userhost = 'u',
    is_on = 'i',
    ping = 'p', ///< the rest is the token
    own_modes = 'o',
    list = 'L', ///< the rest is what the rooms have to be
    ban_list = 'b',
};

struct IrcLabel {
    IrcCommand command = IrcCommand::plain;
    std::string_view argument; ///< as told above
};

/// Empty if there is nothing to tell.
std::string write_label(const IrcLabel& label);
IrcLabel read_label(std::string_view text) noexcept;

} // namespace tern::chat
