#include "servers/chat/irc_text.h"

#include <cstddef>

namespace tern::chat {
namespace {

constexpr char ctcp = '\x01', colour = '\x03', hex_colour = '\x04';

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_hex(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// How many of `most` characters from `at` on are of a kind.
template <class Kind>
std::size_t run(std::string_view text, std::size_t at, std::size_t most, Kind kind) noexcept {
    std::size_t count = 0;
    while (count < most && at + count < text.size() && kind(text[at + count]))
        ++count;
    return count;
}

/// Where a colour's numbers end: "NN,NN", or six hexadecimal digits, twice.
std::size_t after_colour(std::string_view text, std::size_t at, bool hex) noexcept {
    const std::size_t most = hex ? 6 : 2;
    const auto kind = hex ? is_hex : is_digit;
    const std::size_t first = run(text, at, most, kind);
    at += first;
    if (first == 0 || at >= text.size() || text[at] != ',')
        return at;
    const std::size_t second = run(text, at + 1, most, kind);
    return second == 0 ? at : at + 1 + second;
}

/// Where the character that a C1 control (U+0080 to U+009F) is ends; `at` if it is none.
std::size_t after_c1(std::string_view text, std::size_t at) noexcept {
    const bool is_one = text[at] == '\xc2' && at + 1 < text.size() &&
                        static_cast<unsigned char>(text[at + 1]) < 0xa0;
    return is_one ? at + 2 : at;
}

std::string without_formatting(std::string_view raw) {
    std::string text;
    text.reserve(raw.size());
    for (std::size_t at = 0; at < raw.size();) {
        const std::size_t next = after_c1(raw, at);
        if (next != at) {
            at = next;
            continue;
        }
        const char c = raw[at++];
        if (c == colour || c == hex_colour)
            at = after_colour(raw, at, c == hex_colour);
        else if (static_cast<unsigned char>(c) >= ' ' && c != '\x7f')
            text += c; // bold, italic and so on are control characters
    }
    return text;
}

} // namespace

IrcText text_from_irc(std::string_view raw) {
    constexpr std::string_view action = "ACTION ";
    IrcText result;
    if (raw.starts_with(ctcp)) {
        raw.remove_prefix(1);
        if (raw.ends_with(ctcp))
            raw.remove_suffix(1);
        result.is_action = raw.starts_with(action);
        result.is_other_ctcp = !result.is_action;
        if (result.is_action)
            raw.remove_prefix(action.size());
    }
    result.text = without_formatting(raw);
    return result;
}

} // namespace tern::chat
