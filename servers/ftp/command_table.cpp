#include "servers/ftp/command_table.h"

#include "servers/ftp/commands.h"

#include <array>

namespace tern::ftp {
namespace {

using enum Allowed;
constexpr Argument no = Argument::none, may = Argument::optional, must = Argument::required;

constexpr std::array table = {
    CommandEntry{"USER", always, must, user_command, "name"},
    CommandEntry{"PASS", always, may, pass_command, "password"},
    CommandEntry{"ACCT", always, may, acct_command, "account"},
    CommandEntry{"REIN", always, no, rein_command, ""},
    CommandEntry{"QUIT", always, no, quit_command, ""},
    CommandEntry{"AUTH", always, must, auth_command, "TLS"},
    CommandEntry{"PBSZ", always, must, pbsz_command, "0"},
    CommandEntry{"PROT", always, must, prot_command, "P | C"},
    CommandEntry{"CCC", always, no, ccc_command, ""},
    CommandEntry{"HOST", always, must, host_command, "name"},

    CommandEntry{"PWD", logged_in, no, pwd_command, ""},
    CommandEntry{"XPWD", logged_in, no, pwd_command, ""},
    CommandEntry{"CWD", logged_in, must, cwd_command, "folder"},
    CommandEntry{"XCWD", logged_in, must, cwd_command, "folder"},
    CommandEntry{"CDUP", logged_in, no, cdup_command, ""},
    CommandEntry{"XCUP", logged_in, no, cdup_command, ""},
    CommandEntry{"MKD", logged_in, must, mkd_command, "folder"},
    CommandEntry{"XMKD", logged_in, must, mkd_command, "folder"},
    CommandEntry{"RMD", logged_in, must, rmd_command, "folder"},
    CommandEntry{"XRMD", logged_in, must, rmd_command, "folder"},

    CommandEntry{"DELE", logged_in, must, dele_command, "file"},
    CommandEntry{"RNFR", logged_in, must, rnfr_command, "old name"},
    CommandEntry{"RNTO", logged_in, must, rnto_command, "new name"},
    CommandEntry{"SIZE", logged_in, must, size_command, "file"},
    CommandEntry{"MDTM", logged_in, must, mdtm_command, "file"},
    CommandEntry{"MFMT", logged_in, must, mfmt_command, "YYYYMMDDHHMMSS file"},
    CommandEntry{"MLST", logged_in, may, mlst_command, "[path]"},
    CommandEntry{"MFF", logged_in, must, mff_command, "modify=YYYYMMDDHHMMSS;UNIX.mode=MODE; file"},
    CommandEntry{"SITE", logged_in, must, site_command, "CHMOD | UTIME | UMASK | IDLE | HELP"},
    CommandEntry{"HASH", logged_in, must, hash_command, "file"},
    CommandEntry{"XCRC", logged_in, must, xcrc_command, "file [begin] [end]"},
    CommandEntry{"XMD5", logged_in, must, xmd5_command, "file [begin] [end]"},
    CommandEntry{"XSHA1", logged_in, must, xsha1_command, "file [begin] [end]"},
    CommandEntry{"XSHA256", logged_in, must, xsha256_command, "file [begin] [end]"},
    CommandEntry{"XSHA512", logged_in, must, xsha512_command, "file [begin] [end]"},

    CommandEntry{"TYPE", logged_in, must, type_command, "A | I | L 8"},
    CommandEntry{"STRU", logged_in, must, stru_command, "F"},
    CommandEntry{"MODE", logged_in, must, mode_command, "S | Z"},
    CommandEntry{"PASV", logged_in, no, pasv_command, ""},
    CommandEntry{"EPSV", logged_in, may, epsv_command, "[1 | 2 | ALL]"},
    CommandEntry{"PORT", logged_in, must, port_command, "h1,h2,h3,h4,p1,p2"},
    CommandEntry{"EPRT", logged_in, must, eprt_command, "|protocol|address|port|"},
    CommandEntry{"PRET", logged_in, must, pret_command, "transfer"},
    CommandEntry{"REST", logged_in, must, rest_command, "offset"},
    CommandEntry{"RANG", logged_in, must, rang_command, "first-byte last-byte"},
    CommandEntry{"ALLO", logged_in, must, allo_command, "size"},
    CommandEntry{"AVBL", logged_in, may, avbl_command, "[folder]"},
    CommandEntry{"ABOR", always, no, abor_command, ""},

    CommandEntry{"RETR", logged_in, must, retr_command, "file"},
    CommandEntry{"STOR", logged_in, must, stor_command, "file"},
    CommandEntry{"STOU", logged_in, may, stou_command, "[file]"},
    CommandEntry{"APPE", logged_in, must, appe_command, "file"},
    CommandEntry{"LIST", logged_in, may, list_command, "[path]"},
    CommandEntry{"NLST", logged_in, may, nlst_command, "[path]"},
    CommandEntry{"MLSD", logged_in, may, mlsd_command, "[folder]"},

    CommandEntry{"SYST", always, no, syst_command, ""},
    CommandEntry{"FEAT", always, no, feat_command, ""},
    CommandEntry{"OPTS", always, must, opts_command,
                 "MLST facts | HASH name | MODE Z LEVEL 0-9 | UTF8 ON"},
    CommandEntry{"HELP", always, may, help_command, "[command]"},
    CommandEntry{"NOOP", always, may, noop_command, ""},
    CommandEntry{"STAT", logged_in, may, stat_command, "[path]"},
    CommandEntry{"CLNT", always, may, clnt_command, "name"},
    CommandEntry{"CSID", always, may, csid_command, "facts"},
    CommandEntry{"LANG", always, may, lang_command, "[EN]"},
};

/// Known to RFC 959 and its successors, and not done here.
constexpr std::array not_implemented = {"SMNT", "ADAT", "CONF", "ENC",  "MIC",  "MFCT",
                                        "MAIL", "MSND", "MSOM", "MSAM", "MRSQ", "MRCP"};

/// What a browser or an attack on one says; RFC 959 has nothing like it.
constexpr std::array web_verbs = {"GET",     "HEAD",  "POST",  "PUT", "DELETE", "OPTIONS",
                                  "CONNECT", "PATCH", "TRACE", "PRI", "HOST:"};

/// What may come between REST, or RANG, and the transfer that it is for: what makes that one ready.
constexpr std::array preparations = {"REST", "RANG", "TYPE", "STRU", "MODE", "OPTS", "PASV",
                                     "EPSV", "PORT", "EPRT", "PRET", "ALLO", "PBSZ", "PROT"};

template <class List>
bool is_among(std::string_view verb, const List& list) noexcept {
    for (const std::string_view one : list)
        if (one == verb)
            return true;
    return false;
}

void answer(Exchange& exchange, const Command& command) {
    const CommandEntry* const entry = find_command(command.verb);
    if (entry == nullptr && is_among(command.verb, web_verbs)) {
        exchange.reply(500, "This is no web server. Goodbye.");
        exchange.next = Next::close;
        return;
    }
    if (entry == nullptr && is_among(command.verb, not_implemented))
        return exchange.reply(502, "Not implemented.");
    if (entry == nullptr)
        return exchange.reply(500, "Unknown command.");
    if (entry->allowed == Allowed::logged_in && !exchange.is_logged_in())
        return exchange.reply(530, "Please log in with USER and PASS.");
    if (entry->argument == Argument::required && command.argument.empty())
        return exchange.reply(501, "Syntax: " + command.verb + ' ' + std::string(entry->syntax));
    if (entry->argument == Argument::none && !command.argument.empty())
        return exchange.reply(501, command.verb + " takes no argument.");
    entry->run(exchange, command.argument);
}

} // namespace

std::span<const CommandEntry> all_commands() noexcept { return table; }

const CommandEntry* find_command(std::string_view verb) noexcept {
    for (const CommandEntry& entry : table)
        if (entry.verb == verb)
            return &entry;
    return nullptr;
}

void run_command(Exchange& exchange, const Command& command) {
    // RFC 959 §5.4: RNTO comes right after RNFR.
    if (command.verb != "RNTO")
        exchange.rename_from.reset();
    answer(exchange, command);
    // RFC 3659 §5.3: REST comes last before its transfer, and one that is refused has had it.
    if (!is_among(command.verb, preparations)) {
        exchange.restart = 0;
        exchange.range_end = whole_file;
    }
}

} // namespace tern::ftp
