// What members do, as the others and they themselves are told.

#include "common/protocol/irc/text_pieces.h"
#include "servers/chat/irc_dialect.h"

#include <algorithm>
#include <string>

namespace tern::chat {

using irc::Capability;
using EventKind = Event::Kind;

namespace {

/// What IRC puts a text into.
struct Wrapping {
    std::string_view command = "PRIVMSG", begin = {}, end = {};
};

Wrapping wrapping_of(Manner manner) noexcept {
    constexpr std::string_view ctcp = "\x01";
    switch (manner) {
    case Manner::message:
    case Manner::typing: // it is a tag
        break;
    case Manner::notice:
        return {.command = "NOTICE"};
    case Manner::action:
        return {.begin = "\x01"
                         "ACTION ",
                .end = ctcp};
    case Manner::query:
        return {.begin = ctcp, .end = ctcp};
    case Manner::reply:
        return {.command = "NOTICE", .begin = ctcp, .end = ctcp};
    }
    return {};
}

void write_typing(IrcWriter& writer, const Event& event, std::string_view target) {
    if (!writer.has(Capability::message_tags))
        return;
    writer.add_tag("+typing", event.text);
    writer.message(event.who, "TAGMSG", {target});
}

/// Texts of other doors may be longer than a line, and others see a longer line than who has
/// written it: its source is in front of it (docs/decisions/0058).
void write_said(IrcWriter& writer, const Event& event) {
    if (writer.audience().own && !writer.has(Capability::echo_message))
        return;
    constexpr std::size_t least_space = 32; // even if the names hardly fit
    const std::string target =
        event.room.empty() ? std::string(event.target) : channel_name(event.room);
    if (event.manner == Manner::typing)
        return write_typing(writer, event, target);
    const Wrapping wrapping = wrapping_of(event.manner);
    const std::size_t wrapped = wrapping.begin.size() + wrapping.end.size();
    std::size_t space = writer.space_in_message(event.who, wrapping.command, {target});
    space = std::max(space - std::min(space, wrapped), least_space);
    std::string_view rest = event.text;
    const auto write_piece = [&] {
        std::string piece(wrapping.begin);
        piece.append(irc::take_piece(rest, space)).append(wrapping.end);
        writer.message(event.who, wrapping.command, {target, piece});
    };
    write_piece();
    if (rest.empty() || is_between_clients(event.manner))
        return;
    Event nameless = event;
    nameless.id = 0; // the first one bears the name of the whole
    writer.happened(&nameless);
    while (!rest.empty())
        write_piece();
}

void write_kick(IrcWriter& writer, const Event& event) {
    writer.message(event.who, "KICK",
                   {channel_name(event.room), event.target,
                    irc::cut_utf8(event.text, writer.settings().longest_kick)});
}

void write_mode_change(IrcWriter& writer, const Event& event) {
    const std::string mode = {(event.number & 0x100U) != 0 ? '+' : '-',
                              static_cast<char>(event.number & 0xffU)};
    const std::string whose =
        event.room.empty() ? std::string(event.who.name) : channel_name(event.room);
    if (event.target.empty())
        return writer.message(event.who, "MODE", {whose, mode});
    writer.message(event.who, "MODE", {whose, mode, event.target});
}

void write_away(IrcWriter& writer, const Event& event) {
    if (writer.audience().own || !writer.has(Capability::away_notify))
        return;
    if (event.who.away.empty())
        return writer.message(event.who, "AWAY", {});
    writer.message(event.who, "AWAY",
                   {irc::cut_utf8(event.who.away, writer.settings().longest_away)});
}

void write_left(IrcWriter& writer, const Event& event) {
    if (event.text.empty())
        return writer.message(event.who, "PART", {channel_name(event.room)});
    writer.message(event.who, "PART", {channel_name(event.room), event.text});
}

} // namespace

bool write_happening(IrcWriter& writer, const Event& event) {
    switch (event.kind) {
    case EventKind::entered:
        writer.message(event.who, "JOIN", {channel_name(event.room)});
        return true;
    case EventKind::left:
        write_left(writer, event);
        return true;
    case EventKind::quit:
        if (!writer.audience().own)
            writer.message(event.who, "QUIT", {event.text});
        return true;
    case EventKind::said:
        write_said(writer, event);
        return true;
    case EventKind::renamed:
        writer.message(event.who, "NICK", {event.target});
        return true;
    case EventKind::topic_changed:
        writer.message(
            event.who, "TOPIC",
            {channel_name(event.room), irc::cut_utf8(event.text, writer.settings().longest_topic)});
        return true;
    case EventKind::mode_changed:
        write_mode_change(writer, event);
        return true;
    case EventKind::kicked:
        write_kick(writer, event);
        return true;
    case EventKind::invited:
        writer.message(event.who, "INVITE", {writer.client(), channel_name(event.room)});
        return true;
    case EventKind::away_changed:
        write_away(writer, event);
        return true;
    case EventKind::announced: // to all, by name or not
        writer.from_server("NOTICE", {"$" + writer.settings().server_name,
                                      "ADMINISTRATOR: " + std::string(event.text)});
        return true;
    default:
        return false;
    }
}

} // namespace tern::chat
