// Names, sizes and times: DELE, RNFR, RNTO, SIZE, MDTM, MLST (RFC 3659), MFMT, MFF.

#include "common/protocol/ftp/argument.h"
#include "common/protocol/ftp/reply.h"
#include "common/protocol/ftp/timestamp.h"
#include "servers/ftp/commands.h"
#include "servers/ftp/listing.h"

#include <utility>

namespace tern::ftp {
namespace {

/// One fact for MFF; replies if it cannot be.
bool set_fact(Exchange& exchange, const std::string& path, const FactsAndPath::Fact& fact) {
    const std::string name = upper(fact.name);
    Result<void> set;
    if (name == "MODIFY") {
        const auto time = parse_time(fact.value);
        set = time ? exchange.home->set_modified(path, *time)
                   : std::make_error_code(std::errc::invalid_argument);
    } else {
        const auto mode = parse_mode(fact.value);
        set = mode ? exchange.home->set_permissions(path, *mode)
                   : std::make_error_code(std::errc::invalid_argument);
    }
    if (!set && set.error() == std::errc::invalid_argument)
        exchange.reply(501, "Not a value of " + in_one_line(fact.name) + '.');
    else if (!set)
        exchange.reply_error(set.error());
    return set.has_value();
}

} // namespace

void dele_command(Exchange& exchange, Text path) {
    if (!exchange.may(Right::remove))
        return;
    const Result<Stored> removed = exchange.home->remove_file(exchange.path_of(path));
    if (!removed)
        return exchange.reply_error(removed.error());
    exchange.account.give_back(removed->bytes, removed->files);
    exchange.reply(250, "The file is gone.");
}

void rnfr_command(Exchange& exchange, Text path) {
    if (!exchange.may(Right::rename))
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
    const std::string to = exchange.path_of(path);
    // Whoever may neither write nor delete may not make an end of a file in this way either.
    const bool is_loss = to != *from && exchange.home->own_status(to);
    if (is_loss && !exchange.user->rights.has(Right::remove) && !exchange.may(Right::write))
        return;
    const Result<Stored> replaced = exchange.home->rename(*from, to);
    if (!replaced)
        return exchange.reply_error(replaced.error());
    exchange.account.give_back(replaced->bytes, replaced->files);
    exchange.reply(250, "Renamed.");
}

void size_command(Exchange& exchange, Text path) {
    // RFC 3659 §4: the size as it would be sent, and for text only sending it would tell.
    if (exchange.is_text)
        return exchange.reply(550, "SIZE is for TYPE I.");
    const Result<struct stat> status = exchange.home->resumable_status(exchange.path_of(path));
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
    if (!exchange.may(Right::change_mode))
        return;
    const Result<void> set = exchange.home->set_modified(exchange.path_of(path), *time);
    if (!set)
        return exchange.reply_error(set.error());
    exchange.reply(213, "Modify=" + format_time(*time) + "; " + in_one_line(path));
}

/// draft-somers-ftp-mfxx: those facts of a file that can be changed.
void mff_command(Exchange& exchange, Text facts_and_path) {
    const auto parts = part_facts(facts_and_path);
    if (!parts)
        return exchange.reply(501, "Syntax: MFF modify=YYYYMMDDHHMMSS;UNIX.mode=MODE; file");
    for (const FactsAndPath::Fact& fact : parts->facts)
        if (upper(fact.name) != "MODIFY" && upper(fact.name) != "UNIX.MODE")
            return exchange.reply(504, in_one_line(fact.name) + " cannot be changed.");
    if (!exchange.may(Right::change_mode))
        return;
    std::string done;
    for (const FactsAndPath::Fact& fact : parts->facts) {
        if (!set_fact(exchange, exchange.path_of(parts->path), fact))
            return;
        done += fact.name + '=' + fact.value + ';';
    }
    exchange.reply(213, in_one_line(done + ' ' + parts->path));
}

void mlst_command(Exchange& exchange, Text path) {
    if (!exchange.may(Right::list))
        return;
    const std::string full = exchange.path_of(path);
    const Result<Entry> entry = entry_of(*exchange.home, full, exchange.user->rights);
    if (!entry)
        return exchange.reply_error(entry.error());
    std::string text = "Facts of " + in_one_line(full) + "\n ";
    append_facts(text, *entry, exchange.facts);
    exchange.reply(250, text + "\nEnd");
}

} // namespace tern::ftp
