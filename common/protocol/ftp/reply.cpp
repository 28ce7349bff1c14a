#include "common/protocol/ftp/reply.h"

#include <algorithm>

namespace tern::ftp {
namespace {

bool is_control(char byte) noexcept {
    const auto code = static_cast<unsigned char>(byte);
    return code < 0x20 || code == 0x7f;
}

void append_line(std::string& to, std::string_view line) {
    for (const char byte : line) {
        to += is_control(byte) ? '?' : byte;
        if (byte == '\xff') // RFC 854
            to += byte;
    }
    to += "\r\n";
}

bool looks_like_a_code(std::string_view line) noexcept {
    return line.size() >= 3 &&
           std::all_of(line.begin(), line.begin() + 3, [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

void append_reply(std::string& to, unsigned code, std::string_view text) {
    const std::string digits = std::to_string(code);
    bool first = true;
    for (;;) {
        const std::size_t end = text.find('\n');
        const bool last = end == std::string_view::npos;
        const std::string_view line = text.substr(0, end);
        if (first || last)
            (to += digits) += last ? ' ' : '-';
        else if (looks_like_a_code(line))
            to += ' ';
        append_line(to, line);
        if (last)
            return;
        text.remove_prefix(end + 1);
        first = false;
    }
}

std::string quoted(std::string_view path) {
    std::string text = "\"";
    for (const char byte : path) {
        text += is_control(byte) ? '?' : byte;
        if (byte == '"')
            text += byte;
    }
    return text + '"';
}

std::string in_one_line(std::string_view name) {
    std::string text(name);
    std::replace_if(text.begin(), text.end(), is_control, '?');
    return text;
}

} // namespace tern::ftp
