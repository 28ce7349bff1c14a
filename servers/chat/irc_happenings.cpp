// What members do, as the others and they themselves are told.

#include "servers/chat/irc_dialect.h"

#include <string>

namespace tern::chat {

using irc::Capability;
using EventKind = Event::Kind;

namespace {

void write_said(IrcWriter& writer, const Event& event) {
    if (writer.audience().own && !writer.has(Capability::echo_message))
        return;
    const std::string target =
        event.room.empty() ? std::string(event.target) : channel_name(event.room);
    const std::string_view command = event.manner == Manner::notice ? "NOTICE" : "PRIVMSG";
    if (event.manner != Manner::action)
        return writer.message(event.who, command, {target, event.text});
    std::string action("\x01"
                       "ACTION ");
    action.append(event.text).append("\x01");
    writer.message(event.who, command, {target, action});
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
    writer.message(event.who, "AWAY", {event.who.away});
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
        writer.message(event.who, "TOPIC", {channel_name(event.room), event.text});
        return true;
    case EventKind::mode_changed:
        write_mode_change(writer, event);
        return true;
    case EventKind::kicked:
        writer.message(event.who, "KICK", {channel_name(event.room), event.target, event.text});
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
