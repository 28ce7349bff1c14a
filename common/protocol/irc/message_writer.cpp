#include "common/protocol/irc/message_writer.h"

#include "common/protocol/irc/limits.h"
#include "common/protocol/irc/message.h"

#include <array>

namespace tern::irc {
namespace {

constexpr std::string_view line_end = "\r\n";

void append_clean(std::string& to, std::string_view text) {
    const std::size_t begin = to.size();
    to += text;
    for (std::size_t i = begin; i < to.size(); ++i)
        if (to[i] == '\r' || to[i] == '\n' || to[i] == '\0')
            to[i] = ' ';
}

bool needs_colon(std::string_view parameter) noexcept {
    return parameter.empty() || parameter.starts_with(':') ||
           parameter.find_first_of(std::string_view(" \r\n\0", 4)) != std::string_view::npos;
}

} // namespace

void append_tag(std::string& tags, std::string_view key, std::string_view value) {
    if (!tags.empty())
        tags += ';';
    tags += key;
    if (!value.empty()) {
        tags += '=';
        append_escaped(tags, value);
    }
}

std::string_view cut_utf8(std::string_view text, std::size_t bytes) noexcept {
    if (text.size() <= bytes)
        return text;
    std::size_t end = bytes;
    // A sequence has at most three continuation bytes; text that is no UTF-8 is cut where it is.
    while (end > 0 && bytes - end < 3 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    const bool begins = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
    return text.substr(0, begins ? end : bytes);
}

void append_message(std::string& to, const Head& head,
                    std::span<const std::string_view> parameters) {
    if (!head.tags.empty())
        to.append("@").append(head.tags).append(" ");
    const std::size_t begin = to.size();
    if (!head.source.empty()) {
        to += ':';
        append_clean(to, head.source);
        to += ' ';
    }
    to += head.command;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        std::string_view parameter = parameters[i];
        to += ' ';
        if (i + 1 < parameters.size()) { // a blank would shift those that follow
            parameter = parameter.substr(0, parameter.find(' '));
            while (parameter.starts_with(':'))
                parameter.remove_prefix(1);
            append_clean(to, parameter.empty() ? "*" : parameter);
            continue;
        }
        if (needs_colon(parameter))
            to += ':';
        append_clean(to, parameter);
    }
    const std::string_view whole = std::string_view(to).substr(begin);
    to.resize(begin + cut_utf8(whole, line_limit - line_end.size()).size());
    to += line_end;
}

void append_numeric(std::string& to, std::string_view server, Numeric numeric,
                    std::string_view client, std::initializer_list<std::string_view> parameters) {
    std::array<std::string_view, most_parameters> all;
    std::size_t count = 0;
    all[count++] = client.empty() ? "*" : client; // before registration
    for (const std::string_view parameter : parameters)
        if (count < all.size())
            all[count++] = parameter;
    append_message(to, {.tags = {}, .source = server, .command = code_of(numeric).view()},
                   std::span(all.data(), count));
}

} // namespace tern::irc
