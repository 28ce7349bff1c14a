#pragma once
// What each IRC command does; irc_command_table.h tells where. They ask the hub or write an answer,
// and never wait.

#include "servers/chat/irc_exchange.h"

namespace tern::chat {

using IrcMessage = const irc::Message&;

void cap_command(IrcExchange& exchange, IrcMessage message);
void authenticate_command(IrcExchange& exchange, IrcMessage message);
void pass_command(IrcExchange& exchange, IrcMessage message);
void nick_command(IrcExchange& exchange, IrcMessage message);
void user_command(IrcExchange& exchange, IrcMessage message);
void quit_command(IrcExchange& exchange, IrcMessage message);
void ping_command(IrcExchange& exchange, IrcMessage message);
void ignored_command(IrcExchange& exchange, IrcMessage message);

void join_command(IrcExchange& exchange, IrcMessage message);
void part_command(IrcExchange& exchange, IrcMessage message);
void topic_command(IrcExchange& exchange, IrcMessage message);
void names_command(IrcExchange& exchange, IrcMessage message);
void list_command(IrcExchange& exchange, IrcMessage message);
void invite_command(IrcExchange& exchange, IrcMessage message);
void kick_command(IrcExchange& exchange, IrcMessage message);
void mode_command(IrcExchange& exchange, IrcMessage message);

void privmsg_command(IrcExchange& exchange, IrcMessage message);
void notice_command(IrcExchange& exchange, IrcMessage message);
void tagmsg_command(IrcExchange& exchange, IrcMessage message);
void away_command(IrcExchange& exchange, IrcMessage message);
void chathistory_command(IrcExchange& exchange, IrcMessage message);

void who_command(IrcExchange& exchange, IrcMessage message);
void whois_command(IrcExchange& exchange, IrcMessage message);
void whowas_command(IrcExchange& exchange, IrcMessage message);
void ison_command(IrcExchange& exchange, IrcMessage message);
void userhost_command(IrcExchange& exchange, IrcMessage message);
void motd_command(IrcExchange& exchange, IrcMessage message);
void lusers_command(IrcExchange& exchange, IrcMessage message);
void version_command(IrcExchange& exchange, IrcMessage message);
void time_command(IrcExchange& exchange, IrcMessage message);

void oper_command(IrcExchange& exchange, IrcMessage message);
void kill_command(IrcExchange& exchange, IrcMessage message);
void kline_command(IrcExchange& exchange, IrcMessage message);
void unkline_command(IrcExchange& exchange, IrcMessage message);

} // namespace tern::chat
