#include "servers/chat/courier.h"

#include <algorithm>

namespace tern::chat {
namespace {

/// A long answer is sent in pieces of so many bytes; a stream does not mind.
constexpr std::size_t longest_piece = std::size_t{32} << 10;

} // namespace

bool Courier::render(const Voice& voice, const Event& event, bool own, std::string_view name,
                     Answer answer) {
    begin_message(text_, answer, now_);
    const Dialect* const dialect = dialects_[static_cast<std::size_t>(voice.door)];
    if (dialect != nullptr)
        dialect->render(event, {voice.capabilities, own, name}, text_);
    return text_.size() > message_header_size;
}

void Courier::to_others(const Crowd& crowd, const Event& event, const Guest* actor) {
    Event unlabelled = event;
    unlabelled.label = {};
    const Member except = actor != nullptr ? actor->id : nobody;
    for (const std::unique_ptr<Crowd::Group>& group : crowd.groups()) {
        const std::size_t size = group->circle.members().size();
        const bool has_actor = actor != nullptr && group->voice == actor->voice;
        const std::size_t kept = group->keepers.size();
        const std::size_t own = has_actor ? 1 : 0;
        if (size <= own && kept <= own)
            continue;
        if (!render(group->voice, unlabelled, false, {}, Answer::text))
            continue;
        const Message text = message();
        for (const Guest* const keeper : group->keepers)
            if (keeper != actor)
                keeper->way_back->backlog.keep(text);
        deliveries_->deliver_round(group->circle, text, except);
        counters_.deliveries.add(size - std::min(size, own));
    }
}

void Courier::to_guests(std::span<Guest* const> guests, const Event& event) {
    Event unlabelled = event;
    unlabelled.label = {};
    std::vector<Guest*> left(guests.begin(), guests.end());
    std::vector<Member> to;
    while (!left.empty()) {
        const Voice voice = left.front()->voice;
        const bool has_text = render(voice, unlabelled, false, {}, Answer::text);
        const Message text = has_text ? message() : nullptr;
        to.clear();
        std::erase_if(left, [&](const Guest* guest) {
            if (guest->voice != voice)
                return false;
            if (!guest->is_cut_off)
                to.push_back(guest->id);
            if (has_text && guest->way_back)
                guest->way_back->backlog.keep(text);
            return true;
        });
        if (!has_text || to.empty())
            continue;
        deliveries_->deliver(to, text);
        counters_.deliveries.add(to.size());
    }
}

void Courier::send(const Guest& guest, const Event& event, bool own, Answer answer) {
    const bool has_text = render(guest.voice, event, own, guest.name, answer);
    if (!has_text && answer == Answer::text)
        return;
    if (guest.way_back && has_text)
        guest.way_back->backlog.keep(message());
    if (!guest.is_cut_off)
        deliver_text(guest.id, answer);
}

void Courier::pass_by(const Guest& guest, const Event& event, Answer answer) {
    render(guest.voice, event, false, guest.name, answer);
    deliver_text(guest.id, answer);
}

void Courier::deliver_text(Member to, Answer answer) {
    answered_ += text_.size();
    if (text_.size() <= longest_piece) {
        deliveries_->deliver({&to, 1}, message());
        return;
    }
    const std::string_view all = text_;
    for (std::size_t at = message_header_size; at < all.size(); at += longest_piece) {
        const std::string_view piece = all.substr(at, longest_piece);
        // What the byte says holds once all is told.
        const bool is_last = at + longest_piece >= all.size();
        deliveries_->deliver({&to, 1}, make_message(is_last ? answer : Answer::part, piece));
    }
}

} // namespace tern::chat
