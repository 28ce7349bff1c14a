#include "servers/chat/irc_command_table.h"

#include "common/protocol/irc/case_mapping.h"
#include "servers/chat/irc_commands.h"

#include <array>
#include <string>

namespace tern::chat {
namespace {

using Entry = IrcCommandEntry;
using enum IrcCommandEntry::Allowed;

constexpr std::array table = {
    Entry{"CAP", always, 1, cap_command},
    Entry{"AUTHENTICATE", always, 1, authenticate_command},
    Entry{"PASS", always, 1, pass_command},
    Entry{"NICK", always, 0, nick_command},
    Entry{"USER", always, 4, user_command},
    Entry{"QUIT", always, 0, quit_command},
    Entry{"PING", always, 0, ping_command},
    Entry{"PONG", always, 0, ignored_command},

    Entry{"JOIN", when_welcome, 1, join_command},
    Entry{"PART", when_welcome, 1, part_command},
    Entry{"TOPIC", when_welcome, 1, topic_command},
    Entry{"NAMES", when_welcome, 0, names_command},
    Entry{"LIST", when_welcome, 0, list_command},
    Entry{"INVITE", when_welcome, 2, invite_command},
    Entry{"KICK", when_welcome, 2, kick_command},
    Entry{"MODE", when_welcome, 1, mode_command},

    Entry{"PRIVMSG", when_welcome, 0, privmsg_command},
    Entry{"NOTICE", when_welcome, 0, notice_command},
    Entry{"TAGMSG", when_welcome, 1, tagmsg_command},
    Entry{"AWAY", when_welcome, 0, away_command},
    Entry{"CHATHISTORY", when_welcome, 0, chathistory_command},

    Entry{"WHO", when_welcome, 0, who_command},
    Entry{"WHOIS", when_welcome, 0, whois_command},
    Entry{"WHOWAS", when_welcome, 0, whowas_command},
    Entry{"ISON", when_welcome, 1, ison_command},
    Entry{"USERHOST", when_welcome, 1, userhost_command},
    Entry{"MOTD", when_welcome, 0, motd_command},
    Entry{"LUSERS", when_welcome, 0, lusers_command},
    Entry{"VERSION", when_welcome, 0, version_command},
    Entry{"TIME", when_welcome, 0, time_command},

    Entry{"OPER", when_welcome, 2, oper_command},
    Entry{"KILL", when_welcome, 2, kill_command},
    Entry{"KLINE", when_welcome, 1, kline_command},
    Entry{"UNKLINE", when_welcome, 1, unkline_command},
};

} // namespace

std::span<const IrcCommandEntry> all_irc_commands() noexcept { return table; }

void run_irc_command(IrcExchange& exchange, const irc::Message& message) {
    const std::string name = irc::upper_ascii(message.command);
    for (const IrcCommandEntry& entry : table) {
        if (entry.name != name)
            continue;
        if (entry.allowed == when_welcome && !exchange.is_welcome())
            return exchange.numeric(irc::Numeric::err_notregistered, {"You have not registered"});
        if (message.count < entry.least_parameters)
            return exchange.missing_parameters(entry.name);
        return entry.run(exchange, message);
    }
    if (!exchange.is_welcome())
        return exchange.numeric(irc::Numeric::err_notregistered, {"You have not registered"});
    exchange.numeric(irc::Numeric::err_unknowncommand, {message.command, "Unknown command"});
}

} // namespace tern::chat
