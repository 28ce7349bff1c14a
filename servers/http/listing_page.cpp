#include "servers/http/listing_page.h"

#include "common/base/escape.h"
#include "common/protocol/http/target.h"

#include <fmt/format.h>

#include <array>

namespace tern::http {
namespace {

constexpr std::string_view style =
    ":root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}"
    "body{max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "h1{font-size:1.4rem;overflow-wrap:anywhere}"
    "table{width:100%;border-collapse:collapse}"
    "th,td{text-align:left;padding:.25rem .5rem;border-bottom:1px solid #8884}"
    "td:first-child{overflow-wrap:anywhere}"
    "th+th,td+td{text-align:right;white-space:nowrap}";

/// For text and for attributes in double quotes.
void append_escaped(std::string& to, std::string_view text) {
    for (const char c : printable(text)) {
        switch (c) {
        case '&':
            to += "&amp;";
            break;
        case '<':
            to += "&lt;";
            break;
        case '>':
            to += "&gt;";
            break;
        case '"':
            to += "&quot;";
            break;
        default:
            to += c;
        }
    }
}

/// With "./" in front, for a name such as "a:b" would begin like a URL's scheme.
std::string link_to(const ListedEntry& entry) {
    return "./" + encode_path(entry.name) + (entry.is_folder ? "/" : "");
}

std::tm broken_down(std::time_t time) noexcept {
    std::tm parts = {};
    if (::gmtime_r(&time, &parts) == nullptr) // a year that has no number
        parts = {};
    return parts;
}

std::string date_and_time(std::time_t time, std::string_view between, std::string_view end) {
    const std::tm parts = broken_down(time);
    return fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}{}", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, between, parts.tm_hour, parts.tm_min, end);
}

/// RFC 3339.
std::string timestamp(std::time_t time) {
    return date_and_time(time, "T", fmt::format(":{:02}Z", broken_down(time).tm_sec));
}

std::string readable_size(std::uint64_t size) {
    constexpr std::array units = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (size < 1'024)
        return fmt::format("{} B", size);
    double scaled = static_cast<double>(size) / 1'024;
    std::size_t unit = 0;
    for (; scaled >= 1'024 && unit + 1 < units.size(); ++unit)
        scaled /= 1'024;
    return fmt::format("{:.1f} {}", scaled, units[unit]);
}

void append_row(std::string& page, const ListedEntry& entry) {
    page += "<tr><td><a href=\"";
    append_escaped(page, link_to(entry));
    page += "\">";
    append_escaped(page, entry.name);
    page += entry.is_folder ? "/</a></td><td>" : "</a></td><td>";
    if (!entry.is_folder)
        page += fmt::format("<data value=\"{}\">{}</data>", entry.size, readable_size(entry.size));
    page += fmt::format("</td><td><time datetime=\"{}\">{}</time></td></tr>\n",
                        timestamp(entry.modified), date_and_time(entry.modified, " ", ""));
}

void append_table(std::string& page, std::span<const ListedEntry> entries) {
    page += "<table aria-labelledby=\"title\">\n<thead><tr><th scope=\"col\">Name</th>"
            "<th scope=\"col\">Size</th><th scope=\"col\">Changed (UTC)</th></tr></thead>\n"
            "<tbody>\n";
    for (const ListedEntry& entry : entries)
        append_row(page, entry);
    page += "</tbody>\n</table>\n";
}

} // namespace

std::string listing_as_html(const FolderContents& contents) {
    std::string title = "Index of ";
    append_escaped(title, contents.path);
    std::string page = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width\">\n<title>";
    page.append(title).append("</title>\n<style>").append(style);
    page.append("</style>\n</head>\n<body>\n<main>\n<h1 id=\"title\">").append(title);
    page += "</h1>\n";
    if (contents.path != "/")
        page += "<nav><a href=\"../\">Parent folder</a></nav>\n";
    if (contents.entries.empty())
        page += "<p>There is nothing here.</p>\n";
    else
        append_table(page, contents.entries);
    if (contents.is_truncated)
        page += fmt::format("<p role=\"note\">There is more; only {} entries are shown.</p>\n",
                            contents.entries.size());
    page += "</main>\n</body>\n</html>\n";
    return page;
}

std::string listing_as_json(const FolderContents& contents) {
    std::string text = "{\"path\":";
    append_json_string(text, contents.path);
    text += contents.is_truncated ? ",\"truncated\":true" : ",\"truncated\":false";
    text += ",\"entries\":[";
    std::string_view separator = "\n";
    for (const ListedEntry& entry : contents.entries) {
        text.append(separator).append("{\"name\":");
        append_json_string(text, entry.name);
        text += ",\"href\":";
        append_json_string(text, link_to(entry));
        if (entry.is_folder)
            text += R"(,"type":"folder")";
        else
            text += fmt::format(R"(,"type":"file","size":{})", entry.size);
        text += fmt::format(R"(,"modified":"{}"}})", timestamp(entry.modified));
        separator = ",\n";
    }
    text += "\n]}\n";
    return text;
}

} // namespace tern::http
