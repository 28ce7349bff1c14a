#include "common/protocol/ftp/argument.h"

#include "common/protocol/ftp/command.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>

namespace tern::ftp {
namespace {

constexpr std::size_t none = std::string_view::npos;
constexpr std::size_t longest_host = 255; // RFC 1035 §2.3.4
constexpr std::size_t most_facts = 16;

bool is_digit(char byte) noexcept { return byte >= '0' && byte <= '9'; }

bool is_letter_or_digit(char byte) noexcept {
    const char small = static_cast<char>(byte | 0x20);
    return is_digit(byte) || (small >= 'a' && small <= 'z');
}

/// Takes `"a ""b"""` from the front, without its quotes.
std::optional<std::string> take_quoted(std::string_view& text) {
    std::string path;
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (text[at] != '"') {
            path += text[at];
        } else if (at + 1 < text.size() && text[at + 1] == '"') {
            path += text[at++];
        } else {
            text.remove_prefix(at + 1);
            return path;
        }
    }
    return std::nullopt;
}

/// Takes a number from the end, with the blank before it.
std::optional<std::uint64_t> take_last_number(std::string_view& text) noexcept {
    const std::size_t blank = text.rfind(' ');
    if (blank == none)
        return std::nullopt;
    const auto number = parse_number(text.substr(blank + 1));
    if (number)
        text = text.substr(0, blank);
    return number;
}

/// In brackets, in the one form that inet_ntop() gives.
std::optional<std::string> parse_ipv6(std::string_view text) {
    if (text.size() < 2 || text.back() != ']' || text.find('\0') != none)
        return std::nullopt;
    const std::string inside(text.substr(1, text.size() - 2));
    in6_addr address = {};
    std::array<char, INET6_ADDRSTRLEN> form = {};
    if (::inet_pton(AF_INET6, inside.c_str(), &address) != 1 ||
        ::inet_ntop(AF_INET6, &address, form.data(), form.size()) == nullptr)
        return std::nullopt;
    return '[' + std::string(form.data()) + ']';
}

} // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) noexcept {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || error != std::errc() || stop != end)
        return std::nullopt;
    return number;
}

std::string take_word(std::string& text) {
    const std::size_t blank = text.find(' ');
    std::string word = text.substr(0, blank);
    text.erase(0, blank == std::string::npos ? text.size() : blank + 1);
    return word;
}

std::optional<PathAndRange> part_range(std::string_view argument) {
    PathAndRange parts;
    const bool in_quotes = argument.starts_with('"');
    if (in_quotes) {
        auto path = take_quoted(argument);
        if (!path)
            return std::nullopt;
        parts.path = std::move(*path);
    }
    const auto last = take_last_number(argument);
    const auto one_before = last ? take_last_number(argument) : std::nullopt;
    parts.begin = one_before ? one_before : last;
    parts.end = one_before ? last : std::nullopt;
    if (in_quotes && !argument.empty())
        return std::nullopt;
    if (!in_quotes)
        parts.path = argument;
    if (parts.path.empty())
        return std::nullopt;
    return parts;
}

std::optional<FactsAndPath> part_facts(std::string_view argument) {
    FactsAndPath parts;
    while (!argument.starts_with(' ')) {
        const std::size_t end = argument.find(';');
        const std::size_t equals = argument.substr(0, end).find('=');
        if (end == none || equals == none || equals == 0 || parts.facts.size() == most_facts)
            return std::nullopt;
        parts.facts.push_back({std::string(argument.substr(0, equals)),
                               std::string(argument.substr(equals + 1, end - equals - 1))});
        argument.remove_prefix(end + 1);
    }
    parts.path = argument.substr(1);
    if (parts.facts.empty() || parts.path.empty())
        return std::nullopt;
    return parts;
}

std::optional<std::string> parse_host(std::string_view text) {
    if (text.empty() || text.size() > longest_host)
        return std::nullopt;
    if (text.front() == '[')
        return parse_ipv6(text);
    bool label_begins = true;
    for (const char byte : text) {
        const bool fits =
            is_letter_or_digit(byte) || (!label_begins && (byte == '-' || byte == '.'));
        if (!fits)
            return std::nullopt;
        label_begins = byte == '.';
    }
    if (text.back() == '-')
        return std::nullopt;
    if (text.back() == '.') // the root, which all names end with
        text.remove_suffix(1);
    return upper(text);
}

std::optional<unsigned> parse_mode(std::string_view text) noexcept {
    unsigned mode = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, mode, 8);
    if (text.empty() || error != std::errc() || stop != end || mode > 0777)
        return std::nullopt;
    return mode;
}

} // namespace tern::ftp
