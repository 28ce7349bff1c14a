// Speaking: who may, and who hears it.

#include "common/protocol/chat/command.h"
#include "servers/chat/chat_hub.h"

#include <algorithm>
#include <utility>

namespace tern::chat {
namespace {

constexpr std::size_t longest_mask = 64; // bytes; it is compared with everybody

/// By the address (user@host, name!user@host) if the mask speaks of one, or else by any of the
/// rest.
bool fits(std::string_view mask, const Person& person) {
    if (mask.find_first_of("!@") == std::string_view::npos)
        return mask_fits(mask, person.name) || mask_fits(mask, person.host) ||
               mask_fits(mask, person.real_name);
    std::string address;
    if (mask.find('!') != std::string_view::npos)
        address.append(person.name).append("!");
    address.append(person.user.empty() ? person.name : person.user).append("@").append(person.host);
    return mask_fits(mask, address);
}

} // namespace

bool ChatHub::is_muted(const Guest& guest, Event& refused) const {
    const Clock::time_point now = time_.now();
    const Penalties::Penalty* const muted = mutes_.find(guest.key, guest.address, now);
    if (muted == nullptr)
        return false;
    refused.text = muted->reason;
    refused.number = muted->until == no_deadline ? 0 : whole_seconds(muted->until - now);
    return true;
}

std::string_view ChatHub::parting_words(const Guest& guest, const Request& request) const {
    Event refused;
    return is_muted(guest, refused) ? std::string_view() : request.text;
}

Refusal ChatHub::refusal_to_speak(const Guest& guest, const Request& request, Event& refused) {
    if (request.text.empty())
        return Refusal::text_empty;
    if (request.text.size() > settings_.longest_text) {
        refused.number = settings_.longest_text;
        return Refusal::text_too_long;
    }
    if (is_muted(guest, refused))
        return Refusal::muted;
    const Clock::time_point now = time_.now();
    if (guest.is_operator)
        return Refusal::none;
    Clock::duration pause = speech_per_member_.take(guest.id, now);
    if (pause <= Clock::duration::zero() && guest.address_key != 0)
        pause = speech_per_address_.take(guest.address_key, now);
    if (pause <= Clock::duration::zero())
        return Refusal::none;
    refused.number = whole_seconds(pause);
    return Refusal::too_fast;
}

Refusal ChatHub::refusal_to_speak_in(Guest& guest, Room& room) const {
    const Stay* const stay = guest.stay_in(room);
    if (stay == nullptr && room.state.modes.no_outside)
        return Refusal::not_in_room;
    const bool has_a_say =
        guest.is_operator || (stay != nullptr && (stay->is_operator || stay->has_voice));
    if (has_a_say)
        return Refusal::none;
    if (room.state.modes.moderated)
        return Refusal::room_moderated;
    return is_banned(guest, room) ? Refusal::room_banned : Refusal::none;
}

void ChatHub::say(Guest& guest, const Request& request) {
    Room* room = nullptr;
    if (request.room.empty() && !request.target.empty())
        return say_to_person(guest, request);
    if (room = room_for(guest, request); room == nullptr)
        return;
    Event refused;
    refused.room = room->name();
    Refusal refusal = refusal_to_speak_in(guest, *room);
    if (refusal == Refusal::none)
        refusal = refusal_to_speak(guest, request, refused);
    if (refusal != Refusal::none)
        return refuse(guest, request, refusal, refused);
    Event event = event_of(Event::Kind::said, guest, request.label);
    event.who = guest.person(guest.stay_in(*room));
    event.room = room->name();
    event.text = request.text;
    event.manner = manner_of(request);
    event.id = ++last_id_;
    if (event.manner != Manner::typing)
        guest.last_spoke = event.time;
    publish(guest, *room, event);
}

void ChatHub::publish(Guest& guest, Room& room, const Event& event) {
    counters_.messages.add();
    Said said{event.id,     event.time,      guest.name,
              guest.user,   guest.address,   std::string(event.text),
              event.manner, guest.voice.door};
    if (!is_between_clients(event.manner)) {
        if (journal_ != nullptr)
            journal_->record(room.name(), said); // before anybody can have seen it
        room.remember(std::move(said), settings_.history_kept);
    }
    const auto ignorers = ignorers_.empty() ? ignorers_.end() : ignorers_.find(guest.key);
    if (ignorers == ignorers_.end()) {
        const bool is_inside = guest.stay_in(room) != nullptr;
        courier_.to_crowd(room.crowd(), event, is_inside ? &guest : nullptr);
        if (!is_inside)
            courier_.to_actor(guest, event);
        return;
    }
    std::vector<Guest*> listeners;
    for (Guest* const member : room.members())
        if (member != &guest && std::find(ignorers->second.begin(), ignorers->second.end(),
                                          member->id) == ignorers->second.end())
            listeners.push_back(member);
    courier_.to_guests(listeners, event);
    courier_.to_actor(guest, event);
}

void ChatHub::say_to_person(Guest& guest, const Request& request) {
    Guest* const target = find_guest(request.target);
    if (target == nullptr)
        return refuse(guest, request, Refusal::no_such_person);
    Event refused;
    const Refusal refusal = refusal_to_speak(guest, request, refused);
    if (refusal != Refusal::none)
        return refuse(guest, request, refusal, refused);
    Event event = event_of(Event::Kind::said, guest);
    event.target = target->name;
    event.text = request.text;
    event.manner = manner_of(request);
    event.id = ++last_id_;
    if (event.manner != Manner::typing)
        guest.last_spoke = event.time;
    if (!ignores(*target, guest) && target != &guest)
        courier_.to_one(*target, event);
    else if (target == &guest &&
             guest.voice.door == Door::irc) // what one says to oneself is no answer to it
        courier_.pass_by(guest, event, Answer::text);
    event.label = request.label;
    courier_.to_actor(guest, event);
    if (target->extras().away.empty() || is_never_answered(event.manner))
        return;
    Event away = event_of(Event::Kind::person_away, *target);
    courier_.to_one(guest, away);
}

void ChatHub::whois(Guest& guest, const Request& request) {
    Guest* const target = find_guest(request.target);
    if (target == nullptr)
        return refuse(guest, request, Refusal::no_such_person);
    std::vector<std::string_view> rooms;
    std::vector<Person> roles;
    for (const Stay& stay : target->stays) {
        if (stay.room->state.modes.secret && !guest.is_operator &&
            guest.stay_in(*stay.room) == nullptr)
            continue;
        rooms.push_back(stay.room->name());
        roles.push_back(target->person(&stay));
    }
    Event event = event_of(Event::Kind::person, *target, request.label);
    event.lines = rooms;
    event.people = roles;
    courier_.to_one(guest, event);
}

void ChatHub::find(Guest& guest, const Request& request) {
    std::vector<Person> people;
    std::string_view names = request.target;
    for (std::string_view name = take_word(names); !name.empty(); name = take_word(names))
        if (const Guest* const target = find_guest(name))
            people.push_back(target->person());
    Event event = event_of(Event::Kind::found, guest, request.label);
    event.people = people;
    courier_.to_one(guest, event);
}

void ChatHub::search(Guest& guest, const Request& request) {
    const std::string_view mask = request.target.substr(0, longest_mask);
    std::vector<Person> people;
    const auto shares_a_room = [&guest](Guest& other) {
        return std::any_of(guest.stays.begin(), guest.stays.end(), [&other](const Stay& stay) {
            return other.stay_in(*stay.room) != nullptr;
        });
    };
    for (const auto& [key, member] : by_name_) {
        if (member->is_invisible && member != &guest && !guest.is_operator &&
            !shares_a_room(*member))
            continue;
        const Person person = member->person();
        if ((request.number != 1 || person.is_operator) && fits(mask, person))
            people.push_back(person);
    }
    std::sort(people.begin(), people.end(),
              [](const Person& one, const Person& other) { return one.name < other.name; });
    Event event = event_of(Event::Kind::found, guest, request.label);
    event.number = people.size();
    people.resize(std::min(people.size(), settings_.most_found));
    event.people = people;
    courier_.to_one(guest, event);
}

bool ChatHub::ignores(const Guest& guest, const Guest& other) const {
    const std::vector<std::string>& ignored = guest.extras().ignored;
    return std::find(ignored.begin(), ignored.end(), other.key) != ignored.end();
}

void ChatHub::ignore(Guest& guest, const Request& request) {
    const std::string key = key_of(request.target);
    if (request.target.empty() || key == guest.key)
        return refuse(guest, request, Refusal::no_such_person);
    std::vector<std::string>& ignored = guest.change_extras().ignored;
    const auto place = std::find(ignored.begin(), ignored.end(), key);
    const bool is_ignored = place != ignored.end();
    const bool wanted = request.number == 2 ? !is_ignored : request.number == 1;
    if (wanted && !is_ignored) {
        if (ignored.size() >= settings_.max_ignored)
            return refuse(guest, request, Refusal::too_many_ignored);
        ignored.push_back(key);
        ignorers_[key].push_back(guest.id);
    } else if (!wanted && is_ignored) {
        ignored.erase(place);
        if (std::erase(ignorers_[key], guest.id) > 0 && ignorers_[key].empty())
            ignorers_.erase(key);
    }
    Event event = event_of(Event::Kind::ignoring, guest, request.label);
    event.target = request.target;
    event.number = wanted ? 1 : 0;
    courier_.to_one(guest, event);
}

/// Who is ignored is so by another name, too.
void ChatHub::keep_ignoring(const std::string& before, const std::string& after) {
    const auto found = ignorers_.find(before);
    if (found == ignorers_.end() || before == after)
        return;
    const std::vector<Member> ignorers = std::move(found->second);
    ignorers_.erase(found);
    for (const Member member : ignorers) {
        std::vector<std::string>& ignored = guests_.at(member).change_extras().ignored;
        std::erase(ignored, before);
        if (std::find(ignored.begin(), ignored.end(), after) != ignored.end())
            continue;
        ignored.push_back(after);
        ignorers_[after].push_back(member);
    }
}

void ChatHub::away(Guest& guest, const Request& request) {
    if (request.text.size() > settings_.longest_text)
        return refuse(guest, request, Refusal::text_too_long);
    Event refused;
    if (!request.text.empty() && is_muted(guest, refused))
        return refuse(guest, request, Refusal::muted, refused);
    const bool is_new = guest.extras().away != request.text;
    if (is_new)
        guest.change_extras().away = request.text;
    Event event = event_of(Event::Kind::away, guest, request.label);
    event.number = request.text.empty() ? 0 : 1;
    courier_.to_one(guest, event);
    if (!is_new)
        return;
    event.kind = Event::Kind::away_changed;
    event.label = {};
    tell_neighbours(guest, event);
}

} // namespace tern::chat
