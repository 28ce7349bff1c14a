// What is said: PRIVMSG, NOTICE; AWAY; and what was said before: CHATHISTORY.

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

void say(IrcExchange& exchange, IrcMessage message, Manner manner) {
    const IrcText text = text_from_irc(message.parameter(1));
    if (text.is_other_ctcp)
        return; // questions between clients (VERSION, PING, DCC) are not carried
    const auto targets = irc::split_targets(message.parameter(0));
    std::size_t count = 0;
    for (const std::string_view target : targets) {
        if (++count > exchange.settings.most_targets)
            return exchange.numeric(Numeric::err_toomanytargets, {target, "Too many targets"});
        Request request;
        request.kind = Kind::say;
        if (irc::is_channel_name(target))
            request.room = target.substr(1);
        else
            request.target = target;
        if (request.room.empty() && request.target.empty()) {
            exchange.numeric(Numeric::err_nosuchchannel, {target, "No such channel"});
            continue;
        }
        request.text = text.text;
        request.number = static_cast<std::uint64_t>(text.is_action ? Manner::action : manner);
        exchange.tell(request);
    }
}

void fail(IrcExchange& exchange, std::string_view code, IrcMessage message, std::string_view why) {
    exchange.from_server("FAIL", {"CHATHISTORY", code, message.parameter(0), why});
}

/// Null: it is no number of ours.
const std::string* message_id(const irc::HistoryPoint& point) {
    const auto* const id = std::get_if<std::string>(&point);
    const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
    const bool is_ours =
        id != nullptr && !id->empty() && std::all_of(id->begin(), id->end(), is_digit);
    return is_ours ? id : nullptr;
}

/// The hub's words for a request; nothing if it has none.
std::optional<std::string> hub_history(const irc::HistoryRequest& request) {
    using HistoryKind = irc::HistoryRequest::Kind;
    const std::string* const id = message_id(request.from);
    if (request.kind == HistoryKind::latest && std::holds_alternative<std::monostate>(request.from))
        return "latest";
    if (id == nullptr)
        return std::nullopt;
    switch (request.kind) {
    case HistoryKind::before:
        return "before " + *id;
    case HistoryKind::after:
    case HistoryKind::latest: // since that one
        return "after " + *id;
    case HistoryKind::around:
        return "around " + *id;
    case HistoryKind::between:
        if (const std::string* const other = message_id(request.to))
            return "between " + *id + ' ' + *other;
        return std::nullopt;
    default:
        return std::nullopt;
    }
}

} // namespace

void privmsg_command(IrcExchange& exchange, IrcMessage message) {
    if (message.count == 0)
        return exchange.numeric(Numeric::err_norecipient, {"No recipient given (PRIVMSG)"});
    if (message.parameter(1).empty())
        return exchange.numeric(Numeric::err_notexttosend, {"No text to send"});
    say(exchange, message, Manner::message);
}

void notice_command(IrcExchange& exchange, IrcMessage message) {
    // RFC 2812 §3.3.2: nothing is ever answered to a notice.
    if (message.count > 1 && !message.parameter(1).empty())
        say(exchange, message, Manner::notice);
}

void away_command(IrcExchange& exchange, IrcMessage message) {
    constexpr std::size_t longest_reason = 200;
    const std::string reason =
        plain_text_from_irc(irc::cut_utf8(message.parameter(0), longest_reason));
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
    const auto which = hub_history(wanted);
    if (!which)
        return fail(exchange, "INVALID_PARAMS", message, "Only msgid is understood here");
    Request request;
    request.kind = Kind::history;
    if (!irc::is_channel_name(wanted.target))
        return fail(exchange, "INVALID_TARGET", message, "Only channels have a history");
    request.room = wanted.target.substr(1);
    const std::size_t most = exchange.settings.most_history;
    request.number = wanted.limit == 0 ? most : std::min(wanted.limit, most);
    request.text = *which;
    exchange.tell(request);
}

} // namespace tern::chat
