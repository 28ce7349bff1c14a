// How data comes and goes: TYPE, STRU, MODE, PASV, EPSV, PORT, EPRT, PRET, REST, RANG, ALLO, AVBL,
// ABOR.

#include "common/protocol/ftp/argument.h"
#include "common/protocol/ftp/host_port.h"
#include "servers/ftp/commands.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <limits>

namespace tern::ftp {
namespace {

constexpr std::uint16_t first_unprivileged_port = 1024;

/// Opens a passive door, or replies why not.
bool open_door(Exchange& exchange, const net::Address& local) {
    exchange.door.reset(); // its port may be the range's last
    net::Connection& connection = exchange.control.connection();
    Result<std::unique_ptr<DataDoor>> door =
        exchange.context.doors.passive(connection.session(), local, connection.endpoints().peer);
    if (!door) {
        exchange.reply(425, "No port is free. Try again later.");
        return false;
    }
    exchange.door = std::move(*door);
    return true;
}

/// As large as a file may be.
std::optional<std::uint64_t> offset_from(std::string_view text) noexcept {
    const auto number = parse_number(text);
    if (!number || *number > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max()))
        return std::nullopt;
    return number;
}

/// What still fits on the disk that holds the folder.
Result<std::uint64_t> available_bytes(const Home& home, std::string_view folder) {
    const Result<UniqueFd> opened = home.open(folder, O_PATH | O_DIRECTORY);
    if (!opened)
        return opened.error();
    struct statvfs status;
    if (::fstatvfs(opened->get(), &status) != 0)
        return last_error();
    return std::uint64_t{status.f_bavail} * status.f_frsize;
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
    exchange.door =
        exchange.context.doors.active(connection.session(), connection.local_address(), *target);
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
    const std::string name = upper(mode);
    const bool compressed = exchange.context.settings.mode_z && name == "Z";
    if (name != "S" && !compressed)
        return exchange.reply(504, exchange.context.settings.mode_z
                                       ? "Allowed: S (stream) or Z (compressed stream)."
                                       : "Streams (S) only.");
    exchange.is_compressed = compressed;
    exchange.reply(200, compressed ? "Compressed streams." : "Streams.");
}

void pasv_command(Exchange& exchange, Text) {
    if (exchange.extended_passive_only)
        return exchange.reply(503, "EPSV ALL is in force.");
    const net::Address local = exchange.control.connection().local_address();
    if (local.family() != AF_INET)
        return exchange.reply(425, "PASV is for IPv4. Please use EPSV.");
    if (!open_door(exchange, local))
        return;
    const net::Address& client = exchange.control.connection().endpoints().peer;
    const std::string host = exchange.context.settings.passive.address.for_client(client, local);
    exchange.reply(227, "Entering Passive Mode (" + port_form(host, exchange.door->port()) + ").");
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
    const auto number = offset_from(offset);
    if (!number)
        return exchange.reply(501, "Not an offset.");
    exchange.restart = *number;
    exchange.range_end = whole_file;
    exchange.reply(350, "The next transfer begins at " + std::to_string(*number) + '.');
}

/// draft-bryan-ftp-range §3: the first and the last byte; "1 0" takes it back, and so does what is
/// no range.
void rang_command(Exchange& exchange, Text range) {
    std::string rest = range;
    const auto first = offset_from(take_word(rest));
    const auto last = offset_from(rest);
    exchange.restart = 0;
    exchange.range_end = whole_file;
    if (first == 1 && last == 0)
        return exchange.reply(350, "No range any more.");
    if (!first || !last || *last < *first)
        return exchange.reply(501, "Syntax: RANG first-byte last-byte");
    exchange.restart = *first;
    exchange.range_end = *last + 1;
    exchange.reply(350, "The next transfer is of the bytes from " + std::to_string(*first) +
                            " to " + std::to_string(*last) + '.');
}

/// For servers of several machines, which must know the file before they name a port: not for us.
void pret_command(Exchange& exchange, Text planned) {
    constexpr std::array transfers = {"RETR", "STOR", "STOU", "APPE", "LIST", "NLST", "MLSD"};
    const std::string verb = upper(planned.substr(0, planned.find(' ')));
    if (std::find(transfers.begin(), transfers.end(), verb) == transfers.end())
        return exchange.reply(501, "That is no transfer.");
    exchange.reply(200, "So now PASV or EPSV.");
}

/// "1000" or "1000 R 80" (RFC 959 §4.1.3); the size of records says nothing about files.
void allo_command(Exchange& exchange, Text size) {
    std::string rest = size;
    const auto number = offset_from(take_word(rest));
    const bool records = rest.starts_with("R ") && offset_from(rest.substr(2));
    if (!number || !(rest.empty() || records))
        return exchange.reply(501, "Syntax: ALLO size");
    const std::optional<std::uint64_t> room = exchange.account.room();
    if (room && *room < *number)
        return exchange.reply(552, "That is more than you may store.");
    const auto available = available_bytes(*exchange.home, exchange.folder);
    if (available && *available < *number)
        return exchange.reply(452, "There is not so much space.");
    exchange.reply(202, "No need to allocate.");
}

void avbl_command(Exchange& exchange, Text path) {
    const auto available = available_bytes(*exchange.home, exchange.path_of(path));
    if (!available)
        return exchange.reply_error(available.error());
    const std::uint64_t room = exchange.account.room().value_or(*available);
    exchange.reply(213, std::to_string(std::min(*available, room)));
}

/// Nothing is under way, or not any more (meanwhile.h): there is only the door to close.
void abor_command(Exchange& exchange, Text) {
    exchange.door.reset();
    exchange.reply(226, "Nothing is under way.");
}

} // namespace tern::ftp
