// Who the client is, and whether others can listen: HOST (RFC 7151), USER, PASS, REIN, QUIT; AUTH,
// PBSZ, PROT, CCC (RFC 4217).

#include "common/protocol/ftp/argument.h"
#include "servers/ftp/commands.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tern::ftp {

void user_command(Exchange& exchange, Text name) {
    const bool encrypted = exchange.control.connection().endpoints().encrypted;
    if (exchange.context.settings.require_tls && !encrypted)
        return exchange.reply(530, "Please encrypt with AUTH TLS first."); // RFC 4217 §11.1
    if (exchange.is_logged_in())
        exchange.log_out();
    exchange.claimed_name = name;
    const std::shared_ptr<const Users> users =
        exchange.context.users.current(exchange.control.connection().now());
    const User* const user = users->find(name);
    // Whether the name is known is not told.
    exchange.reply(331, user != nullptr && user->anonymous ? "Any password will do."
                                                           : "Please give your password.");
}

void pass_command(Exchange& exchange, Text password) {
    if (exchange.is_logged_in())
        return exchange.reply(503, "You are logged in."); // RFC 959 wants USER first
    if (!exchange.claimed_name)
        return exchange.reply(503, "Please give your name with USER first.");
    exchange.password = password;
    exchange.next = Next::check_password;
}

bool log_in(Exchange& exchange, std::shared_ptr<const User> user) {
    exchange.claimed_name.reset();
    if (user->page != nullptr) {
        exchange.place = exchange.context.sessions.enter(user->name, user->limits.sessions);
        if (!exchange.place.is_taken()) {
            exchange.reply(421, "You have as many sessions as you may. Goodbye.");
            exchange.next = Next::close;
            return false;
        }
    }
    exchange.home.emplace(user->home.get());
    exchange.account = Account(user->page, user->limits);
    exchange.failed_logins = 0;
    exchange.user = std::move(user);
    return true;
}

void acct_command(Exchange& exchange, Text) { exchange.reply(202, "No account is needed."); }

void rein_command(Exchange& exchange, Text) {
    exchange.log_out();
    exchange.protection_announced =
        exchange.control.connection().endpoints().encrypted && !exchange.tls_by_command;
    exchange.protects_data = exchange.protection_announced &&
                             exchange.context.settings.data_protection != DataProtection::forbidden;
    exchange.reply(220, "Ready for a new user.");
    if (exchange.tls_by_command) // RFC 4217 §11
        exchange.next = Next::end_tls;
}

void host_command(Exchange& exchange, Text name) {
    if (exchange.is_logged_in() || exchange.claimed_name) // RFC 7151 §3.2
        return exchange.reply(503, "HOST comes before USER.");
    const auto wanted = parse_host(name);
    if (!wanted)
        return exchange.reply(501, "Not a host name.");
    const std::vector<VirtualHost>& hosts = exchange.context.settings.virtual_hosts;
    const auto host = std::find_if(hosts.begin(), hosts.end(),
                                   [&](const VirtualHost& one) { return one.name == *wanted; });
    if (!hosts.empty() && host == hosts.end())
        return exchange.reply(504, "There is no such host here.");
    exchange.host = hosts.empty() ? nullptr : &*host;
    const bool greets = exchange.host != nullptr && !exchange.host->welcome.empty();
    exchange.reply(220, greets ? exchange.host->welcome : exchange.context.settings.welcome);
}

void quit_command(Exchange& exchange, Text) {
    exchange.reply(221, "Goodbye.");
    exchange.next = Next::close;
}

void auth_command(Exchange& exchange, Text mechanism) {
    const std::string name = upper(mechanism);
    if (name != "TLS" && name != "TLS-C" && name != "SSL")
        return exchange.reply(504, "TLS is the only mechanism.");
    if (exchange.context.tls == nullptr)
        return exchange.reply(502, "This server has no certificate.");
    if (exchange.control.connection().endpoints().encrypted)
        return exchange.reply(503, "TLS is on already.");
    exchange.reply(234, "Begin TLS.");
    exchange.next = Next::begin_tls;
}

void pbsz_command(Exchange& exchange, Text size) {
    if (!exchange.control.connection().endpoints().encrypted)
        return exchange.reply(503, "Only over TLS.");
    const auto number = parse_number(size);
    if (!number || *number > std::numeric_limits<std::uint32_t>::max()) // RFC 2228 §3
        return exchange.reply(501, "Syntax: PBSZ 0");
    exchange.protection_announced = true;
    exchange.reply(200, "PBSZ=0"); // RFC 4217 §8
}

void prot_command(Exchange& exchange, Text level) {
    const bool encrypted = exchange.control.connection().endpoints().encrypted;
    if (!encrypted || !exchange.protection_announced) // RFC 2228 §3
        return exchange.reply(503, "Only over TLS, and after PBSZ.");
    const FtpSettings& settings = exchange.context.settings;
    const std::string name = upper(level);
    if (name != "P" && name != "C")
        return exchange.reply(name == "S" || name == "E" ? 536 : 504, "Allowed: P or C.");
    const bool only_encrypted =
        settings.require_tls || settings.data_protection == DataProtection::required;
    if (name == "C" && only_encrypted)
        return exchange.reply(534, "Data must be encrypted here.");
    if (name == "P" && settings.data_protection == DataProtection::forbidden)
        return exchange.reply(534, "Data cannot be encrypted here.");
    if (name == "P") {
        exchange.protects_data = true;
        return exchange.reply(200, "Data connections are encrypted.");
    }
    exchange.protects_data = false;
    exchange.reply(200, "Data connections are plain.");
}

void ccc_command(Exchange& exchange, Text) {
    if (!exchange.control.connection().endpoints().encrypted)
        return exchange.reply(533, "Only over TLS."); // RFC 2228 §3
    if (!exchange.context.settings.allow_clear_control)
        return exchange.reply(534, "The control connection stays encrypted here.");
    if (!exchange.is_logged_in())
        return exchange.reply(530, "Please log in first.");
    exchange.reply(200, "The control connection is plain from now on.");
    exchange.next = Next::end_tls;
}

} // namespace tern::ftp
