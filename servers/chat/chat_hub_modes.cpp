// What holds in a room, and who may come in.

#include "servers/chat/chat_hub.h"

#include <algorithm>

namespace tern::chat {
namespace {

constexpr std::size_t longest_mode_argument = 200;

/// It goes in a list with commas, among words with blanks between.
bool is_key(std::string_view text) noexcept {
    return !text.starts_with(':') && std::all_of(text.begin(), text.end(), [](char letter) {
        return static_cast<unsigned char>(letter) > ' ' && letter != ',' && letter != '\x7f';
    });
}

/// A number above zero, in one form only.
bool is_limit(std::string_view text) noexcept {
    constexpr std::size_t most_digits = 9;
    return !text.empty() && text.size() <= most_digits && text.front() != '0' &&
           std::all_of(text.begin(), text.end(),
                       [](char letter) { return letter >= '0' && letter <= '9'; });
}

// The changes that have an argument, the event's target. They set its number to 0 if all is as it
// was.

Refusal set_key(RoomModes& modes, bool set, Event& event) {
    if (set && !is_key(event.target))
        return Refusal::wrong_arguments;
    const std::string_view key = set ? event.target : std::string_view();
    event.number = modes.key == key ? 0 : event.number;
    modes.key = key;
    event.target = set ? event.target : "*"; // there is always an argument
    return Refusal::none;
}

Refusal set_limit(RoomModes& modes, bool set, Event& event) {
    if (set && !is_limit(event.target))
        return Refusal::wrong_arguments;
    const std::size_t limit = set ? number_from(event.target) : 0;
    event.number = modes.limit == limit ? 0 : event.number;
    modes.limit = limit;
    event.target = set ? event.target : std::string_view();
    return Refusal::none;
}

Refusal set_ban(RoomModes& modes, bool set, Event& event) {
    const bool was_there = std::erase(modes.bans, event.target) > 0;
    if (set && modes.bans.size() >= most_room_bans)
        return Refusal::too_many_penalties;
    if (set)
        modes.bans.emplace_back(event.target);
    event.number = was_there == set ? 0 : event.number;
    return Refusal::none;
}

} // namespace

void ChatHub::invite(Guest& guest, const Request& request) {
    Room* const room = room_for(guest, request);
    if (room == nullptr)
        return;
    const Stay* const stay = guest.stay_in(*room);
    if (stay == nullptr)
        return refuse(guest, request, Refusal::not_in_room);
    if (room->state.modes.invite_only && !stay->is_operator && !guest.is_operator)
        return refuse(guest, request, Refusal::not_room_operator);
    Guest* const target = find_guest(request.target);
    if (target == nullptr)
        return refuse(guest, request, Refusal::no_such_person);
    if (target->stay_in(*room) != nullptr)
        return refuse(guest, request, Refusal::already_in_room);
    Event refused;
    if (is_muted(guest, refused))
        return refuse(guest, request, Refusal::muted, refused);
    room->invite(target->key);
    Event event = event_of(Event::Kind::inviting, guest, request.label);
    event.room = room->name();
    event.target = target->name;
    courier_.to_one(guest, event);
    event.kind = Event::Kind::invited;
    event.label = {};
    if (!ignores(*target, guest))
        courier_.to_one(*target, event);
}

void ChatHub::modes(Guest& guest, const Request& request) {
    Room* const room = room_for(guest, request);
    if (room == nullptr)
        return;
    const std::string letters = room->state.modes.letters();
    const std::string arguments = room->state.modes.arguments(guest.stay_in(*room) != nullptr);
    const std::vector<std::string_view> bans(room->state.modes.bans.begin(),
                                             room->state.modes.bans.end());
    Event event = event_of(Event::Kind::modes, guest, request.label);
    event.room = room->name();
    if (request.number == 'b') {
        event.lines = bans;
    } else {
        event.text = letters;
        event.target = arguments;
        event.time = room->occupied_since;
    }
    courier_.to_one(guest, event);
}

void ChatHub::mode(Guest& guest, const Request& request) {
    Room* const room = room_for(guest, request);
    if (room == nullptr)
        return;
    const Stay* const stay = guest.stay_in(*room);
    if (!guest.is_operator && (stay == nullptr || !stay->is_operator))
        return refuse(guest, request,
                      stay == nullptr ? Refusal::not_in_room : Refusal::not_room_operator);
    Event event = event_of(Event::Kind::mode_changed, guest, request.label);
    event.room = room->name();
    event.number = request.number;
    event.target = request.target;
    const Refusal refusal = apply_mode(*room, request, event);
    if (refusal != Refusal::none) {
        Event refused;
        refused.number = request.number;
        return refuse(guest, request, refusal, refused);
    }
    if (event.number == 0) // all is as it was
        return;
    const auto letter = static_cast<char>(request.number & 0xFFU);
    if (letter != 'o' && letter != 'v') // which are the members'
        state_changed(*room);
    courier_.to_crowd(room->crowd(), event, stay != nullptr ? &guest : nullptr);
}

void ChatHub::own_mode(Guest& guest, const Request& request) {
    const bool set = (request.number & 0x100U) != 0;
    const auto letter = static_cast<char>(request.number & 0xFFU);
    if (letter == 'i' && guest.is_invisible != set) {
        guest.is_invisible = set;
        census_.invisible = set ? census_.invisible + 1 : census_.invisible - 1;
    } else if (letter == 'o' && !set && guest.is_operator) {
        guest.is_operator = false;
        guest.change_extras().account.clear();
        --census_.operators;
    } else {
        return;
    }
    Event event = event_of(Event::Kind::mode_changed, guest, request.label);
    event.number = request.number;
    courier_.to_actor(guest, event);
}

/// Sets the event's number to 0 if all is as it was.
Refusal ChatHub::apply_mode(Room& room, const Request& request, Event& event) {
    const bool set = (request.number & 0x100U) != 0;
    const auto letter = static_cast<char>(request.number & 0xFFU);
    if (request.target.size() > longest_mode_argument)
        return Refusal::wrong_arguments;
    if (bool* const flag = room.state.modes.flag(letter)) {
        event.number = *flag == set ? 0 : event.number;
        event.target = {};
        *flag = set;
        return Refusal::none;
    }
    const bool needs_argument = set || (letter != 'l' && letter != 'k');
    if (needs_argument && request.target.empty())
        return Refusal::wrong_arguments;
    if (letter == 'k')
        return set_key(room.state.modes, set, event);
    if (letter == 'l')
        return set_limit(room.state.modes, set, event);
    if (letter == 'b')
        return set_ban(room.state.modes, set, event);
    if (letter == 'o' || letter == 'v') {
        Guest* const target = find_guest(request.target);
        if (target == nullptr)
            return Refusal::no_such_person;
        Stay* const stay = target->stay_in(room);
        if (stay == nullptr)
            return Refusal::target_not_in_room;
        bool& status = letter == 'o' ? stay->is_operator : stay->has_voice;
        event.number = status == set ? 0 : event.number;
        event.target = target->name;
        status = set;
        return Refusal::none;
    }
    return Refusal::unknown_mode;
}

} // namespace tern::chat
