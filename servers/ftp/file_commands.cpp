// Names, sizes and times: DELE, RNFR, RNTO, SIZE, MDTM, MLST (RFC 3659), MFMT, MFF.

#include "common/protocol/ftp/argument.h"
#include "common/protocol/ftp/reply.h"
#include "common/protocol/ftp/timestamp.h"
#include "servers/ftp/commands.h"
#include "servers/ftp/listing.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace tern::ftp {
namespace {

/// All that MFF is to change; nothing, with a reply, if any of it cannot be.
std::optional<FileChange> change_from(Exchange& exchange, const FactsAndPath& wanted) {
    FileChange change;
    for (const FactsAndPath::Fact& fact : wanted.facts) {
        const std::string name = upper(fact.name);
        const bool is_time = name == "MODIFY";
        if (!is_time && name != "UNIX.MODE") {
            exchange.reply(504, in_one_line(fact.name) + " cannot be changed.");
            return std::nullopt;
        }
        if (is_time)
            change.modified = parse_time(fact.value);
        else
            change.permissions = parse_mode(fact.value);
        if (is_time ? !change.modified : !change.permissions) {
            exchange.reply(501, "Not a value of " + in_one_line(fact.name) + '.');
            return std::nullopt;
        }
    }
    return change;
}

void set_modified(Exchange& exchange, std::time_t time, const std::string& path) {
    if (!exchange.may(Right::change_mode))
        return;
    const auto changed = exchange.home->change(exchange.path_of(path), {time, {}});
    if (!changed)
        return exchange.reply_error(changed.error());
    exchange.reply(213,
                   "Modify=" + format_time(changed->st_mtim.tv_sec) + "; " + in_one_line(path));
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
    const Result<struct stat> status = exchange.home->own_status(from);
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
    // Clients that are older than MFMT set times so.
    std::string file = path;
    const auto time = status ? std::nullopt : parse_time(take_word(file));
    if (time && !file.empty())
        return set_modified(exchange, *time, file);
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
    set_modified(exchange, *time, path);
}

/// draft-somers-ftp-mfxx: those facts of a file that can be changed.
void mff_command(Exchange& exchange, Text facts_and_path) {
    const auto parts = part_facts(facts_and_path);
    if (!parts)
        return exchange.reply(501, "Syntax: MFF modify=YYYYMMDDHHMMSS;UNIX.mode=MODE; file");
    const auto change = change_from(exchange, *parts);
    if (!change || !exchange.may(Right::change_mode))
        return;
    const auto changed = exchange.home->change(exchange.path_of(parts->path), *change);
    if (!changed)
        return exchange.reply_error(changed.error());
    std::string done;
    for (const FactsAndPath::Fact& fact : parts->facts)
        done += fact.name + '=' +
                (upper(fact.name) == "MODIFY" ? format_time(changed->st_mtim.tv_sec)
                                              : fmt::format("0{:03o}", changed->st_mode & 0777)) +
                ';';
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
