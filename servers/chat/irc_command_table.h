#pragma once
// Every command that the IRC door knows. Where each one lives:
//
//     irc_registration_commands.cpp   CAP AUTHENTICATE PASS NICK USER QUIT PING PONG
//     irc_room_commands.cpp           JOIN PART TOPIC NAMES LIST INVITE KICK MODE
//     irc_message_commands.cpp        PRIVMSG NOTICE TAGMSG AWAY CHATHISTORY
//     irc_query_commands.cpp          WHO WHOIS, and what the server tells of itself
//     irc_operator_commands.cpp       OPER KILL KLINE UNKLINE

#include "servers/chat/irc_exchange.h"

#include <cstddef>
#include <span>
#include <string_view>

namespace tern::chat {

struct IrcCommandEntry {
    enum class Allowed : unsigned char { always, when_welcome };
    std::string_view name;
    Allowed allowed;
    std::size_t least_parameters;
    void (*run)(IrcExchange& exchange, const irc::Message& message);
};

std::span<const IrcCommandEntry> all_irc_commands() noexcept;

/// Runs a command, or answers why it cannot be.
void run_irc_command(IrcExchange& exchange, const irc::Message& message);

} // namespace tern::chat
