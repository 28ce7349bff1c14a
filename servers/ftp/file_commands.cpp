// Names, sizes and times: DELE, RNFR, RNTO, SIZE, MDTM, MFMT, MLST (RFC 3659), SITE.

#include "common/protocol/ftp/reply.h"
#include "common/protocol/ftp/timestamp.h"
#include "servers/ftp/commands.h"
#include "servers/ftp/listing.h"

#include <charconv>
#include <utility>

namespace tern::ftp {
namespace {

/// The first word, which is taken with the blank behind it.
std::string take_word(std::string& text) {
    const std::size_t blank = text.find(' ');
    std::string word = text.substr(0, blank);
    text.erase(0, blank == std::string::npos ? text.size() : blank + 1);
    return word;
}

void site_chmod(Exchange& exchange, std::string argument) {
    const std::string digits = take_word(argument);
    unsigned mode = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), mode, 8);
    const bool good = error == std::errc() && end == digits.data() + digits.size() && mode <= 0777;
    if (!good || argument.empty())
        return exchange.reply(501, "Syntax: SITE CHMOD mode file");
    if (!exchange.may_write())
        return;
    const Result<void> set = exchange.home->set_permissions(exchange.path_of(argument), mode);
    if (!set)
        return exchange.reply_error(set.error());
    exchange.reply(200, "Done.");
}

} // namespace

void dele_command(Exchange& exchange, Text path) {
    if (!exchange.may_write())
        return;
    const Result<void> removed = exchange.home->remove_file(exchange.path_of(path));
    if (!removed)
        return exchange.reply_error(removed.error());
    exchange.reply(250, "The file is gone.");
}

void rnfr_command(Exchange& exchange, Text path) {
    if (!exchange.may_write())
        return;
    std::string from = exchange.path_of(path);
    const Result<struct stat> status = exchange.home->status(from);
    if (!status)
        return exchange.reply_error(status.error());
    exchange.rename_from = std::move(from);
    exchange.reply(350, "Now RNTO.");
}

void rnto_command(Exchange& exchange, Text path) {
    const auto from = std::exchange(exchange.rename_from, std::nullopt);
    if (!from)
        return exchange.reply(503, "RNFR comes first.");
    const Result<void> renamed = exchange.home->rename(*from, exchange.path_of(path));
    if (!renamed)
        return exchange.reply_error(renamed.error());
    exchange.reply(250, "Renamed.");
}

void size_command(Exchange& exchange, Text path) {
    // RFC 3659 §4: the size as it would be sent, and for text only sending it would tell.
    if (exchange.is_text)
        return exchange.reply(550, "SIZE is for TYPE I.");
    const Result<struct stat> status = exchange.home->status(exchange.path_of(path));
    if (!status)
        return exchange.reply_error(status.error());
    if (!S_ISREG(status->st_mode))
        return exchange.reply(550, "Not a file.");
    exchange.reply(213, std::to_string(status->st_size));
}

void mdtm_command(Exchange& exchange, Text path) {
    const Result<struct stat> status = exchange.home->status(exchange.path_of(path));
    if (!status)
        return exchange.reply_error(status.error());
    if (!S_ISREG(status->st_mode)) // RFC 3659 §3.1
        return exchange.reply(550, "Not a file.");
    exchange.reply(213, format_time(status->st_mtim.tv_sec));
}

void mfmt_command(Exchange& exchange, Text time_and_path) {
    std::string path = time_and_path;
    const auto time = parse_time(take_word(path));
    if (!time || path.empty())
        return exchange.reply(501, "Syntax: MFMT YYYYMMDDHHMMSS file");
    if (!exchange.may_write())
        return;
    const Result<void> set = exchange.home->set_modified(exchange.path_of(path), *time);
    if (!set)
        return exchange.reply_error(set.error());
    exchange.reply(213, "Modify=" + format_time(*time) + "; " + in_one_line(path));
}

void mlst_command(Exchange& exchange, Text path) {
    const std::string full = exchange.path_of(path);
    Result<Entry> entry = entry_of(*exchange.home, full);
    if (!entry)
        return exchange.reply_error(entry.error());
    entry->name = full;
    std::string text = "Facts of " + in_one_line(full) + "\n ";
    append_facts(text, *entry, exchange.facts, exchange.user->writable);
    exchange.reply(250, text + "\nEnd");
}

void site_command(Exchange& exchange, Text subcommand) {
    std::string argument = subcommand;
    const std::string name = upper(take_word(argument));
    if (name == "CHMOD")
        return site_chmod(exchange, std::move(argument));
    if (name == "HELP")
        return exchange.reply(214, "SITE knows CHMOD and HELP.");
    exchange.reply(504, "SITE knows CHMOD and HELP only.");
}

} // namespace tern::ftp
