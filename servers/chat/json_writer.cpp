#include "servers/chat/json_writer.h"

#include "common/protocol/chat/text.h"

namespace tern::chat {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

void append_escaped(std::string& json, unsigned char byte) {
    static constexpr std::string_view digits = "0123456789abcdef";
    json += "\\u00";
    json += digits[byte >> 4];
    json += digits[byte & 0xF];
}

} // namespace

void append_json_string(std::string& json, std::string_view text) {
    const bool is_utf8 = fault_of(text) != TextFault::not_utf8;
    json += '"';
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\')
            json.append(1, '\\').append(1, letter);
        else if (byte < 0x20 || byte == 0x7F)
            append_escaped(json, byte);
        else if (byte >= 0x80 && !is_utf8)
            json += replacement;
        else
            json += letter;
    }
    json += '"';
}

} // namespace tern::chat
