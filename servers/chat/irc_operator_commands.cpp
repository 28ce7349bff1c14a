// What operators of the server may do: OPER, KILL, KLINE, UNKLINE.

#include "servers/chat/irc_commands.h"
#include "servers/chat/irc_text.h"

#include <charconv>
#include <string>

namespace tern::chat {

using Kind = Request::Kind;

void oper_command(IrcExchange& exchange, IrcMessage message) {
    exchange.ask({IrcQuestion::About::operator_account, std::string(message.parameter(0)),
                  std::string(message.parameter(1))});
}

void kill_command(IrcExchange& exchange, IrcMessage message) {
    const std::string reason = plain_text_from_irc(message.parameter(1));
    Request request;
    request.kind = Kind::kick; // without a room: out of the server
    request.target = message.parameter(0);
    request.text = reason;
    exchange.tell(request);
}

/// KLINE [minutes] mask [:reason]
void kline_command(IrcExchange& exchange, IrcMessage message) {
    std::uint64_t minutes = 0;
    const std::string_view first = message.parameter(0);
    const auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), minutes);
    const bool is_limited = message.count > 1 && error == std::errc() &&
                            end == first.data() + first.size() && minutes < 1'000'000;
    const std::string reason = plain_text_from_irc(message.parameter(is_limited ? 2 : 1));
    Request request;
    request.kind = Kind::ban;
    request.number = is_limited ? minutes * 60 : 0;
    request.target = message.parameter(is_limited ? 1 : 0);
    request.text = reason;
    exchange.tell(request);
}

void unkline_command(IrcExchange& exchange, IrcMessage message) {
    Request request;
    request.kind = Kind::unban;
    request.target = message.parameter(0);
    exchange.tell(request);
}

} // namespace tern::chat
