// Who the client is and what it understands: CAP, AUTHENTICATE, PASS, NICK, USER; and QUIT, PING.

#include "common/protocol/irc/case_mapping.h"
#include "servers/chat/irc_commands.h"
#include "servers/chat/irc_text.h"

#include <memory>
#include <string>
#include <utility>

namespace tern::chat {

using irc::Capability;
using irc::Numeric;

namespace {

void finish_sasl(IrcExchange& exchange) {
    auto credentials = irc::parse_plain(std::exchange(exchange.sasl, nullptr)->take_payload());
    // Nobody may act as somebody else.
    if (!credentials ||
        (!credentials->authorization.empty() && credentials->authorization != credentials->name))
        return exchange.numeric(Numeric::err_saslfail, {"SASL authentication failed"});
    exchange.ask({IrcQuestion::About::account, std::move(credentials->name),
                  std::move(credentials->password)});
}

void begin_sasl(IrcExchange& exchange, std::string_view mechanism) {
    if (exchange.has_account)
        return exchange.numeric(Numeric::err_saslalready,
                                {"You have already authenticated using SASL"});
    if (irc::upper_ascii(mechanism) != "PLAIN") {
        exchange.numeric(Numeric::rpl_saslmechs, {"PLAIN", "are available SASL mechanisms"});
        return exchange.numeric(Numeric::err_saslfail, {"SASL authentication failed"});
    }
    exchange.sasl = std::make_unique<irc::SaslAssembler>();
    irc::append_message(exchange.output, {{}, {}, "AUTHENTICATE"}, {"+"});
}

} // namespace

void cap_command(IrcExchange& exchange, IrcMessage message) {
    const irc::CapabilitySet before = exchange.negotiation.enabled();
    const auto answer = exchange.negotiation.receive(message.parameters(), exchange.is_welcome());
    if (answer.is_invalid)
        return exchange.numeric(Numeric::err_invalidcapcmd,
                                {message.parameter(0), "Invalid CAP command"});
    const std::string_view client = exchange.name.empty() ? "*" : std::string_view(exchange.name);
    for (const auto& line : answer.lines) {
        if (line.more_follows)
            exchange.from_server("CAP", {client, line.subcommand, "*", line.names});
        else
            exchange.from_server("CAP", {client, line.subcommand, line.names});
    }
    if (exchange.negotiation.enabled() != before) {
        Request request;
        request.kind = Request::Kind::capabilities;
        request.number = exchange.negotiation.enabled().bits();
        exchange.tell_silently(request);
    }
    exchange.enter_if_ready();
}

void authenticate_command(IrcExchange& exchange, IrcMessage message) {
    if (!exchange.has(Capability::sasl))
        return exchange.numeric(Numeric::err_saslfail, {"Ask for the capability sasl first"});
    if (!exchange.sasl)
        return begin_sasl(exchange, message.parameter(0));
    switch (exchange.sasl->take(message.parameter(0))) {
    case irc::SaslAssembler::Outcome::need_more:
        return;
    case irc::SaslAssembler::Outcome::complete:
        return finish_sasl(exchange);
    case irc::SaslAssembler::Outcome::too_long:
        exchange.sasl.reset();
        return exchange.numeric(Numeric::err_sasltoolong, {"SASL message too long"});
    case irc::SaslAssembler::Outcome::aborted:
        exchange.sasl.reset();
        return exchange.numeric(Numeric::err_saslaborted, {"SASL authentication aborted"});
    case irc::SaslAssembler::Outcome::malformed:
        exchange.sasl.reset();
        return exchange.numeric(Numeric::err_saslfail, {"SASL authentication failed"});
    }
}

void pass_command(IrcExchange& exchange, IrcMessage message) {
    if (exchange.is_welcome())
        return exchange.numeric(Numeric::err_alreadyregistered, {"You may not register twice"});
    if (!exchange.settings.password.empty())
        exchange.ask({IrcQuestion::About::server, {}, std::string(message.parameter(0))});
}

void nick_command(IrcExchange& exchange, IrcMessage message) {
    const std::string_view name = message.parameter(0);
    if (name.empty())
        return exchange.numeric(Numeric::err_nonicknamegiven, {"No nickname given"});
    // RFC 2812 §2.3.1: what would be taken for something else where a name is expected.
    if (name.find_first_of(" ,*?!@:#$&+~%") != std::string_view::npos)
        return exchange.numeric(Numeric::err_erroneusnickname, {name, "Erroneous nickname"});
    if (exchange.is_welcome() && name == exchange.name)
        return;
    if (!exchange.is_welcome()) {
        exchange.registration->wanted_name = name;
        return exchange.enter_if_ready();
    }
    exchange.asked_names.emplace_back(name);
    Request request;
    request.kind = Request::Kind::rename;
    request.target = name;
    exchange.tell(request);
}

void user_command(IrcExchange& exchange, IrcMessage message) {
    constexpr std::size_t longest_user = 12;
    constexpr std::size_t longest_real_name = 130;
    if (exchange.is_welcome() || !exchange.registration->user.empty())
        return exchange.numeric(Numeric::err_alreadyregistered, {"You may not register twice"});
    std::string user(irc::cut_utf8(message.parameter(0), longest_user));
    std::erase_if(user, [](char c) {
        return c == '!' || c == '@' || c == '*' || c == '?' || static_cast<unsigned char>(c) <= ' ';
    });
    exchange.registration->user = user.empty() ? "user" : user;
    exchange.registration->real_name =
        plain_text_from_irc(irc::cut_utf8(message.parameter(3), longest_real_name));
    exchange.enter_if_ready();
}

void quit_command(IrcExchange& exchange, IrcMessage message) {
    if (!exchange.is_welcome())
        return exchange.close("Quit");
    const std::string reason = "Quit: " + plain_text_from_irc(message.parameter(0));
    Request request;
    request.kind = Request::Kind::quit;
    request.text = message.count == 0 ? std::string_view("Quit") : std::string_view(reason);
    exchange.tell(request);
}

/// Through the hub, so that a client that waits for the answer has had all that it has asked for
/// before.
void ping_command(IrcExchange& exchange, IrcMessage message) {
    const std::string_view token = message.parameter(0);
    if (token.empty())
        return exchange.numeric(Numeric::err_noorigin, {"No origin specified"});
    if (!exchange.is_welcome())
        return exchange.from_server("PONG", {exchange.settings.server_name, token});
    Request request;
    request.kind = Request::Kind::whois;
    request.target = exchange.name;
    exchange.tell(request, IrcCommand::ping, token);
}

void ignored_command(IrcExchange&, IrcMessage) {}

} // namespace tern::chat
