#include "servers/chat/chat_hub.h"

#include "common/net/address.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tern::chat {

ChatHub::ChatHub(HubSettings settings, const Surroundings& surroundings)
    : settings_(std::move(settings)), counters_(surroundings.counters), time_(surroundings.time),
      journal_(surroundings.journal), courier_(surroundings.dialects, surroundings.counters),
      speech_per_member_(settings_.speech_per_member),
      speech_per_address_(settings_.speech_per_address),
      joins_per_address_(settings_.joins_per_address),
      requests_per_member_(settings_.requests_per_member),
      requests_per_address_(settings_.requests_per_address) {
    for (const std::string& name : settings_.reserved_names)
        reserved_.insert(key_of(name));
    new_modes_.set_flags(settings_.room_modes);
}

ChatHub::~ChatHub() = default;

ChatHub::Handler ChatHub::handler_of(Request::Kind kind) noexcept {
    // In the order of Request::Kind.
    static constexpr std::array<Handler, Request::kinds> handlers = {
        nullptr,
        &ChatHub::hello,
        &ChatHub::capabilities,
        &ChatHub::enter,
        &ChatHub::rename,
        &ChatHub::say,
        &ChatHub::join,
        &ChatHub::part,
        &ChatHub::topic,
        &ChatHub::names,
        &ChatHub::rooms,
        &ChatHub::whois,
        &ChatHub::find,
        &ChatHub::history,
        &ChatHub::ignore,
        &ChatHub::away,
        &ChatHub::invite,
        &ChatHub::mode,
        &ChatHub::modes,
        &ChatHub::become_operator,
        &ChatHub::kick,
        &ChatHub::ban,
        &ChatHub::unban,
        &ChatHub::mute,
        &ChatHub::unmute,
        &ChatHub::announce,
        &ChatHub::quit,
        &ChatHub::echo,
        &ChatHub::resume,
        &ChatHub::tick,
        &ChatHub::search,
        &ChatHub::histories,
        &ChatHub::together,
        &ChatHub::census,
        &ChatHub::own_mode,
    };
    return handlers.at(static_cast<std::size_t>(kind));
}

void ChatHub::entered(Member member, Deliveries& /*deliveries*/) { guests_[member].id = member; }

void ChatHub::received(Member from, std::string_view message, Deliveries& deliveries) {
    const auto found = guests_.find(from);
    const std::optional<Request> request = decode_request(message);
    if (found == guests_.end() || !request)
        return;
    courier_.begin(deliveries, time_.now());
    Guest& guest = found->second;
    handle(guest, *request);
}

void ChatHub::handle(Guest& guest, const Request& request) {
    if (may_ask(guest, request))
        fulfil(guest, request);
}

/// Nothing comes between them, and the guest stays who it is.
void ChatHub::together(Guest& guest, const Request& request) {
    using enum Request::Kind;
    courier_.collect_for(guest);
    std::string_view rest = request.text;
    while (const std::optional<Request> one = take_request(rest))
        if (one->kind != together && one->kind != resume)
            handle(guest, *one);
    courier_.tell_collected(request.label);
}

void ChatHub::left(Member member, Deliveries& deliveries) {
    const auto found = guests_.find(member);
    if (found == guests_.end())
        return;
    courier_.begin(deliveries, time_.now());
    if (found->second.way_back && !found->second.is_gone)
        return cut_off(found->second);
    go(found->second, {});
    guests_.erase(found);
}

bool ChatHub::may_ask(Guest& guest, const Request& request) {
    using enum Request::Kind;
    if (guest.is_gone)
        return false;
    const bool says_hello = request.kind == hello;
    if (guest.greeted == says_hello)
        return false;
    const bool needs_no_name = request.kind == capabilities || request.kind == enter ||
                               request.kind == quit || request.kind == resume ||
                               request.kind == echo || request.kind == together || says_hello ||
                               guest.voice.door == Door::administrator;
    if (request.kind == tick && guest.voice.door != Door::administrator)
        return false;
    if (guest.is_named() || needs_no_name)
        return true;
    refuse(guest, request, Refusal::not_named_yet);
    return false;
}

void ChatHub::hello(Guest& guest, const Request& request) {
    if (request.number >= door_count || !courier_.speaks(static_cast<Door>(request.number)))
        return;
    guest.greeted = true;
    guest.voice.door = static_cast<Door>(request.number);
    guest.address = request.target;
    const Result<net::Address> address = net::Address::parse(guest.address, 0);
    guest.address_key = address ? address->limit_key() : 0;
    if (guest.voice.door == Door::administrator)
        return;
    const Penalties::Penalty* const banned = bans_.find({}, guest.address, time_.now());
    if (banned != nullptr) {
        counters_.refused(Refusal::banned);
        return expel(guest, banned->reason);
    }
    courier_.to_one(guest, event_of(Event::Kind::prompt, guest));
}

void ChatHub::capabilities(Guest& guest, const Request& request) {
    const Voice before = guest.voice;
    guest.voice.capabilities = request.number;
    if (before == guest.voice || !guest.is_named())
        return;
    Guest as_before;
    as_before.id = guest.id;
    as_before.voice = before;
    everybody_.remove(as_before, courier_.deliveries());
    everybody_.add(guest, courier_.deliveries());
    for (const Stay& stay : guest.stays)
        stay.room->regroup(guest, before, courier_.deliveries());
}

Refusal ChatHub::refusal_of_name(const Name& name, const Guest& guest) const {
    switch (name.fault) {
    case NameFault::empty:
        return Refusal::name_empty;
    case NameFault::too_long:
        return Refusal::name_too_long;
    case NameFault::not_allowed:
        return Refusal::name_not_allowed;
    case NameFault::none:
        break;
    }
    const auto found = by_name_.find(name.key);
    if ((found != by_name_.end() && found->second != &guest) || reserved_.contains(name.key))
        return Refusal::name_in_use;
    return bans_.find(name.key, guest.address, time_.now()) != nullptr ? Refusal::banned
                                                                       : Refusal::none;
}

void ChatHub::enter(Guest& guest, const Request& request) {
    if (guest.is_named())
        return rename(guest, request);
    const Name name = name_from(request.target, settings_.names);
    Refusal refusal = refusal_of_name(name, guest);
    if (refusal == Refusal::none && by_name_.size() >= settings_.max_members)
        refusal = Refusal::server_full;
    if (refusal != Refusal::none) {
        counters_.refused(refusal);
        Event event = event_of(Event::Kind::refused, guest, request.label);
        event.refusal = refusal;
        event.request = request.kind;
        event.target = request.target;
        event.number = settings_.names.longest;
        return courier_.to_one(guest, event, Answer::not_named);
    }
    guest.name = name.text;
    guest.key = name.key;
    guest.user = request.room;
    guest.real_name = request.text;
    guest.entered = guest.last_spoke = time_.wall();
    by_name_[guest.key] = &guest;
    let_return(guest);
    everybody_.add(guest, courier_.deliveries());
    counters_.members.add();
    census_.most_members = std::max(census_.most_members, by_name_.size());
    Event event = event_of(Event::Kind::named, guest, request.label);
    event.target = guest.name;
    event.census = count();
    if (guest.way_back)
        event.text = guest.way_back->token;
    courier_.to_one(guest, event, Answer::named);
    if (guest.voice.door == Door::irc) // IRC's clients join themselves
        return;
    Request first = request;
    first.room = settings_.first_room;
    first.text = {};
    join(guest, first);
}

void ChatHub::rename(Guest& guest, const Request& request) {
    const Name name = name_from(request.target, settings_.names);
    const Refusal refusal = refusal_of_name(name, guest);
    if (refusal != Refusal::none)
        return refuse(guest, request, refusal);
    const Member self = guest.id;
    const bool is_silent = guest.voice.door == Door::irc || guest.voice.door == Door::web;
    if (name.text == guest.name && is_silent)
        return courier_.deliveries().deliver({&self, 1}, make_message(Answer::named, {}));
    const std::string before = guest.name;
    Event event = event_of(Event::Kind::renamed, guest, request.label);
    event.who.name = before;
    event.target = name.text;
    if (name.text == before)
        return courier_.to_actor(guest, event, Answer::named);
    Event refused;
    if (is_muted(guest, refused)) // or another name would be a voice
        return refuse(guest, request, Refusal::muted, refused);
    keep_ignoring(guest.key, name.key);
    by_name_.erase(guest.key);
    guest.name = name.text;
    guest.key = name.key;
    by_name_[guest.key] = &guest;
    tell_neighbours(guest, event);
    courier_.to_actor(guest, event, Answer::named);
}

Census ChatHub::count() const {
    Census census = census_;
    census.members = by_name_.size();
    return census;
}

void ChatHub::census(Guest& guest, const Request& request) {
    Event event = event_of(Event::Kind::census, guest, request.label);
    event.census = count();
    courier_.to_one(guest, event);
}

void ChatHub::echo(Guest& guest, const Request& request) { courier_.pass_on(guest, request.text); }

void ChatHub::quit(Guest& guest, const Request& request) {
    go(guest, parting_words(guest, request));
    courier_.to_one(guest, event_of(Event::Kind::goodbye, guest, request.label), Answer::closing);
}

void ChatHub::go(Guest& guest, std::string_view reason) {
    // Who has gone keeps its session for a while, but not its name: somebody else may have that.
    if (std::exchange(guest.is_gone, true) || !guest.is_named())
        return;
    if (guest.way_back)
        by_token_.erase(guest.way_back->token);
    for (const std::string& key : guest.extras().ignored)
        if (std::erase(ignorers_[key], guest.id) > 0 && ignorers_[key].empty())
            ignorers_.erase(key);
    if (guest.own_extras)
        guest.own_extras->ignored.clear();
    Event event = event_of(Event::Kind::quit, guest);
    event.text = reason;
    const std::vector<Guest*> neighbours = neighbours_of(guest);
    Room* const only = guest.stays.size() == 1 ? guest.stays.front().room : nullptr;
    while (!guest.stays.empty()) {
        Room& room = *guest.stays.back().room;
        room.dismiss(guest, courier_.deliveries());
        if (&room != only)
            drop_if_useless(room);
    }
    everybody_.remove(guest, courier_.deliveries());
    by_name_.erase(guest.key);
    counters_.members.subtract();
    census_.operators -= guest.is_operator ? 1 : 0;
    census_.invisible -= guest.is_invisible ? 1 : 0;
    if (only != nullptr) {
        event.room = only->name();
        courier_.to_crowd(only->crowd(), event, nullptr);
        drop_if_useless(*only);
    } else {
        courier_.to_guests(neighbours, event);
    }
}

void ChatHub::expel(Guest& guest, std::string_view reason) {
    Event event = event_of(Event::Kind::expelled, guest);
    event.text = reason;
    courier_.to_one(guest, event, Answer::closing);
    go(guest, reason);
}

void ChatHub::refuse(const Guest& guest, const Request& request, Refusal refusal, Event event) {
    counters_.refused(refusal);
    event.kind = Event::Kind::refused;
    event.label = request.label;
    event.time = time_.wall();
    event.who = guest.person();
    event.refusal = refusal;
    event.request = request.kind;
    if (event.room.empty())
        event.room = request.room;
    if (event.target.empty())
        event.target = request.target;
    if (request.kind == Request::Kind::say)
        event.manner = manner_of(request);
    const bool is_name =
        request.kind == Request::Kind::rename || request.kind == Request::Kind::enter;
    courier_.to_one(guest, event, is_name ? Answer::not_named : Answer::text);
}

Event ChatHub::event_of(Event::Kind kind, const Guest& who, std::string_view label) const {
    Event event;
    event.kind = kind;
    event.who = who.person();
    event.label = label;
    event.time = time_.wall();
    return event;
}

Guest* ChatHub::find_guest(std::string_view name) {
    const auto found = by_name_.find(key_of(name));
    return found != by_name_.end() ? found->second : nullptr;
}

std::vector<Guest*> ChatHub::neighbours_of(const Guest& guest) {
    std::vector<Guest*> neighbours;
    if (guest.stays.size() < 2) // the crowd of one room is at hand already
        return neighbours;
    const std::uint64_t round = ++last_round_;
    for (const Stay& stay : guest.stays)
        for (Guest* const member : stay.room->members())
            if (member != &guest && std::exchange(member->mark, round) != round)
                neighbours.push_back(member);
    return neighbours;
}

void ChatHub::tell_neighbours(const Guest& guest, const Event& event) {
    if (guest.stays.size() == 1) {
        // The actor is told by the caller.
        Event told = event;
        told.room = guest.stays.front().room->name();
        courier_.to_others(guest.stays.front().room->crowd(), told, &guest);
        return;
    }
    courier_.to_guests(neighbours_of(guest), event);
}

} // namespace tern::chat
