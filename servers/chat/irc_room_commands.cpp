// Rooms, which IRC calls channels: JOIN, PART, TOPIC, NAMES, LIST, INVITE, KICK, MODE.

#include "common/protocol/chat/name.h"
#include "common/protocol/irc/mask.h"
#include "common/protocol/irc/target_list.h"
#include "servers/chat/irc_commands.h"
#include "servers/chat/irc_dialect.h"
#include "servers/chat/irc_text.h"

#include <optional>
#include <string>
#include <vector>

namespace tern::chat {

using irc::Numeric;
using Kind = Request::Kind;

namespace {

constexpr std::size_t most_changes = 20; // MODES

/// The hub's name of a room; answers and yields nothing if `channel` cannot be one.
std::optional<std::string_view> room_of(IrcExchange& exchange, std::string_view channel) {
    if (irc::is_channel_name(channel) && channel.size() > 1)
        return channel.substr(1);
    exchange.numeric(Numeric::err_nosuchchannel, {channel, "No such channel"});
    return std::nullopt;
}

void show_ban_list(IrcExchange& exchange, std::string_view room) {
    Request request;
    request.kind = Kind::modes;
    request.room = room;
    request.number = 'b';
    exchange.tell(request, IrcCommand::ban_list);
}

void change_modes(IrcExchange& exchange, std::string_view room, IrcMessage message) {
    const auto parameters = message.parameters().subspan(2);
    const auto changes = irc::parse_mode_changes(irc_modes, message.parameter(1), parameters);
    std::size_t count = 0;
    for (const irc::ModeChange& change : changes) {
        if (++count > most_changes)
            return;
        const std::string letter(1, change.mode);
        if (change.fault == irc::ModeChange::Fault::unknown) {
            exchange.numeric(Numeric::err_unknownmode, {letter, "is no mode here"});
            continue;
        }
        if (change.fault == irc::ModeChange::Fault::no_parameter) {
            exchange.missing_parameters("MODE");
            continue;
        }
        if (change.mode == 'b' && change.parameter.empty()) {
            show_ban_list(exchange, room);
            continue;
        }
        const std::string argument = change.mode == 'b' ? irc::complete_mask(change.parameter)
                                                        : std::string(change.parameter);
        Request request;
        request.kind = Kind::mode;
        request.room = room;
        request.number = change_of(change.set, change.mode);
        request.target = argument;
        exchange.tell(request);
    }
}

void show_own_modes(IrcExchange& exchange) {
    Request request;
    request.kind = Kind::whois;
    request.target = exchange.name;
    exchange.tell(request, IrcCommand::own_modes);
}

void own_modes(IrcExchange& exchange, IrcMessage message) {
    if (key_of(message.parameter(0)) != key_of(exchange.name))
        return exchange.numeric(Numeric::err_usersdontmatch,
                                {"You cannot see or change other users' modes"});
    if (message.count == 1)
        return show_own_modes(exchange);
    bool is_unknown = false;
    const std::string_view letters = message.parameter(1).substr(0, most_changes);
    for (const irc::ModeChange& change : irc::parse_mode_changes(irc_own_modes, letters, {})) {
        Request request;
        request.kind = Kind::own_mode;
        request.number = change_of(change.set, change.mode);
        if (change.fault == irc::ModeChange::Fault::none)
            exchange.tell(request);
        else
            is_unknown = true;
    }
    if (is_unknown)
        exchange.numeric(Numeric::err_umodeunknownflag, {"Unknown mode flag"});
}

/// Those of a list that has a place for each channel.
std::vector<std::string_view> keys_of(std::string_view list) {
    std::vector<std::string_view> keys;
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        keys.push_back(list.substr(0, comma));
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    }
    return keys;
}

void leave_all(IrcExchange& exchange) {
    Request request;
    request.kind = Kind::part;
    request.number = 1;
    exchange.tell(request);
}

} // namespace

void join_command(IrcExchange& exchange, IrcMessage message) {
    if (message.parameter(0) == "0") // RFC 2812 §3.2.1: out of all channels
        return leave_all(exchange);
    const auto keys = keys_of(message.parameter(1));
    std::size_t index = 0;
    for (const std::string_view channel : irc::split_targets(message.parameter(0))) {
        const auto room = room_of(exchange, channel);
        const std::string_view key = index < keys.size() ? keys[index] : std::string_view();
        ++index;
        if (!room)
            continue;
        Request request;
        request.kind = Kind::join;
        request.room = *room;
        request.text = key;
        exchange.tell(request);
    }
}

void part_command(IrcExchange& exchange, IrcMessage message) {
    const std::string reason = plain_text_from_irc(message.parameter(1));
    for (const std::string_view channel : irc::split_targets(message.parameter(0))) {
        const auto room = room_of(exchange, channel);
        if (!room)
            continue;
        Request request;
        request.kind = Kind::part;
        request.room = *room;
        request.text = reason;
        exchange.tell(request);
    }
}

void topic_command(IrcExchange& exchange, IrcMessage message) {
    const auto room = room_of(exchange, message.parameter(0));
    if (!room)
        return;
    const std::string text =
        plain_text_from_irc(irc::cut_utf8(message.parameter(1), exchange.settings.longest_topic));
    Request request;
    request.kind = Kind::topic;
    request.room = *room;
    request.number = message.count > 1 ? 1 : 0;
    request.text = text;
    exchange.tell(request);
}

void names_command(IrcExchange& exchange, IrcMessage message) {
    if (message.count == 0)
        return exchange.numeric(Numeric::rpl_endofnames, {"*", "End of the list of names"});
    for (const std::string_view channel : irc::split_targets(message.parameter(0))) {
        if (!irc::is_channel_name(channel) || channel.size() == 1) {
            exchange.numeric(Numeric::rpl_endofnames, {channel, "End of the list of names"});
            continue;
        }
        Request request;
        request.kind = Kind::names;
        request.room = channel.substr(1);
        exchange.tell(request);
    }
}

void list_command(IrcExchange& exchange, IrcMessage message) {
    Request request;
    request.kind = Kind::rooms;
    exchange.tell(request, IrcCommand::list, message.parameter(0));
}

void invite_command(IrcExchange& exchange, IrcMessage message) {
    const auto room = room_of(exchange, message.parameter(1));
    if (!room)
        return;
    Request request;
    request.kind = Kind::invite;
    request.room = *room;
    request.target = message.parameter(0);
    exchange.tell(request);
}

void kick_command(IrcExchange& exchange, IrcMessage message) {
    const auto room = room_of(exchange, message.parameter(0));
    if (!room)
        return;
    const std::string reason =
        message.count > 2 ? plain_text_from_irc(
                                irc::cut_utf8(message.parameter(2), exchange.settings.longest_kick))
                          : exchange.name;
    std::size_t count = 0;
    for (const std::string_view name : irc::split_targets(message.parameter(1))) {
        if (++count > exchange.settings.most_targets)
            return exchange.numeric(Numeric::err_toomanytargets, {name, "Too many targets"});
        Request request;
        request.kind = Kind::kick;
        request.room = *room;
        request.target = name;
        request.text = reason;
        exchange.tell(request);
    }
}

void mode_command(IrcExchange& exchange, IrcMessage message) {
    if (!irc::is_channel_name(message.parameter(0)))
        return own_modes(exchange, message);
    const auto room = room_of(exchange, message.parameter(0));
    if (!room)
        return;
    if (message.count > 1)
        return change_modes(exchange, *room, message);
    Request request;
    request.kind = Kind::modes;
    request.room = *room;
    exchange.tell(request);
}

} // namespace tern::chat
