#include "servers/chat/web_dialect.h"

#include "common/protocol/websocket/deflate.h"
#include "common/protocol/websocket/frame.h"
#include "servers/chat/json_writer.h"
#include "servers/chat/refusal_names.h"

#include <algorithm>

namespace tern::chat {
namespace {

using EventKind = Event::Kind;

/// Shorter ones gain nothing.
constexpr std::size_t worth_deflating = 512;

std::uint64_t milliseconds(WallClock::time_point time) {
    using std::chrono::milliseconds;
    const auto since = std::chrono::floor<milliseconds>(time.time_since_epoch()).count();
    return static_cast<std::uint64_t>(std::max<decltype(since)>(since, 0));
}

std::string_view name_of(Manner manner) noexcept {
    switch (manner) {
    case Manner::notice:
        return "notice";
    case Manner::action:
        return "action";
    case Manner::message:
    case Manner::query:
    case Manner::reply:
    case Manner::typing:
        break;
    }
    return {};
}

void add_said(JsonObject& object, const Event& event) {
    object.add("id", event.id).add("time", milliseconds(event.time)).add("name", event.who.name);
    if (event.room.empty())
        object.add("to", event.target);
    else
        object.add("room", event.room);
    object.add("text", event.text).add_if("manner", name_of(event.manner));
}

void add_members(JsonObject& object, const Event& event) {
    const auto write_name = [](std::string& json, const Person& person) {
        append_json_string(json, person.name);
    };
    object.add("room", event.room).add_list("members", event.people, write_name);
}

void add_rooms(JsonObject& object, const Event& event) {
    object.add("members", event.number);
    object.add_list("rooms", event.rooms, [](std::string& json, const RoomLine& room) {
        JsonObject(json)
            .add("name", room.name)
            .add("topic", room.topic)
            .add("members", room.members);
    });
}

void add_history(JsonObject& object, const Event& event) {
    object.add("room", event.room).add_flag("unasked", event.number != 0);
    object.add_list("messages", event.said, [](std::string& json, const Event& said) {
        JsonObject message(json);
        add_said(message, said);
    });
}

void add_mode(JsonObject& object, const Event& event) {
    const auto letter = static_cast<char>(event.number & 0xFFU);
    const std::string mode = {(event.number & 0x100U) != 0 ? '+' : '-', letter};
    object.add("room", event.room).add("name", event.who.name).add("mode", mode);
    object.add_if("target", letter == 'k' ? std::string_view() : event.target);
}

void add_refusal(JsonObject& object, const Event& event) {
    object.add("reason", refusal_names.at(static_cast<std::size_t>(event.refusal)));
    object.add_if("room", event.room).add_if("target", event.target).add_if("text", event.text);
    if (event.number != 0)
        object.add("number", event.number);
}

/// What happens to others, and to rooms. Empty: nothing that a client is told.
std::string_view happening(EventKind kind) noexcept {
    switch (kind) {
    case EventKind::entered:
        return "entered";
    case EventKind::left:
        return "left";
    case EventKind::quit:
        return "quit";
    case EventKind::said:
        return "said";
    case EventKind::renamed:
        return "renamed";
    case EventKind::topic_changed:
        return "topic_changed";
    case EventKind::mode_changed:
        return "mode_changed";
    case EventKind::kicked:
        return "kicked";
    case EventKind::away_changed:
        return "away_changed";
    case EventKind::announced:
        return "announced";
    default:
        return {};
    }
}

std::string_view answer(EventKind kind) noexcept {
    switch (kind) {
    case EventKind::named:
        return "welcome";
    case EventKind::refused:
        return "refused";
    case EventKind::joined:
        return "joined";
    case EventKind::names:
        return "members";
    case EventKind::topic:
        return "topic";
    case EventKind::rooms:
        return "rooms";
    case EventKind::person:
        return "person";
    case EventKind::history:
        return "history";
    case EventKind::invited:
        return "invited";
    case EventKind::ignoring:
        return "ignoring";
    case EventKind::away:
        return "away";
    case EventKind::person_away:
        return "person_away";
    case EventKind::expelled:
        return "expelled";
    default:
        return {};
    }
}

void add_happening(JsonObject& object, const Event& event) {
    switch (event.kind) {
    case EventKind::said:
        return add_said(object, event);
    case EventKind::mode_changed:
        return add_mode(object, event);
    case EventKind::announced:
        object.add("time", milliseconds(event.time)).add("text", event.text);
        return;
    case EventKind::renamed:
        object.add("name", event.who.name).add("to", event.target);
        return;
    case EventKind::away_changed:
        object.add("name", event.who.name).add("text", event.who.away);
        return;
    default:
        object.add("time", milliseconds(event.time)).add("name", event.who.name);
        object.add_if("room", event.room).add_if("target", event.target);
        if (event.kind != EventKind::entered)
            object.add("text", event.text);
    }
}

void add_answer(JsonObject& object, const Event& event) {
    switch (event.kind) {
    case EventKind::named:
        object.add("name", event.target).add_if("token", event.text);
        return;
    case EventKind::refused:
        return add_refusal(object, event);
    case EventKind::joined:
        add_members(object, event);
        object.add("topic", event.text);
        return;
    case EventKind::names:
        return add_members(object, event);
    case EventKind::topic:
        object.add("room", event.room).add("text", event.text).add_if("name", event.target);
        return;
    case EventKind::rooms:
        return add_rooms(object, event);
    case EventKind::person:
        object.add("name", event.who.name).add_if("away", event.who.away);
        object.add_list("rooms", event.lines, append_json_string);
        return;
    case EventKind::history:
        return add_history(object, event);
    case EventKind::invited:
        object.add("name", event.who.name).add("room", event.room);
        return;
    case EventKind::ignoring:
        object.add("target", event.target).add_flag("on", event.number == 1);
        return;
    case EventKind::away:
        object.add_flag("on", event.number == 1);
        return;
    case EventKind::person_away:
        object.add("name", event.who.name).add("text", event.who.away);
        return;
    default:
        object.add("text", event.text);
    }
}

void append_text_frame(std::string& wire, std::string_view json, bool may_deflate) {
    if (!may_deflate || json.size() < worth_deflating)
        return websocket::append_frame(wire, {websocket::Opcode::text}, json);
    websocket::append_frame(wire, {websocket::Opcode::text, true, true}, websocket::deflate(json));
}

/// The member's own doing of which it is told otherwise, if at all.
bool is_known_already(const Event& event) noexcept {
    return event.kind == EventKind::entered || event.kind == EventKind::quit ||
           event.kind == EventKind::away_changed;
}

} // namespace

void WebDialect::render(const Event& event, const Audience& audience, std::string& text) const {
    if (event.kind == EventKind::resumed) {
        std::string json;
        JsonObject(json).add("connection", "resumed").add("name", event.target);
        return append_text_frame(text, json, false);
    }
    if (event.kind == EventKind::not_resumed)
        return append_connection_message(text, "not_resumed");
    if (event.kind == EventKind::replaced)
        return append_connection_message(text, "ended", "replaced");
    if (audience.own && is_known_already(event))
        return;
    const bool happens = event.kind <= EventKind::announced;
    const std::string_view name = happens ? happening(event.kind) : answer(event.kind);
    if (name.empty())
        return;
    std::string json;
    {
        JsonObject object(json);
        object.add("event", name).add_if("label", event.label);
        if (happens)
            add_happening(object, event);
        else
            add_answer(object, event);
    }
    append_text_frame(text, json, (audience.capabilities & deflate) != 0);
}

void append_connection_message(std::string& wire, std::string_view what, std::string_view reason,
                               std::string_view label) {
    std::string json;
    JsonObject(json).add("connection", what).add_if("reason", reason).add_if("label", label);
    append_text_frame(wire, json, false);
}

} // namespace tern::chat
