// What operators do, and the administrator.

#include "servers/chat/chat_hub.h"

#include <algorithm>
#include <string>

namespace tern::chat {
namespace {

constexpr std::uint64_t longest_penalty_s = std::uint64_t{366} * 24 * 3600;

Clock::time_point end_after(std::uint64_t seconds, Clock::time_point now) {
    if (seconds == 0)
        return no_deadline;
    return now + std::chrono::seconds(std::min(seconds, longest_penalty_s));
}

} // namespace

bool ChatHub::is_operator(Guest& guest, const Request& request) {
    if (guest.is_operator || guest.voice.door == Door::administrator)
        return true;
    refuse(guest, request, Refusal::not_operator);
    return false;
}

void ChatHub::done(Guest& guest, const Request& request) {
    Event event = event_of(Event::Kind::done, guest, request.label);
    event.request = request.kind;
    event.target = request.target;
    event.number = request.number;
    courier_.to_one(guest, event);
}

void ChatHub::become_operator(Guest& guest, const Request& request) {
    census_.operators += guest.is_operator ? 0 : 1;
    guest.is_operator = true;
    guest.change_extras().account = request.target;
    courier_.to_one(guest, event_of(Event::Kind::now_operator, guest, request.label));
}

void ChatHub::kick(Guest& guest, const Request& request) {
    Guest* const target = find_guest(request.target);
    if (request.room.empty()) {
        if (!is_operator(guest, request))
            return;
        if (target == nullptr)
            return refuse(guest, request, Refusal::no_such_person);
        done(guest, request);
        return expel(*target, request.text);
    }
    Room* const room = room_for(guest, request);
    if (room == nullptr)
        return;
    const Stay* const stay = guest.stay_in(*room);
    if (!guest.is_operator && stay == nullptr)
        return refuse(guest, request, Refusal::not_in_room);
    if (!guest.is_operator && !stay->is_operator)
        return refuse(guest, request, Refusal::not_room_operator);
    if (target == nullptr || target->stay_in(*room) == nullptr)
        return refuse(guest, request, Refusal::target_not_in_room);
    Event event = event_of(Event::Kind::kicked, guest, request.label);
    event.room = room->name();
    event.target = target->name;
    event.text = request.text;
    courier_.to_crowd(room->crowd(), event, stay != nullptr ? &guest : nullptr);
    room->dismiss(*target, courier_.deliveries());
    drop_if_useless(*room);
}

/// A penalty for what is neither an address, nor a range, nor a name would be for nobody.
bool ChatHub::may_be_meant(const Guest& guest, const Request& request, std::string_view command) {
    if (AddressRange::parse(request.target) ||
        name_from(request.target, settings_.names).fault == NameFault::none)
        return true;
    Event refused;
    refused.target = command;
    refuse(guest, request, Refusal::wrong_arguments, refused);
    return false;
}

void ChatHub::ban(Guest& guest, const Request& request) {
    if (!is_operator(guest, request))
        return;
    const Clock::time_point now = time_.now();
    if (!may_be_meant(guest, request, "ban"))
        return;
    if (!bans_.add({std::string(request.target), std::string(request.text),
                    end_after(request.number, now)},
                   now))
        return refuse(guest, request, Refusal::too_many_penalties);
    done(guest, request);
    std::vector<Guest*> banned;
    for (auto& [id, member] : guests_)
        if (&member != &guest && !member.is_gone && !member.is_operator && member.greeted &&
            bans_.find(member.key, member.address, now) != nullptr)
            banned.push_back(&member);
    for (Guest* const member : banned)
        expel(*member, request.text);
}

void ChatHub::unban(Guest& guest, const Request& request) {
    if (!is_operator(guest, request))
        return;
    if (!bans_.remove(request.target))
        return refuse(guest, request, Refusal::no_such_person);
    done(guest, request);
}

void ChatHub::mute(Guest& guest, const Request& request) {
    if (!is_operator(guest, request))
        return;
    const Clock::time_point now = time_.now();
    if (!may_be_meant(guest, request, "mute"))
        return;
    if (!mutes_.add({std::string(request.target), std::string(request.text),
                     end_after(request.number, now)},
                    now))
        return refuse(guest, request, Refusal::too_many_penalties);
    done(guest, request);
}

void ChatHub::unmute(Guest& guest, const Request& request) {
    if (!is_operator(guest, request))
        return;
    if (!mutes_.remove(request.target))
        return refuse(guest, request, Refusal::no_such_person);
    done(guest, request);
}

void ChatHub::announce(Guest& guest, const Request& request) {
    if (!is_operator(guest, request))
        return;
    if (request.text.empty() || request.text.size() > settings_.longest_text)
        return refuse(guest, request,
                      request.text.empty() ? Refusal::text_empty : Refusal::text_too_long);
    Event event = event_of(Event::Kind::announced, guest, request.label);
    event.text = request.text;
    event.id = ++last_id_;
    courier_.to_others(everybody_, event, nullptr);
    if (guest.voice.door == Door::administrator)
        done(guest, request);
}

void ChatHub::restore(std::string_view name, Said said) {
    Refusal refusal = Refusal::none;
    Room* const room = make_room(name, refusal);
    if (room == nullptr)
        return;
    last_id_ = std::max(last_id_, said.id);
    room->remember(std::move(said), settings_.history_kept);
}

void ChatHub::restore(std::string_view name, RoomState state) {
    Refusal refusal = Refusal::none;
    Room* const room = make_room(name, refusal);
    if (room == nullptr)
        return;
    room->state = std::move(state);
    room->state.modes.invite_only = new_modes_.invite_only; // as in a room that all have left
}

} // namespace tern::chat
