#include "common/protocol/irc/message.h"

namespace tern::irc {
namespace {

void skip_blanks(std::string_view& text) noexcept {
    text.remove_prefix(text.find_first_not_of(' ') == std::string_view::npos
                           ? text.size()
                           : text.find_first_not_of(' '));
}

std::string_view take_until_blank(std::string_view& text) noexcept {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    skip_blanks(text);
    return word;
}

} // namespace

std::optional<Message> parse_message(std::string_view line) noexcept {
    if (line.find('\0') != std::string_view::npos)
        return std::nullopt;
    Message message;
    skip_blanks(line);
    if (line.starts_with('@'))
        message.tags = take_until_blank(line).substr(1);
    if (line.starts_with(':'))
        message.source = take_until_blank(line).substr(1);
    message.command = take_until_blank(line);
    if (message.command.empty())
        return std::nullopt;
    while (!line.empty()) {
        const bool is_last = message.count == most_parameters - 1;
        if (line.starts_with(':') || is_last) { // RFC 2812: the 15th needs no colon
            message.slots[message.count++] = line.starts_with(':') ? line.substr(1) : line;
            break;
        }
        message.slots[message.count++] = take_until_blank(line);
    }
    return message;
}

std::optional<Tag> take_tag(std::string_view& tags) noexcept {
    while (tags.starts_with(';'))
        tags.remove_prefix(1);
    if (tags.empty())
        return std::nullopt;
    const std::string_view one = tags.substr(0, tags.find(';'));
    tags.remove_prefix(one.size());
    const std::size_t equals = one.find('=');
    return Tag{one.substr(0, equals),
               equals == std::string_view::npos ? std::string_view() : one.substr(equals + 1)};
}

std::optional<std::string> tag_value(std::string_view tags, std::string_view key) {
    std::optional<std::string_view> found;
    while (const auto tag = take_tag(tags))
        if (tag->key == key)
            found = tag->value;
    if (!found)
        return std::nullopt;
    return unescaped(*found);
}

void append_escaped(std::string& to, std::string_view value) {
    for (const char c : value) {
        switch (c) {
        case ';':
            to += "\\:";
            break;
        case ' ':
            to += "\\s";
            break;
        case '\\':
            to += "\\\\";
            break;
        case '\r':
            to += "\\r";
            break;
        case '\n':
            to += "\\n";
            break;
        default:
            to += c;
        }
    }
}

std::string unescaped(std::string_view value) {
    std::string text;
    text.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '\\') {
            text += value[i];
            continue;
        }
        if (++i == value.size()) // a lone backslash at the end is dropped
            break;
        switch (value[i]) {
        case ':':
            text += ';';
            break;
        case 's':
            text += ' ';
            break;
        case 'r':
            text += '\r';
            break;
        case 'n':
            text += '\n';
            break;
        default:
            text += value[i]; // `\\` too; of what is no escape, the backslash goes
        }
    }
    return text;
}

} // namespace tern::irc
