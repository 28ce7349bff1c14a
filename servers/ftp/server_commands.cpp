// What the server tells of itself: SYST, FEAT, OPTS, HELP, NOOP, STAT, CLNT, LANG.

#include "common/protocol/ftp/reply.h"
#include "servers/ftp/command_table.h"
#include "servers/ftp/commands.h"
#include "servers/ftp/listing.h"

namespace tern::ftp {
namespace {

/// A listing on the control connection is kept in memory; longer ones are for LIST.
constexpr std::size_t longest_status = 256 * 1024;

void stat_path(Exchange& exchange, const std::string& path) {
    Result<std::unique_ptr<Listing>> listing =
        Listing::open(*exchange.home, exchange.path_of(path), {});
    if (!listing)
        return exchange.reply_error(listing.error());
    std::string lines;
    for (;;) {
        std::string some;
        const Result<Supply> more = (*listing)->produce(some);
        if (!more)
            return exchange.reply_error(more.error());
        lines += some;
        if (lines.size() > longest_status)
            return exchange.reply(450, "Too much for STAT. Please use LIST.");
        if (*more == Supply::exhausted)
            break;
    }
    std::erase(lines, '\r');
    exchange.reply(213, "Status of " + in_one_line(path) + "\n" + lines + "End");
}

} // namespace

void syst_command(Exchange& exchange, Text) { exchange.reply(215, "UNIX Type: L8"); }

void feat_command(Exchange& exchange, Text) {
    std::string text = "Features:";
    if (exchange.context.tls != nullptr)
        text += "\n AUTH TLS\n PBSZ\n PROT";
    text += "\n EPRT\n EPSV\n LANG EN*\n MDTM\n MFMT\n MLST " + exchange.facts.features() +
            "\n REST STREAM\n SIZE\n TVFS\n UTF8";
    exchange.reply(211, text + "\nEnd");
}

void opts_command(Exchange& exchange, Text option) {
    const std::string name = upper(option.substr(0, option.find(' ')));
    const std::string value =
        name.size() < option.size() ? option.substr(name.size() + 1) : std::string();
    if (name == "MLST") {
        exchange.facts = FactSelection::from(value);
        return exchange.reply(200, "MLST OPTS " + exchange.facts.names());
    }
    if (name == "UTF8" || name == "UTF-8") {
        const bool on = upper(value) != "OFF";
        return exchange.reply(on ? 200 : 504, "Names are bytes, and UTF-8 by custom.");
    }
    exchange.reply(501, "There are options of MLST and UTF8 only."); // RFC 2389 §4
}

void help_command(Exchange& exchange, Text verb) {
    if (!verb.empty()) {
        const CommandEntry* const entry = find_command(upper(verb));
        if (entry == nullptr)
            return exchange.reply(502, "Unknown command.");
        return exchange.reply(214, "Syntax: " + std::string(entry->verb) + ' ' +
                                       std::string(entry->syntax));
    }
    std::string text = "Commands:";
    std::size_t count = 0;
    for (const CommandEntry& entry : all_commands())
        (text += count++ % 10 == 0 ? "\n " : " ") += entry.verb;
    exchange.reply(214, text + "\nEnd");
}

void noop_command(Exchange& exchange, Text) { exchange.reply(200, "Yes."); }

void stat_command(Exchange& exchange, Text path) {
    if (!path.empty())
        return stat_path(exchange, path);
    const net::Endpoints& endpoints = exchange.control.connection().endpoints();
    exchange.reply(211, "tern-ftpd\n You come from " + endpoints.peer.host() + "\n You are " +
                            in_one_line(exchange.user->name) +
                            (endpoints.encrypted ? "\n TLS is on" : "\n TLS is off") +
                            (exchange.is_text ? "\n TYPE A" : "\n TYPE I") + "\nEnd");
}

void clnt_command(Exchange& exchange, Text) { exchange.reply(200, "Noted."); }

void lang_command(Exchange& exchange, Text tag) {
    const std::string name = upper(tag);
    const bool known = name.empty() || name == "EN" || name.starts_with("EN-");
    exchange.reply(known ? 200 : 504, known ? "English it is." : "English only.");
}

} // namespace tern::ftp
