#include "clients/chat/appearance.h"

#include "clients/chat/people.h"
#include "common/base/escape.h"

#include <array>
#include <functional>

namespace tern::chat_client {
namespace {

using terminal::Style;

Style colour_of(std::string_view name) {
    static constexpr std::array colours = {Style::green, Style::yellow, Style::blue, Style::magenta,
                                           Style::cyan};
    return colours[std::hash<std::string_view>()(name) % colours.size()];
}

} // namespace

std::string Appearance::timestamp(std::time_t now) const {
    if (!has_timestamps_)
        return {};
    std::tm local = {};
    ::localtime_r(&now, &local);
    std::array<char, 16> text = {};
    std::strftime(text.data(), text.size(), "%H:%M", &local);
    return paint_(Style::dim, text.data()) + ' ';
}

std::string Appearance::message(std::string_view line, std::string_view own_name,
                                std::time_t now) const {
    const std::string_view speaker = speaker_of(line);
    const bool is_mention = speaker != own_name && !speaker.empty() && mentions(line, own_name);
    const std::string said = printable(line.substr(speaker.size()));
    std::string text = timestamp(now);
    if (!speaker.empty())
        text += paint_(colour_of(speaker), printable(speaker));
    text += is_mention ? paint_(Style::bold, said) : said;
    if (is_mention && rings_)
        text += '\a';
    return text;
}

std::string Appearance::notice(std::string_view text, std::time_t now) const {
    return timestamp(now) + paint_(Style::yellow, "-- " + printable(text));
}

} // namespace tern::chat_client
