// How data comes and goes: TYPE, STRU, MODE, PASV, EPSV, PORT, EPRT, REST, ALLO, ABOR.

#include "common/protocol/ftp/host_port.h"
#include "servers/ftp/commands.h"

#include <sys/socket.h>

#include <charconv>

namespace tern::ftp {
namespace {

constexpr std::uint16_t first_unprivileged_port = 1024;

/// Opens a passive door, or replies why not.
bool open_door(Exchange& exchange, const net::Address& local) {
    exchange.door.reset(); // its port may be the range's last
    net::Connection& connection = exchange.control.connection();
    const FtpSettings& settings = exchange.context.settings;
    Result<std::unique_ptr<DataDoor>> door =
        DataDoor::passive(connection.session(), local, settings.passive,
                          connection.endpoints().peer, settings.foreign_data);
    if (!door) {
        exchange.reply(425, "No port is free. Try again later.");
        return false;
    }
    exchange.door = std::move(*door);
    return true;
}

void connect_to(Exchange& exchange, const HostPort& where, int family) {
    const FtpSettings& settings = exchange.context.settings;
    net::Connection& connection = exchange.control.connection();
    if (exchange.extended_passive_only) // RFC 2428 §4
        return exchange.reply(503, "EPSV ALL is in force.");
    if (!settings.active_mode)
        return exchange.reply(502, "Please use PASV or EPSV.");
    const Result<net::Address> target = net::Address::parse(where.host, where.port);
    if (!target || target->family() != family)
        return exchange.reply(501, "Not an address.");
    // RFC 2577 §3: else the server could be made to attack others.
    const bool own = target->host() == connection.endpoints().peer.host();
    if (where.port < first_unprivileged_port || (!own && !settings.foreign_data))
        return exchange.reply(504, "Only your own address, and ports from 1024 on.");
    exchange.door = DataDoor::active(connection.session(), connection.local_address(), *target);
    exchange.reply(200, "I shall connect there.");
}

} // namespace

void type_command(Exchange& exchange, Text type) {
    const std::string name = upper(type);
    if (name == "A" || name == "A N")
        exchange.is_text = true;
    else if (name == "I" || name == "L 8" || name == "L8")
        exchange.is_text = false;
    else
        return exchange.reply(504, "Allowed: A, I or L 8.");
    exchange.reply(200, exchange.is_text ? "Text: lines end with CR LF." : "Bytes as they are.");
}

void stru_command(Exchange& exchange, Text structure) {
    const bool known = upper(structure) == "F";
    exchange.reply(known ? 200 : 504, known ? "Files." : "Files (F) only.");
}

void mode_command(Exchange& exchange, Text mode) {
    const bool known = upper(mode) == "S";
    exchange.reply(known ? 200 : 504, known ? "Stream." : "Streams (S) only.");
}

void pasv_command(Exchange& exchange, Text) {
    if (exchange.extended_passive_only)
        return exchange.reply(503, "EPSV ALL is in force.");
    const net::Address local = exchange.control.connection().local_address();
    if (local.family() != AF_INET)
        return exchange.reply(425, "PASV is for IPv4. Please use EPSV.");
    if (!open_door(exchange, local))
        return;
    const std::string& advertised = exchange.context.settings.passive.address;
    exchange.reply(
        227, "Entering Passive Mode (" +
                 port_form(advertised.empty() ? local.host() : advertised, exchange.door->port()) +
                 ").");
}

void epsv_command(Exchange& exchange, Text protocol) {
    if (upper(protocol) == "ALL") {
        exchange.extended_passive_only = true;
        return exchange.reply(200, "From now on only EPSV.");
    }
    const net::Address local = exchange.control.connection().local_address();
    const char* const ours = local.family() == AF_INET6 ? "2" : "1";
    if (local.family() != AF_INET && local.family() != AF_INET6)
        return exchange.reply(425, "There are no ports here.");
    if (!protocol.empty() && protocol != ours)
        return exchange.reply(522, std::string("Use (") + ours + ')'); // RFC 2428 §3
    if (open_door(exchange, local))
        exchange.reply(229, "Entering Extended Passive Mode (|||" +
                                std::to_string(exchange.door->port()) + "|)");
}

void port_command(Exchange& exchange, Text host_port) {
    const auto where = parse_port(host_port);
    if (!where)
        return exchange.reply(501, "Syntax: PORT h1,h2,h3,h4,p1,p2");
    connect_to(exchange, *where, AF_INET);
}

void eprt_command(Exchange& exchange, Text host_port) {
    const auto where = parse_eprt(host_port);
    if (!where)
        return exchange.reply(501, "Syntax: EPRT |protocol|address|port|");
    const int family = exchange.control.connection().local_address().family();
    if (where->protocol != (family == AF_INET6 ? 2U : 1U))
        return exchange.reply(522, family == AF_INET6 ? "Use (2)" : "Use (1)");
    connect_to(exchange, *where, family);
}

void rest_command(Exchange& exchange, Text offset) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(offset.data(), offset.data() + offset.size(), number);
    if (error != std::errc() || end != offset.data() + offset.size() || number < 0)
        return exchange.reply(501, "Not an offset.");
    exchange.restart = static_cast<std::uint64_t>(number);
    exchange.reply(350, "The next transfer begins at " + std::to_string(number) + '.');
}

void allo_command(Exchange& exchange, Text) { exchange.reply(202, "No need to allocate."); }

/// Without a transfer (conversation.cpp): there is only the door to close.
void abor_command(Exchange& exchange, Text) {
    exchange.door.reset();
    exchange.reply(226, "There is nothing to abort.");
}

} // namespace tern::ftp
