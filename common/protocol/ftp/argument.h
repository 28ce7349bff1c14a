#pragma once
// Arguments of commands that have parts: numbers, host names, times before paths.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern::ftp {

/// A whole number in decimal digits, and nothing else.
std::optional<std::uint64_t> parse_number(std::string_view text) noexcept;

/// The first word, which is taken with the blank behind it.
std::string take_word(std::string& text);

/// What XCRC and its like are about: `path`, or the path in quotes, and up to two numbers.
struct PathAndRange {
    std::string path;
    std::optional<std::uint64_t> begin;
    std::optional<std::uint64_t> end;
};
std::optional<PathAndRange> part_range(std::string_view argument);

/// "modify=20010909014640;UNIX.mode=0644; file", as MFF has it: facts in order, then the path.
struct FactsAndPath {
    struct Fact {
        std::string name;
        std::string value;
    };
    std::vector<Fact> facts;
    std::string path;
};
std::optional<FactsAndPath> part_facts(std::string_view argument);

/// A host as HOST may name it (RFC 7151 §3.1): a name, an IPv4 address, or an IPv6 one in brackets;
/// no port. The same host, however it is written, comes out the same.
std::optional<std::string> parse_host(std::string_view text);

/// Permissions in octal digits, up to 777.
std::optional<unsigned> parse_mode(std::string_view text) noexcept;

} // namespace tern::ftp
