#include "clients/ftp/listing.h"

#include "common/base/escape.h"
#include "common/protocol/ftp/timestamp.h"
#include "common/terminal/measure.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace tern::ftp_client {
namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
    });
    return result;
}

/// RFC 3659 §7.2: facts, a blank, the name.
std::optional<RemoteEntry> entry_from(std::string_view line) {
    const std::size_t blank = line.find(' ');
    if (blank == line.npos || blank == 0 || line[blank - 1] != ';')
        return std::nullopt;
    RemoteEntry entry;
    entry.name = line.substr(blank + 1);
    for (std::string_view facts = line.substr(0, blank); !facts.empty();) {
        const std::size_t end = facts.find(';');
        const std::string_view fact = facts.substr(0, end);
        facts.remove_prefix(std::min(facts.size(), fact.size() + 1));
        const std::size_t sign = std::min(fact.find('='), fact.size());
        const std::string name = lower(fact.substr(0, sign));
        const std::string_view value = fact.substr(std::min(sign + 1, fact.size()));
        const std::string type = name == "type" ? lower(value) : "";
        if (type == "cdir" || type == "pdir")
            return std::nullopt;
        if (type == "dir")
            entry.is_folder = true;
        if (name == "size")
            std::from_chars(value.data(), value.data() + value.size(), entry.size);
        if (name == "modify")
            entry.modified = ftp::parse_time(value).value_or(0);
    }
    return entry;
}

} // namespace

std::vector<RemoteEntry> entries_from(std::string_view lines) {
    std::vector<RemoteEntry> entries;
    while (!lines.empty()) {
        std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(lines.size(), line.size() + 1));
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (std::optional<RemoteEntry> entry = entry_from(line))
            entries.push_back(std::move(*entry));
    }
    std::sort(entries.begin(), entries.end(), [](const RemoteEntry& one, const RemoteEntry& other) {
        return one.name < other.name;
    });
    return entries;
}

std::string listing_view(const std::vector<RemoteEntry>& entries) {
    std::string text;
    for (const RemoteEntry& entry : entries) {
        const std::string when =
            entry.modified == 0 ? "" : fmt::format("{:%F %H:%M}", fmt::gmtime(entry.modified));
        text += fmt::format("{:>9}  {:16}  {}{}\n",
                            entry.is_folder ? "" : terminal::readable_bytes(entry.size), when,
                            printable(entry.name), entry.is_folder ? "/" : "");
    }
    return text;
}

} // namespace tern::ftp_client
