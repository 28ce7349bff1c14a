#include "common/base/escape.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

namespace tern {
namespace {

/// One character at the front of a text, or one byte that begins none.
struct Character {
    std::size_t size = 1;
    char32_t code = 0;
    bool valid = false;
};

/// Unicode 15, table 3-7: how many bytes begin with `lead`, and what the second byte may be.
struct Shape {
    std::size_t size;
    unsigned char lowest, highest;
};

Shape shape_of(unsigned char lead) noexcept {
    if (lead < 0x80)
        return {1, 0, 0};
    if (lead >= 0xC2 && lead <= 0xDF)
        return {2, 0x80, 0xBF};
    if (lead >= 0xE0 && lead <= 0xEF) // no overlong forms, no surrogates
        return {3, static_cast<unsigned char>(lead == 0xE0 ? 0xA0 : 0x80),
                static_cast<unsigned char>(lead == 0xED ? 0x9F : 0xBF)};
    if (lead >= 0xF0 && lead <= 0xF4)
        return {4, static_cast<unsigned char>(lead == 0xF0 ? 0x90 : 0x80),
                static_cast<unsigned char>(lead == 0xF4 ? 0x8F : 0xBF)};
    return {0, 0, 0};
}

Character first_character(std::string_view text) noexcept {
    const auto byte = [text](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    const Shape shape = shape_of(byte(0));
    if (shape.size == 1)
        return {1, byte(0), true};
    if (shape.size == 0 || shape.size > text.size() || byte(1) < shape.lowest ||
        byte(1) > shape.highest)
        return {1, byte(0), false};
    char32_t code = byte(0) & (0xFFU >> (shape.size + 1));
    for (std::size_t i = 1; i < shape.size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U)
            return {1, byte(0), false};
        code = (code << 6) | (byte(i) & 0x3FU);
    }
    return {shape.size, code, true};
}

/// Control characters, line separators, and the controls of writing direction.
bool is_dangerous(char32_t code) noexcept {
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || (code >= 0x200E && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

void append_visible(std::string& to, Character character) {
    const auto number = static_cast<std::uint32_t>(character.code);
    switch (number) {
    case '\n':
        to += "\\n";
        return;
    case '\r':
        to += "\\r";
        return;
    case '\t':
        to += "\\t";
        return;
    default:
        break;
    }
    if (number < 0x80 || !character.valid)
        to += fmt::format("\\x{:02x}", number);
    else
        to += fmt::format("\\u{:04x}", number);
}

void append_json_character(std::string& to, std::string_view bytes, Character character) {
    if (!character.valid)
        to += "\xEF\xBF\xBD";
    else if (character.code == '"' || character.code == '\\')
        (to += '\\') += bytes;
    else if (character.code == '\n')
        to += "\\n";
    else if (is_dangerous(character.code))
        to += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(character.code));
    else
        to += bytes;
}

} // namespace

void append_printable(std::string& to, std::string_view text) {
    while (!text.empty()) {
        const Character character = first_character(text);
        if (!character.valid || is_dangerous(character.code))
            append_visible(to, character);
        else
            to += text.substr(0, character.size);
        text.remove_prefix(character.size);
    }
}

std::string printable(std::string_view text) {
    std::string result;
    append_printable(result, text);
    return result;
}

void append_json_string(std::string& to, std::string_view text) {
    to += '"';
    while (!text.empty()) {
        const Character character = first_character(text);
        append_json_character(to, text.substr(0, character.size), character);
        text.remove_prefix(character.size);
    }
    to += '"';
}

} // namespace tern
