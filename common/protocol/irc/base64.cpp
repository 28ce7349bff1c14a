#include "common/protocol/irc/base64.h"

#include <cstddef>
#include <cstdint>

namespace tern::irc {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

std::optional<std::string> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0)
        return std::nullopt;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding)
        text.remove_suffix(1);
    std::string bytes;
    std::uint32_t bits = 0;
    unsigned have = 0;
    for (const char c : text) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos)
            return std::nullopt;
        bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xffff;
        have += 6;
        if (have >= 8) {
            have -= 8;
            bytes += static_cast<char>(bits >> have & 0xff);
        }
    }
    return bytes;
}

std::string encode_base64(std::string_view bytes) {
    std::string text;
    std::uint32_t bits = 0;
    unsigned have = 0;
    for (const char c : bytes) {
        bits = (bits << 8 | static_cast<unsigned char>(c)) & 0xffff;
        have += 8;
        while (have >= 6) {
            have -= 6;
            text += alphabet[bits >> have & 0x3f];
        }
    }
    if (have > 0)
        text += alphabet[bits << (6 - have) & 0x3f];
    while (text.size() % 4 != 0)
        text += '=';
    return text;
}

} // namespace tern::irc
