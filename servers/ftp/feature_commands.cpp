// What the two sides can do, and who they are: FEAT, OPTS (RFC 2389), CLNT, CSID, LANG (RFC 2640).

#include "common/protocol/ftp/argument.h"
#include "common/protocol/ftp/reply.h"
#include "generated/version.h"
#include "servers/ftp/commands.h"

namespace tern::ftp {
namespace {

void opts_hash(Exchange& exchange, const std::string& name) {
    const auto kind = name.empty() ? exchange.digest : digest_named(name);
    if (!kind)
        return exchange.reply(501, "Unknown; there are " + digest_features(exchange.digest));
    exchange.digest = *kind;
    exchange.reply(200, std::string(name_of(*kind)));
}

/// "Z LEVEL 7", and other settings of zlib, which are accepted and do not matter.
void opts_mode(Exchange& exchange, std::string settings) {
    if (!exchange.context.settings.mode_z || upper(take_word(settings)) != "Z")
        return exchange.reply(501, "There are no options of this mode.");
    while (!settings.empty()) {
        const std::string name = upper(take_word(settings));
        const auto value = parse_number(take_word(settings));
        if (name != "LEVEL")
            continue;
        if (!value || *value > 9)
            return exchange.reply(501, "Levels are 0 to 9.");
        exchange.compression_level = static_cast<int>(*value);
    }
    exchange.reply(200, "MODE Z LEVEL is " + std::to_string(exchange.compression_level) + '.');
}

} // namespace

void feat_command(Exchange& exchange, Text) {
    std::string text = "Features:";
    if (exchange.context.tls != nullptr)
        text += exchange.context.settings.allow_clear_control ? "\n AUTH TLS\n CCC\n PBSZ\n PROT"
                                                              : "\n AUTH TLS\n PBSZ\n PROT";
    text += "\n AVBL\n CLNT\n CSID\n EPRT\n EPSV\n HASH " + digest_features(exchange.digest) +
            "\n HOST\n LANG EN*\n MDTM\n MFF modify;UNIX.mode;\n MFMT\n MLST " +
            exchange.facts.features();
    if (exchange.context.settings.mode_z)
        text += "\n MODE Z";
    text += "\n PRET\n RANG STREAM\n REST STREAM\n SIZE\n TVFS\n UTF8\n XCRC \"file\" begin end"
            "\n XMD5 \"file\" begin end\n XSHA1 \"file\" begin end\n XSHA256 \"file\" begin end"
            "\n XSHA512 \"file\" begin end";
    exchange.reply(211, text + "\nEnd");
}

void opts_command(Exchange& exchange, Text option) {
    std::string value = option;
    const std::string name = upper(take_word(value));
    if (name == "MLST") {
        exchange.facts = FactSelection::from(value);
        const std::string names = exchange.facts.names();
        return exchange.reply(200, names.empty() ? "MLST OPTS" : "MLST OPTS " + names);
    }
    if (name == "HASH")
        return opts_hash(exchange, value);
    if (name == "MODE")
        return opts_mode(exchange, std::move(value));
    if (name == "UTF8" || name == "UTF-8") {
        const bool on = value.empty() || upper(value) == "ON";
        return exchange.reply(on ? 200 : 501, "Names are bytes, and UTF-8 by custom.");
    }
    exchange.reply(501, "There are options of MLST, HASH, MODE and UTF8 only."); // RFC 2389 §4
}

void clnt_command(Exchange& exchange, Text) { exchange.reply(200, "Noted."); }

/// draft-peterson-streamlined-ftp-command-extensions: who we are, for who they are.
void csid_command(Exchange& exchange, Text) {
    exchange.reply(200, std::string("Name=tern-ftpd; Version=") + std::string(generated::version) +
                            "; OS=Unix; CaseSensitive=1; DirSep=/;");
}

void lang_command(Exchange& exchange, Text tag) {
    const std::string name = upper(tag);
    const bool known = name.empty() || name == "EN" || name.starts_with("EN-");
    exchange.reply(known ? 200 : 504, known ? "English it is." : "English only.");
}

} // namespace tern::ftp
