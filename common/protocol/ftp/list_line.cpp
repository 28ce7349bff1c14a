#include "common/protocol/ftp/list_line.h"

#include "common/protocol/ftp/command.h"
#include "common/protocol/ftp/reply.h"
#include "common/protocol/ftp/timestamp.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <iterator>

namespace tern::ftp {
namespace {

struct Fact {
    std::string_view name;
    bool FactSelection::*selected;
};
constexpr std::array<Fact, 6> facts = {{{"type", &FactSelection::type},
                                        {"size", &FactSelection::size},
                                        {"modify", &FactSelection::modify},
                                        {"perm", &FactSelection::perm},
                                        {"unique", &FactSelection::unique},
                                        {"UNIX.mode", &FactSelection::mode}}};

/// By Kind: as `ls -l` and MLSD call it.
struct KindName {
    char letter;
    std::string_view type;
};
constexpr std::array<KindName, 7> kinds = {{{'-', "file"},
                                            {'d', "dir"},
                                            {'l', "OS.unix=symlink"},
                                            {'p', "OS.unix=fifo"},
                                            {'s', "OS.unix=socket"},
                                            {'c', "OS.unix=chr"},
                                            {'b', "OS.unix=blk"}}};

const KindName& name_of(Entry::Kind kind) noexcept { return kinds[static_cast<std::size_t>(kind)]; }

std::string permission_letters(unsigned permissions) {
    std::string text = "rwxrwxrwx";
    for (unsigned i = 0; i < 9; ++i)
        if ((permissions & (0400U >> i)) == 0)
            text[i] = '-';
    return text;
}

std::string list_date(std::time_t time, std::time_t now) {
    static constexpr std::array<const char*, 12> months = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    constexpr std::time_t half_a_year = 15'778'476;
    std::tm utc = {};
    ::gmtime_r(&time, &utc);
    const char* const month = months[static_cast<std::size_t>(utc.tm_mon)];
    // As ls does: a client takes the hour's year for the last twelve months.
    if (time > now - half_a_year && time <= now)
        return fmt::format(FMT_COMPILE("{} {:2} {:02}:{:02}"), month, utc.tm_mday, utc.tm_hour,
                           utc.tm_min);
    return fmt::format(FMT_COMPILE("{} {:2} {:5}"), month, utc.tm_mday, utc.tm_year + 1900);
}

std::string_view type_of(const Entry& entry) noexcept {
    if (entry.relation == Entry::Relation::self)
        return "cdir";
    if (entry.relation == Entry::Relation::parent)
        return "pdir";
    return name_of(entry.kind).type;
}

} // namespace

void append_list_line(std::string& to, const Entry& entry, std::time_t now) {
    // Compiled, for it is a good part of what a long listing costs.
    fmt::format_to(std::back_inserter(to), FMT_COMPILE("{}{} {:4} ftp      ftp      {:12} {} {}"),
                   name_of(entry.kind).letter, permission_letters(entry.permissions), entry.links,
                   entry.size, list_date(entry.modified, now), in_one_line(entry.name));
    if (entry.kind == Entry::Kind::link && !entry.target.empty())
        (to += " -> ") += in_one_line(entry.target);
    to += "\r\n";
}

FactSelection FactSelection::from(std::string_view names) {
    FactSelection selection = {false, false, false, false, false, false};
    while (!names.empty()) {
        const std::size_t end = names.find(';');
        const std::string name = upper(names.substr(0, end));
        for (const Fact& fact : facts)
            if (upper(fact.name) == name)
                selection.*fact.selected = true;
        names.remove_prefix(end == std::string_view::npos ? names.size() : end + 1);
    }
    return selection;
}

std::string FactSelection::names() const {
    std::string text;
    for (const Fact& fact : facts)
        if (this->*fact.selected)
            (text += fact.name) += ';';
    return text;
}

std::string FactSelection::features() const {
    std::string text;
    for (const Fact& fact : facts)
        (text += fact.name) += this->*fact.selected ? "*;" : ";";
    return text;
}

void append_facts(std::string& to, const Entry& entry, const FactSelection& selection) {
    const auto out = std::back_inserter(to);
    if (selection.type)
        fmt::format_to(out, "type={};", type_of(entry));
    if (selection.size && entry.kind == Entry::Kind::file)
        fmt::format_to(out, "size={};", entry.size);
    if (selection.modify)
        fmt::format_to(out, "modify={};", format_time(entry.modified));
    if (selection.perm)
        fmt::format_to(out, "perm={};", entry.perm);
    if (selection.unique)
        fmt::format_to(out, "unique={:x}g{:x};", entry.device, entry.inode);
    if (selection.mode)
        fmt::format_to(out, "UNIX.mode=0{:03o};", entry.permissions);
    (to += ' ') += in_one_line(entry.name);
}

} // namespace tern::ftp
