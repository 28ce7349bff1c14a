#pragma once
// What happened in the chat, for dialects to put into words. Views are valid during the call.

#include "servers/chat/request.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tern::chat {

using WallClock = std::chrono::system_clock;

/// A member, as others may see it.
struct Person {
    std::string_view name;
    std::string_view user;      ///< IRC's user name; the name's letters where a door has none
    std::string_view host;      ///< the address that the client came from
    std::string_view real_name; ///< empty if the door does not ask for it
    std::string_view account;   ///< operator account; empty if none
    std::string_view away;      ///< why; empty: here
    Door door = Door::line;
    bool is_operator = false;      ///< of the server
    bool is_invisible = false;     ///< to strangers who search
    bool is_room_operator = false; ///< in the event's room, as are:
    bool has_voice = false;
    WallClock::time_point entered = {};
    WallClock::time_point last_spoke = {};
};

/// Why a request was not fulfilled.
enum class Refusal : unsigned char {
    none,
    name_in_use,
    name_empty,
    name_too_long,
    name_not_allowed,
    no_such_person,
    no_such_room,
    room_name_not_allowed,
    not_in_room,
    already_in_room,
    target_not_in_room,
    room_full,
    room_invite_only,
    room_key_wrong,
    room_banned,
    too_many_rooms,
    room_moderated,
    room_no_outside,
    banned,
    muted,
    too_fast,
    too_many_joins,
    too_many_requests,
    server_full,
    text_too_long,
    text_not_utf8,
    text_control,
    text_empty,
    not_operator,
    not_room_operator,
    not_named_yet,
    unknown_command,
    unknown_mode,
    wrong_arguments,
    wrong_password,
    too_many_ignored,
    too_many_penalties,
};

/// A room as /rooms and LIST show it.
struct RoomLine {
    std::string_view name;
    std::string_view topic;
    std::size_t members = 0;
};

/// How many are there.
struct Census {
    std::size_t members = 0, invisible = 0, operators = 0, rooms = 0;
    std::size_t most_members = 0; ///< that ever were there at once
};

struct Event {
    /// For rooms (R): rendered once for each (door, capabilities) among the room's members, and
    /// once more for the member who did it (`own`). For one member (M): an answer to it alone.
    enum class Kind : unsigned char {
        entered,       ///< R [who, room]
        left,          ///< R [who, room, text: reason] this room only
        quit,          ///< R [who, text: reason] the server; once to all who share a room with it
        said,          ///< R [who, room, text, manner, id], or M [who, target: its name, ...]
        renamed,       ///< R [who: as before, target: the new name] like quit
        topic_changed, ///< R [who, room, text]
        mode_changed,  ///< R [who, room, number: change_of(), target: the argument], or M, without
                       ///< a room: of the member itself
        kicked,        ///< R [who: by whom, room, target: who goes, text: reason]
        away_changed,  ///< R [who] like quit
        announced,     ///< to everybody [text, id]

        named,        ///< M welcome [target: the name; text: the token, if it may resume; census]
        prompt,       ///< M the name is wanted (line: the prompt)
        refused,      ///< M [refusal, target, room, text, manner, number: seconds, or change_of()]
        joined,       ///< M [room, text: topic, people, is_secret, who: the member]
        names,        ///< M [room, people, is_secret]
        topic,        ///< M [room, text, target: who set it, time]
        rooms,        ///< M [rooms, number: members of the server]
        person,       ///< M whois [who; in `lines` its rooms, and in `people` what it is in each]
        found,        ///< M [people; number: how many there are, if not all are told]
        history,      ///< M [room, said] the events of a history, oldest first
        histories,    ///< M [said] the last events of rooms, oldest first
        modes,        ///< M [room, text: "+nt", target: arguments, time: since when the room has
                      ///< members], or a list [room, lines]
        invited,      ///< M [who, room]
        inviting,     ///< M [target, room]
        now_operator, ///< M
        ignoring,     ///< M [target, number: 1 = from now on, 0 = no more]
        away,         ///< M [number: 1 = marked as away, 0 = no more]
        done,         ///< M an operator's request has been done [text: its word, target]
        expelled,     ///< M the last words: kicked out of the server or banned [text: reason]
        lost,         ///< M [number: messages that were dropped]
        person_away,  ///< M [who] is away, as was just spoken to
        goodbye,      ///< M
        resumed,      ///< M [target: the name] behind all that the member had missed
        not_resumed,  ///< M it has to enter anew
        census,       ///< M [census]
        replaced,     ///< M the last words to a connection whose member has come back by another
    };

    Kind kind = Kind::said;
    std::string_view label = {}; ///< of the request that this answers; only for who made it
    std::uint64_t id = 0;        ///< of what was said; ascending in the order of saying
    WallClock::time_point time = {};
    Person who = {};
    std::string_view room = {};
    std::string_view target = {};
    std::string_view text = {};
    std::uint64_t number = 0;
    Manner manner = Manner::message;
    Refusal refusal = Refusal::none;
    Request::Kind request = Request::Kind::hello; ///< what was refused or done
    bool is_secret = false;                       ///< the room
    std::span<const Person> people = {};
    std::span<const RoomLine> rooms = {};
    std::span<const std::string_view> lines = {};
    std::span<const Event> said = {};
    Census census = {};
};

} // namespace tern::chat
