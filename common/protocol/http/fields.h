#pragma once
// Header fields, and the grammar that all of them share (RFC 9110 §5): tokens, lists, case.

#include <array>
#include <span>
#include <string_view>

namespace tern::http {

/// One line of a header section. The views belong to whoever made it.
struct Field {
    std::string_view name;
    std::string_view value; ///< without blanks around it
};

namespace detail {
consteval std::array<bool, 256> token_table() {
    std::array<bool, 256> table = {};
    for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
        table[static_cast<unsigned char>(c)] = true;
    for (unsigned c = '0'; c <= '9'; ++c)
        table[c] = true;
    for (unsigned c = 'a'; c <= 'z'; ++c)
        table[c] = table[c - 'a' + 'A'] = true;
    return table;
}
inline constexpr std::array<bool, 256> is_token = token_table();
} // namespace detail

/// RFC 9110 §5.6.2.
constexpr bool is_token_character(char c) noexcept {
    return detail::is_token[static_cast<unsigned char>(c)];
}
bool is_token(std::string_view text) noexcept;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
/// The value of a hexadecimal digit; -1 if it is none.
constexpr int from_hexadecimal(char c) noexcept {
    if (is_digit(c))
        return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// ASCII only, whatever the locale.
bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept;

/// Without blanks (spaces and tabs) at either end.
std::string_view trim(std::string_view text) noexcept;

/// The first field of that name; null if there is none.
const Field* find(std::span<const Field> fields, std::string_view name) noexcept;

/// Takes the next element off a comma-separated list (RFC 9110 §5.6.1), commas in quoted strings
/// aside. Empty elements are skipped. False: there is none left.
bool next_element(std::string_view& list, std::string_view& element) noexcept;

} // namespace tern::http
