// Rooms: joining and parting, topics, and who is where.

#include "servers/chat/chat_hub.h"

#include <algorithm>
#include <utility>

namespace tern::chat {

Room* ChatHub::find_room(std::string_view name) {
    const auto found = rooms_.find(key_of(name));
    return found != rooms_.end() ? found->second.get() : nullptr;
}

Room* ChatHub::make_room(std::string_view wanted, Refusal& refusal) {
    const Name name = name_from(wanted, settings_.room_names);
    if (name.fault != NameFault::none) {
        refusal = Refusal::room_name_not_allowed;
        return nullptr;
    }
    const auto found = rooms_.find(name.key);
    if (found != rooms_.end()) {
        forget_old(*found->second);
        return found->second.get();
    }
    if (rooms_.size() >= settings_.max_rooms)
        std::erase_if(rooms_, [this](const auto& entry) {
            return entry.second->empty() && rooms_.size() >= settings_.max_rooms;
        });
    if (rooms_.size() >= settings_.max_rooms) {
        refusal = Refusal::too_many_rooms;
        return nullptr;
    }
    auto& room = rooms_[name.key];
    room = std::make_unique<Room>(name.text, name.key);
    room->state.modes = new_modes_;
    return room.get();
}

/// Nobody is in it, and it is as if it had just been made.
bool ChatHub::is_useless(const Room& room) const {
    return room.empty() && room.said().empty() && room.state.topic.empty() &&
           room.state.modes == new_modes_;
}

/// A room that nobody is in keeps what was said and set in it, for those who come back.
void ChatHub::drop_if_useless(Room& room) {
    if (!room.empty())
        return;
    counters_.rooms.subtract();
    --census_.rooms;
    room.state.modes.invite_only = new_modes_.invite_only; // nobody is left who could invite
    if (is_useless(room))
        rooms_.erase(rooms_.find(room.key()));
}

void ChatHub::forget_old(Room& room) {
    const WallClock::time_point oldest =
        time_.wall() - std::chrono::round<WallClock::duration>(settings_.history_age);
    room.forget_before(oldest);
    if (room.empty() && room.said().empty() && room.state.changed < oldest) {
        room.state = {};
        room.state.modes = new_modes_;
    }
}

void ChatHub::state_changed(Room& room) {
    room.state.changed = time_.wall();
    if (journal_ != nullptr)
        journal_->record(room.name(), room.state);
}

Room* ChatHub::room_for(Guest& guest, const Request& request) {
    if (request.room.empty() && !guest.stays.empty())
        return guest.stays.back().room;
    Room* const room = request.room.empty() ? nullptr : find_room(request.room);
    const bool is_hidden = room != nullptr && room->state.modes.secret && !guest.is_operator &&
                           guest.stay_in(*room) == nullptr;
    if (room != nullptr && !is_hidden)
        return room;
    refuse(guest, request, request.room.empty() ? Refusal::not_in_room : Refusal::no_such_room);
    return nullptr;
}

bool ChatHub::is_banned(const Guest& guest, const Room& room) {
    if (room.state.modes.bans.empty())
        return false;
    const std::string& user = guest.user.empty() ? guest.name : guest.user; // as others see it
    const std::string mask = guest.name + '!' + user + '@' + guest.address;
    return std::any_of(room.state.modes.bans.begin(), room.state.modes.bans.end(),
                       [&mask](const std::string& ban) { return mask_fits(ban, mask); });
}

Refusal ChatHub::refusal_to_join(const Guest& guest, const Room& room, std::string_view key) const {
    if (room.members().size() >= settings_.max_members_per_room)
        return Refusal::room_full;
    if (guest.is_operator || room.is_invited(guest.key))
        return Refusal::none;
    if (is_banned(guest, room))
        return Refusal::room_banned;
    if (room.state.modes.invite_only)
        return Refusal::room_invite_only;
    if (!room.state.modes.key.empty() && room.state.modes.key != key)
        return Refusal::room_key_wrong;
    if (room.state.modes.limit > 0 && room.members().size() >= room.state.modes.limit)
        return Refusal::room_full;
    return Refusal::none;
}

void ChatHub::join(Guest& guest, const Request& request) {
    const bool moves = request.number == 1;
    Event refused;
    const Clock::duration pause = joins_per_address_.take(guest.address_key, time_.now());
    if (pause > Clock::duration::zero()) {
        refused.number = whole_seconds(pause);
        return refuse(guest, request, Refusal::too_many_joins, refused);
    }
    Refusal refusal = Refusal::none;
    Room* const room = make_room(request.room, refusal);
    if (room == nullptr)
        return refuse(guest, request, refusal);
    if (guest.stay_in(*room) != nullptr)
        refusal = Refusal::already_in_room;
    else if (!moves && guest.stays.size() >= settings_.max_rooms_per_member)
        refusal = Refusal::too_many_rooms;
    else
        refusal = refusal_to_join(guest, *room, request.text);
    if (refusal != Refusal::none) {
        refuse(guest, request, refusal);
        if (is_useless(*room))
            rooms_.erase(room->key());
        return;
    }
    while (moves && !guest.stays.empty())
        leave_room(guest, *guest.stays.back().room, {}, {});
    join_room(guest, *room, request.label);
}

void ChatHub::join_room(Guest& guest, Room& room, std::string_view label) {
    const bool is_new = room.empty();
    Stay& stay = room.admit(guest, courier_.deliveries());
    if (is_new) {
        counters_.rooms.add();
        ++census_.rooms;
        room.occupied_since = time_.wall();
        stay.is_operator = room.key() != key_of(settings_.first_room);
    }
    Event event = event_of(Event::Kind::entered, guest, label);
    event.room = room.name();
    courier_.to_crowd(room.crowd(), event, &guest);
    if (!guest.extras().away.empty()) {
        event.kind = Event::Kind::away_changed; // so it is for those who meet it here
        courier_.to_others(room.crowd(), event, &guest);
    }
    event.kind = Event::Kind::joined;
    event.label = {};
    event.text = room.state.topic;
    event.target = room.state.topic_by;
    event.time = room.state.topic_time;
    show_names(guest, room, event);
    const std::size_t shown = std::min(settings_.history_shown, room.said().size());
    if (shown > 0)
        show_history(guest, room, room.said().size() - shown, room.said().size(), {}, true);
}

void ChatHub::leave_room(Guest& guest, Room& room, std::string_view reason,
                         std::string_view label) {
    Event event = event_of(Event::Kind::left, guest, label);
    event.room = room.name();
    event.text = reason;
    room.dismiss(guest, courier_.deliveries());
    courier_.to_crowd(room.crowd(), event, nullptr);
    courier_.to_actor(guest, event);
    drop_if_useless(room);
}

void ChatHub::part(Guest& guest, const Request& request) {
    const std::string_view words = parting_words(guest, request);
    if (request.number == 1) {
        while (!guest.stays.empty()) { // one answer bears the label
            const bool is_last = guest.stays.size() == 1;
            leave_room(guest, *guest.stays.back().room, words,
                       is_last ? request.label : std::string_view());
        }
        return;
    }
    Room* const room = room_for(guest, request);
    if (room == nullptr)
        return;
    if (guest.stay_in(*room) == nullptr)
        return refuse(guest, request, Refusal::not_in_room);
    leave_room(guest, *room, words, request.label);
}

void ChatHub::topic(Guest& guest, const Request& request) {
    Room* const room = room_for(guest, request);
    if (room == nullptr)
        return;
    const Stay* const stay = guest.stay_in(*room);
    if (request.number == 0) {
        Event event = event_of(Event::Kind::topic, guest, request.label);
        event.room = room->name();
        event.text = room->state.topic;
        event.target = room->state.topic_by;
        event.time = room->state.topic_time;
        return courier_.to_one(guest, event);
    }
    if (stay == nullptr)
        return refuse(guest, request, Refusal::not_in_room);
    if (room->state.modes.topic_guarded && !stay->is_operator && !guest.is_operator)
        return refuse(guest, request, Refusal::not_room_operator);
    if (request.text.size() > settings_.longest_text)
        return refuse(guest, request, Refusal::text_too_long);
    Event refused;
    if (is_muted(guest, refused))
        return refuse(guest, request, Refusal::muted, refused);
    room->state.topic = request.text;
    room->state.topic_by = guest.name;
    room->state.topic_time = time_.wall();
    state_changed(*room);
    Event event = event_of(Event::Kind::topic_changed, guest, request.label);
    event.room = room->name();
    event.text = room->state.topic;
    courier_.to_crowd(room->crowd(), event, &guest);
}

/// `event` is complete but for the people.
void ChatHub::show_names(const Guest& guest, const Room& room, Event event) {
    // A line of names is for reading; IRC's clients keep the whole list.
    const bool wants_all = guest.voice.door == Door::irc || guest.voice.door == Door::web;
    const std::size_t shown =
        wants_all ? room.members().size() : std::min(settings_.names_shown, room.members().size());
    std::vector<Person> people;
    people.reserve(shown);
    for (std::size_t i = 0; i < shown; ++i) {
        Guest& member = *room.members()[i];
        people.push_back(member.person(member.stay_in(room)));
    }
    event.room = room.name();
    event.people = people;
    event.number = room.members().size();
    event.is_secret = room.state.modes.secret;
    courier_.to_one(guest, event);
}

void ChatHub::names(Guest& guest, const Request& request) {
    if (const Room* const room = room_for(guest, request))
        show_names(guest, *room, event_of(Event::Kind::names, guest, request.label));
}

void ChatHub::rooms(Guest& guest, const Request& request) {
    std::vector<RoomLine> lines;
    for (const auto& [key, room] : rooms_) {
        const bool is_hidden =
            room->state.modes.secret && !guest.is_operator && guest.stay_in(*room) == nullptr;
        if (!room->empty() && !is_hidden)
            lines.push_back({room->name(), room->state.topic, room->members().size()});
    }
    std::sort(lines.begin(), lines.end(), [](const RoomLine& one, const RoomLine& other) {
        return one.members != other.members ? one.members > other.members : one.name < other.name;
    });
    Event event = event_of(Event::Kind::rooms, guest, request.label);
    event.rooms = lines;
    event.number = by_name_.size();
    courier_.to_one(guest, event);
}

} // namespace tern::chat
