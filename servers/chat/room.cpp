#include "servers/chat/room.h"

#include <algorithm>
#include <utility>

namespace tern::chat {
namespace {

constexpr std::size_t most_invited = 100;
constexpr std::string_view all_flags = "imnst";

char small(char letter) noexcept {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

} // namespace

Event Said::event(std::string_view room) const {
    Event event;
    event.kind = Event::Kind::said;
    event.id = id;
    event.time = time;
    event.who.name = name;
    event.who.user = user;
    event.who.host = host;
    event.who.door = door;
    event.room = room;
    event.text = text;
    event.manner = manner;
    return event;
}

bool* RoomModes::flag(char letter) noexcept {
    switch (letter) {
    case 'i':
        return &invite_only;
    case 'm':
        return &moderated;
    case 'n':
        return &no_outside;
    case 's':
        return &secret;
    case 't':
        return &topic_guarded;
    default:
        return nullptr;
    }
}

void RoomModes::set_flags(std::string_view letters) noexcept {
    for (const char letter : all_flags)
        *flag(letter) = letters.find(letter) != std::string_view::npos;
}

std::string RoomModes::letters() const {
    std::string text = "+";
    const auto add = [&text](bool set, char letter) {
        if (set)
            text += letter;
    };
    add(invite_only, 'i');
    add(moderated, 'm');
    add(no_outside, 'n');
    add(secret, 's');
    add(topic_guarded, 't');
    add(!key.empty(), 'k');
    add(limit > 0, 'l');
    return text;
}

std::string RoomModes::arguments(bool with_key) const {
    std::string text;
    if (!key.empty())
        text += with_key ? key : "*";
    if (limit > 0)
        text += (text.empty() ? "" : " ") + std::to_string(limit);
    return text;
}

Stay& Room::admit(Guest& guest, Deliveries& deliveries) {
    guest.stays.push_back({this, members_.size(), false, false});
    members_.push_back(&guest);
    crowd_.add(guest, deliveries);
    std::erase(invited_, guest.key);
    return guest.stays.back();
}

void Room::dismiss(Guest& guest, Deliveries& deliveries) {
    Stay* const stay = guest.stay_in(*this);
    if (stay == nullptr)
        return;
    Guest* const last = members_.back();
    members_[stay->seat] = last;
    last->stay_in(*this)->seat = stay->seat;
    members_.pop_back();
    guest.stays.erase(guest.stays.begin() + (stay - guest.stays.data()));
    crowd_.remove(guest, deliveries);
}

void Room::regroup(const Guest& guest, const Voice& before, Deliveries& deliveries) {
    Guest as_before;
    as_before.id = guest.id;
    as_before.voice = before;
    crowd_.remove(as_before, deliveries);
    crowd_.add(guest, deliveries);
}

const std::deque<Said>& Room::said() const noexcept {
    static const std::deque<Said> nothing;
    return said_ ? *said_ : nothing;
}

void Room::remember(Said said, std::size_t most) {
    if (!said_)
        said_ = std::make_unique<std::deque<Said>>();
    said_->push_back(std::move(said));
    while (said_->size() > most)
        said_->pop_front();
}

void Room::forget_before(WallClock::time_point time) {
    while (!said().empty() && said_->front().time < time)
        said_->pop_front();
    if (said().empty())
        said_.reset();
}

bool Room::is_invited(std::string_view key) const noexcept {
    return std::find(invited_.begin(), invited_.end(), key) != invited_.end();
}

void Room::invite(std::string key) {
    if (is_invited(key))
        return;
    invited_.push_back(std::move(key));
    if (invited_.size() > most_invited)
        invited_.erase(invited_.begin());
}

bool mask_fits(std::string_view mask, std::string_view text) noexcept {
    // Back to the last star whenever the rest does not fit: never worse than mask times text.
    std::size_t at = 0, in_mask = 0, star = std::string_view::npos, resume = 0;
    while (at < text.size()) {
        if (in_mask < mask.size() && mask[in_mask] == '*') {
            star = in_mask++;
            resume = at;
        } else if (in_mask < mask.size() &&
                   (mask[in_mask] == '?' || small(mask[in_mask]) == small(text[at]))) {
            ++in_mask;
            ++at;
        } else if (star != std::string_view::npos) {
            in_mask = star + 1;
            at = ++resume;
        } else {
            return false;
        }
    }
    return mask.find_first_not_of('*', in_mask) == std::string_view::npos;
}

} // namespace tern::chat
