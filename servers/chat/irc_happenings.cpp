// What members do, as the others and they themselves are told.

#include "common/protocol/irc/text_pieces.h"
#include "servers/chat/irc_dialect.h"

#include <algorithm>
#include <string>

namespace tern::chat {

using irc::Capability;
using EventKind = Event::Kind;

namespace {

constexpr std::string_view action_begin = "\x01"
                                          "ACTION ";
constexpr std::string_view action_end = "\x01";

void write_piece(IrcWriter& writer, const Event& event, std::string_view target,
                 std::string_view piece) {
    if (event.manner == Manner::notice)
        return writer.message(event.who, "NOTICE", {target, piece});
    if (event.manner == Manner::message)
        return writer.message(event.who, "PRIVMSG", {target, piece});
    std::string action(action_begin);
    action.append(piece).append(action_end);
    writer.message(event.who, "PRIVMSG", {target, action});
}

/// Texts of other doors may be longer than a line, and others see a longer line than who has
/// written it: its source is in front of it.
void write_said(IrcWriter& writer, const Event& event) {
    if (writer.audience().own && !writer.has(Capability::echo_message))
        return;
    constexpr std::size_t least_space = 32; // even if the names hardly fit
    const std::string target =
        event.room.empty() ? std::string(event.target) : channel_name(event.room);
    std::size_t space = writer.space_in_message(event.who, "PRIVMSG", {target});
    if (event.manner == Manner::action)
        space -= std::min(space, action_begin.size() + action_end.size());
    space = std::max(space, least_space);
    std::string_view rest = event.text;
    write_piece(writer, event, target, irc::take_piece(rest, space));
    if (rest.empty())
        return;
    Event nameless = event;
    nameless.id = 0; // the first one bears the name of the whole
    writer.happened(&nameless);
    while (!rest.empty())
        write_piece(writer, event, target, irc::take_piece(rest, space));
}

void write_kick(IrcWriter& writer, const Event& event) {
    writer.message(event.who, "KICK",
                   {channel_name(event.room), event.target,
                    irc::cut_utf8(event.text, writer.settings().longest_kick)});
}

void write_mode_change(IrcWriter& writer, const Event& event) {
    const std::string mode = {(event.number & 0x100U) != 0 ? '+' : '-',
                              static_cast<char>(event.number & 0xffU)};
    if (event.target.empty())
        return writer.message(event.who, "MODE", {channel_name(event.room), mode});
    writer.message(event.who, "MODE", {channel_name(event.room), mode, event.target});
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
