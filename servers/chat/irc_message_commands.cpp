// What is said: PRIVMSG, NOTICE, TAGMSG; AWAY; and what was said before: CHATHISTORY.

#include "common/protocol/irc/case_mapping.h"
#include "common/protocol/irc/history_request.h"
#include "common/protocol/irc/target_list.h"
#include "servers/chat/irc_commands.h"
#include "servers/chat/irc_text.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace tern::chat {

using irc::Numeric;
using Kind = Request::Kind;

namespace {

/// How a text is said that came with PRIVMSG (a message) or with NOTICE.
Manner manner_of(const IrcText& text, bool is_notice) noexcept {
    if (text.is_other_ctcp)
        return is_notice ? Manner::reply : Manner::query;
    if (text.is_action)
        return Manner::action;
    return is_notice ? Manner::notice : Manner::message;
}

void say(IrcExchange& exchange, std::string_view targets, std::string_view text, Manner manner) {
    const auto refuse = [&](Numeric numeric, std::string_view target, std::string_view why) {
        if (!is_never_answered(manner))
            exchange.numeric(numeric, {target, why});
    };
    std::size_t count = 0;
    for (const std::string_view target : irc::split_targets(targets)) {
        if (++count > exchange.settings.most_targets)
            return refuse(Numeric::err_toomanytargets, target, "Too many targets");
        Request request;
        request.kind = Kind::say;
        if (irc::is_channel_name(target))
            request.room = target.substr(1);
        else
            request.target = target;
        if (request.room.empty() && request.target.empty()) {
            refuse(Numeric::err_nosuchchannel, target, "No such channel");
            continue;
        }
        request.text = text;
        request.number = static_cast<std::uint64_t>(manner);
        exchange.tell(request);
    }
}

void say_text(IrcExchange& exchange, IrcMessage message, bool is_notice) {
    const IrcText text = text_from_irc(message.parameter(1));
    say(exchange, message.parameter(0), text.text, manner_of(text, is_notice));
}

void fail(IrcExchange& exchange, std::string_view code, IrcMessage message, std::string_view why) {
    exchange.from_server("FAIL", {"CHATHISTORY", code, message.parameter(0), why});
}

/// In milliseconds since 1970, which is where the hub's history begins.
std::string milliseconds_text(irc::ServerTime time) {
    return std::to_string(std::max<std::int64_t>(0, time.time_since_epoch().count()));
}

/// As the hub has it; nothing if it is no message of ours.
std::optional<std::string> hub_reference(const irc::HistoryPoint& point) {
    if (const auto* const time = std::get_if<irc::ServerTime>(&point))
        return '@' + milliseconds_text(*time);
    const auto* const id = std::get_if<std::string>(&point);
    const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
    if (id == nullptr || !std::all_of(id->begin(), id->end(), is_digit))
        return std::nullopt;
    return *id;
}

std::string_view hub_word(irc::HistoryRequest::Kind kind) noexcept {
    using HistoryKind = irc::HistoryRequest::Kind;
    switch (kind) {
    case HistoryKind::before:
        return "before ";
    case HistoryKind::after:
        return "after ";
    case HistoryKind::latest:
        return "since ";
    case HistoryKind::around:
        return "around ";
    default:
        return "between ";
    }
}

/// The hub's words for a request of one room; nothing if it has none.
std::optional<std::string> hub_history(const irc::HistoryRequest& request) {
    if (std::holds_alternative<std::monostate>(request.from)) // LATEST only
        return "latest";
    const std::optional<std::string> from = hub_reference(request.from);
    if (!from)
        return std::nullopt;
    std::string words = std::string(hub_word(request.kind)) + *from;
    if (request.kind != irc::HistoryRequest::Kind::between)
        return words;
    const std::optional<std::string> to = hub_reference(request.to);
    if (!to)
        return std::nullopt;
    return words + ' ' + *to;
}

/// TARGETS: which rooms were spoken in between two times.
void ask_for_targets(IrcExchange& exchange, const irc::HistoryRequest& wanted, IrcMessage message,
                     Request request) {
    const auto* const from = std::get_if<irc::ServerTime>(&wanted.from);
    const auto* const to = std::get_if<irc::ServerTime>(&wanted.to);
    if (from == nullptr || to == nullptr)
        return fail(exchange, "INVALID_PARAMS", message, "TARGETS takes times only");
    const std::string times = milliseconds_text(*from) + ' ' + milliseconds_text(*to);
    request.kind = Kind::histories;
    request.text = times;
    exchange.tell(request, IrcCommand::history, "TARGETS");
}

} // namespace

void privmsg_command(IrcExchange& exchange, IrcMessage message) {
    if (message.count == 0)
        return exchange.numeric(Numeric::err_norecipient, {"No recipient given (PRIVMSG)"});
    if (message.parameter(1).empty())
        return exchange.numeric(Numeric::err_notexttosend, {"No text to send"});
    say_text(exchange, message, false);
}

void notice_command(IrcExchange& exchange, IrcMessage message) {
    if (message.count > 1 && !message.parameter(1).empty())
        say_text(exchange, message, true);
}

/// Of all that clients tell by tags, only that somebody types (IRCv3 client tag +typing) is
/// carried.
void tagmsg_command(IrcExchange& exchange, IrcMessage message) {
    const auto typing = irc::tag_value(message.tags, "+typing");
    const bool is_state =
        typing && (*typing == "active" || *typing == "paused" || *typing == "done");
    if (is_state && exchange.has(irc::Capability::message_tags))
        say(exchange, message.parameter(0), *typing, Manner::typing);
}

void away_command(IrcExchange& exchange, IrcMessage message) {
    const std::string reason =
        plain_text_from_irc(irc::cut_utf8(message.parameter(0), exchange.settings.longest_away));
    Request request;
    request.kind = Kind::away;
    request.text = reason;
    exchange.tell(request);
}

void chathistory_command(IrcExchange& exchange, IrcMessage message) {
    const auto parsed = irc::parse_history_request(message.parameters());
    if (const auto* const fault = std::get_if<irc::HistoryFault>(&parsed)) {
        switch (*fault) {
        case irc::HistoryFault::need_more_params:
            return fail(exchange, "NEED_MORE_PARAMS", message, "Parameters are missing");
        case irc::HistoryFault::unknown_command:
            return fail(exchange, "UNKNOWN_COMMAND", message, "Unknown subcommand");
        case irc::HistoryFault::invalid_params:
            return fail(exchange, "INVALID_PARAMS", message, "Invalid parameters");
        }
    }
    const auto& wanted = std::get<irc::HistoryRequest>(parsed);
    Request request;
    const std::size_t most = exchange.settings.most_history;
    request.number = wanted.limit == 0 ? most : std::min(wanted.limit, most);
    if (wanted.kind == irc::HistoryRequest::Kind::targets)
        return ask_for_targets(exchange, wanted, message, request);
    const auto which = hub_history(wanted);
    if (!which)
        return fail(exchange, "INVALID_PARAMS", message, "No such message");
    const std::string command = irc::upper_ascii(message.parameter(0));
    if (!irc::is_channel_name(wanted.target) || wanted.target.size() == 1)
        return exchange.from_server("FAIL", {"CHATHISTORY", "INVALID_TARGET", command,
                                             wanted.target, "Only channels have a history"});
    request.kind = Kind::history;
    request.room = wanted.target.substr(1);
    request.text = *which;
    exchange.tell(request, IrcCommand::history, command);
}

} // namespace tern::chat
