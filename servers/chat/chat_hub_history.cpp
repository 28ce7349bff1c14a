// What was said before: to newcomers, and to who asks.

#include "servers/chat/chat_hub.h"

#include <algorithm>

namespace tern::chat {
namespace {

using std::chrono::milliseconds;

std::string_view next_word(std::string_view& text) noexcept {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    return word;
}

/// As those who are shown it see it.
std::uint64_t milliseconds_of(WallClock::time_point time) {
    return static_cast<std::uint64_t>(
        std::chrono::floor<milliseconds>(time.time_since_epoch()).count());
}

/// Places in a room's history: `from` the first that is meant to `to` behind the last.
struct Part {
    std::size_t from = 0, to = 0;
    std::size_t size() const noexcept { return to > from ? to - from : 0; }
    Part first(std::size_t most) const noexcept { return {from, from + std::min(most, size())}; }
    Part last(std::size_t most) const noexcept { return {to - std::min(most, size()), to}; }
};

/// The messages that a reference names: "ID", or "@T", all in this millisecond since 1970. If there
/// are none, nothing at the place where they would be.
Part part_at(const std::deque<Said>& said, std::string_view reference) {
    const bool is_time = reference.starts_with('@');
    const std::uint64_t wanted = number_from(reference.substr(is_time ? 1 : 0));
    const auto is_before = [&](std::uint64_t end) {
        return [is_time, end](const Said& one) {
            return (is_time ? milliseconds_of(one.time) : one.id) < end;
        };
    };
    const auto place = [&](std::uint64_t end) {
        return static_cast<std::size_t>(
            std::partition_point(said.begin(), said.end(), is_before(end)) - said.begin());
    };
    return {place(wanted), place(wanted + 1)};
}

/// Which messages a request's text means, at most so many.
Part part_of(const std::deque<Said>& said, std::string_view text, std::size_t most) {
    const std::string_view which = next_word(text);
    const Part here = part_at(said, next_word(text));
    if (which == "before")
        return Part{0, here.from}.last(most);
    if (which == "after")
        return Part{here.to, said.size()}.first(most);
    if (which == "since")
        return Part{here.to, said.size()}.last(most);
    if (which == "around") {
        const std::size_t from = here.from - std::min(here.from, most / 2);
        return Part{from, said.size()}.first(most);
    }
    if (which == "between") {
        const Part there = part_at(said, next_word(text));
        return here.from <= there.from ? Part{here.to, there.from}.first(most)
                                       : Part{there.to, here.from}.last(most);
    }
    return Part{0, said.size()}.last(most);
}

} // namespace

void ChatHub::show_history(const Guest& guest, Room& room, std::size_t from, std::size_t to,
                           std::string_view label, bool on_joining) {
    std::vector<Event> said;
    for (std::size_t i = from; i < to; ++i)
        said.push_back(room.said()[i].event(room.name()));
    Event event = event_of(Event::Kind::history, guest, label);
    event.room = room.name();
    event.said = said;
    event.number = on_joining ? 1 : 0;
    courier_.to_one(guest, event);
}

void ChatHub::history(Guest& guest, const Request& request) {
    Room* const room = room_for(guest, request);
    if (room == nullptr)
        return;
    if (guest.stay_in(*room) == nullptr)
        return refuse(guest, request, Refusal::not_in_room);
    const std::size_t most = std::min<std::size_t>(request.number, room->said().size());
    const Part part = part_of(room->said(), request.text, most);
    show_history(guest, *room, part.from, part.to, request.label, false);
}

void ChatHub::histories(Guest& guest, const Request& request) {
    std::string_view text = request.text;
    const std::uint64_t one = number_from(next_word(text));
    const std::uint64_t other = number_from(next_word(text));
    std::vector<Event> last;
    for (const Stay& stay : guest.stays) {
        if (stay.room->said().empty())
            continue;
        const Said& said = stay.room->said().back();
        const std::uint64_t time = milliseconds_of(said.time);
        if (time > std::min(one, other) && time < std::max(one, other))
            last.push_back(said.event(stay.room->name()));
    }
    std::sort(last.begin(), last.end(),
              [](const Event& first, const Event& second) { return first.id < second.id; });
    const std::size_t most = std::min<std::size_t>(request.number, last.size());
    Event event = event_of(Event::Kind::histories, guest, request.label);
    event.said = std::span(last).subspan(one <= other ? 0 : last.size() - most, most);
    courier_.to_one(guest, event);
}

} // namespace tern::chat
