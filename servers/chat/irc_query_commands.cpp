// Who is there (WHO, WHOIS, ISON, USERHOST), and what the server tells of itself.

#include "common/protocol/irc/target_list.h"
#include "servers/chat/irc_commands.h"
#include "servers/chat/irc_dialect.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <string>

namespace tern::chat {

using irc::Numeric;
using Kind = Request::Kind;

namespace {

/// What the dialect writes for a member of this exchange, at once.
template <class Write>
void write_now(IrcExchange& exchange, Write write) {
    Audience audience;
    audience.name = exchange.name;
    IrcWriter writer(exchange.settings, audience, exchange.output);
    write(writer);
}

/// Names, by blanks: ISON and USERHOST take them as parameters, ISON also in one.
std::string all_parameters(IrcMessage message, std::size_t most) {
    std::string names;
    for (const std::string_view parameter :
         message.parameters().first(std::min(message.count, most)))
        names.append(names.empty() ? "" : " ").append(parameter);
    return names;
}

} // namespace

void who_command(IrcExchange& exchange, IrcMessage message) {
    const std::string_view mask = message.parameter(0);
    const bool only_operators = message.parameter(1) == "o";
    Request request;
    if (irc::is_channel_name(mask) && mask.size() > 1) {
        request.kind = Kind::names;
        request.room = mask.substr(1);
        return exchange.tell(request, IrcCommand::who, only_operators ? "o" : "");
    }
    const bool is_anybody = mask.empty() || mask == "0"; // RFC 2812 §3.6.1
    if (!is_anybody && !only_operators && mask.find_first_of("*?!@") == std::string_view::npos) {
        request.kind = Kind::whois;
        request.target = mask;
        return exchange.tell(request, IrcCommand::who);
    }
    request.kind = Kind::search;
    request.target = is_anybody ? "*" : mask;
    request.number = only_operators ? 1 : 0;
    exchange.tell(request, IrcCommand::who, request.target);
}

void whois_command(IrcExchange& exchange, IrcMessage message) {
    if (message.count == 0)
        return exchange.numeric(Numeric::err_nonicknamegiven, {"No nickname given"});
    const auto names = irc::split_targets(message.parameter(message.count > 1 ? 1 : 0));
    if (names.empty())
        return exchange.numeric(Numeric::err_nonicknamegiven, {"No nickname given"});
    Request request;
    request.kind = Kind::whois;
    request.target = names.front();
    exchange.tell(request);
}

/// Nobody is remembered who has gone.
void whowas_command(IrcExchange& exchange, IrcMessage message) {
    const std::string_view name = message.parameter(0);
    if (name.empty())
        return exchange.numeric(Numeric::err_nonicknamegiven, {"No nickname given"});
    exchange.numeric(Numeric::err_wasnosuchnick, {name, "There was no such nickname"});
    exchange.numeric(Numeric::rpl_endofwhowas, {name, "End of WHOWAS"});
}

void ison_command(IrcExchange& exchange, IrcMessage message) {
    const std::string names = all_parameters(message, irc::most_parameters);
    Request request;
    request.kind = Kind::find;
    request.target = names;
    exchange.tell(request, IrcCommand::is_on);
}

void userhost_command(IrcExchange& exchange, IrcMessage message) {
    const std::string names = all_parameters(message, 5); // RFC 2812 §4.8
    Request request;
    request.kind = Kind::find;
    request.target = names;
    exchange.tell(request, IrcCommand::userhost);
}

void motd_command(IrcExchange& exchange, IrcMessage) {
    write_now(exchange, write_message_of_the_day);
}

void lusers_command(IrcExchange& exchange, IrcMessage) {
    Request request;
    request.kind = Kind::census;
    exchange.tell(request);
}

void version_command(IrcExchange& exchange, IrcMessage) { write_now(exchange, write_version); }

void time_command(IrcExchange& exchange, IrcMessage) {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts = {};
    ::gmtime_r(&now, &parts);
    std::array<char, 64> text = {};
    const std::size_t size =
        std::strftime(text.data(), text.size(), "%A %B %d %Y -- %H:%M:%S UTC", &parts);
    exchange.numeric(Numeric::rpl_time,
                     {exchange.settings.server_name, std::string_view(text.data(), size)});
}

} // namespace tern::chat
