// Members whose connection breaks, and who come back (docs/decisions/0029).

#include "servers/chat/chat_hub.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

namespace tern::chat {
namespace {

constexpr std::size_t longest_piece = std::size_t{32} << 10;

/// 128 bits that nobody guesses.
std::string random_token() {
    std::random_device source;
    std::string token;
    for (int i = 0; i < 4; ++i)
        token += fmt::format("{:08x}", source());
    return token;
}

} // namespace

/// From here on, all that it is told is kept.
void ChatHub::let_return(Guest& guest) {
    if (guest.voice.door != Door::web || settings_.resume.grace <= Clock::duration::zero())
        return;
    Backlog backlog(settings_.resume.messages, settings_.resume.bytes);
    guest.way_back = std::make_unique<WayBack>(WayBack{std::move(backlog), random_token(), {}});
    by_token_[guest.way_back->token] = &guest;
}

/// Its connection is gone without a word: to everybody else it stays.
void ChatHub::cut_off(Guest& guest) {
    Deliveries& deliveries = courier_.deliveries();
    everybody_.cut_off(guest, deliveries);
    for (const Stay& stay : guest.stays)
        stay.room->crowd().cut_off(guest, deliveries);
    guest.is_cut_off = true;
    guest.way_back->expires = time_.now() + settings_.resume.grace;
    cut_off_.push_back(guest.id);
}

void ChatHub::resume(Guest& guest, const Request& request) {
    if (guest.is_named())
        return;
    const auto found = by_token_.find(std::string(request.target));
    Guest* const kept = found != by_token_.end() ? found->second : nullptr;
    const bool is_alike = kept != nullptr && kept->voice == guest.voice;
    const auto missed = is_alike ? kept->way_back->backlog.since(request.number) : std::nullopt;
    if (missed && bans_.find(kept->key, guest.address, time_.now()) == nullptr)
        return take_over(*kept, guest, *missed);
    if (kept != nullptr) { // too late for it, but the name is free for who holds the token
        if (!kept->is_cut_off)
            courier_.pass_by(*kept, event_of(Event::Kind::replaced, *kept), Answer::closing);
        go(*kept, {});
    }
    courier_.pass_by(guest, event_of(Event::Kind::not_resumed, guest, request.label),
                     Answer::not_named);
}

/// `kept` has the connection of `guest` from now on, which is nobody any more.
void ChatHub::take_over(Guest& kept, const Guest& guest, const std::vector<Message>& missed) {
    Deliveries& deliveries = courier_.deliveries();
    if (!kept.is_cut_off) { // its old connection has not noticed yet
        courier_.pass_by(kept, event_of(Event::Kind::replaced, kept), Answer::closing);
        cut_off(kept);
    }
    const Member before = kept.id, now = guest.id;
    const std::string address = guest.address;
    kept.address_key = guest.address_key;
    guests_.erase(now);
    auto node = guests_.extract(before);
    node.key() = now;
    guests_.insert(std::move(node));
    for (const std::string& key : kept.extras().ignored)
        std::replace(ignorers_[key].begin(), ignorers_[key].end(), before, now);
    std::erase(cut_off_, before);
    kept.id = now;
    kept.address = address;
    kept.is_cut_off = false;
    everybody_.connect(kept, deliveries);
    for (const Stay& stay : kept.stays)
        stay.room->crowd().connect(kept, deliveries);
    tell_again(kept, missed);
    Event event = event_of(Event::Kind::resumed, kept);
    event.target = kept.name;
    courier_.pass_by(kept, event, Answer::named);
}

/// In large pieces: there may be more of them than a mailbox takes.
void ChatHub::tell_again(const Guest& guest, const std::vector<Message>& missed) {
    std::string piece;
    const auto flush = [&](Answer answer) {
        if (!piece.empty())
            courier_.deliveries().deliver({&guest.id, 1}, make_message(answer, piece));
        piece.clear();
    };
    for (const Message& message : missed) {
        std::string_view bytes = wire_bytes(*message);
        if (piece.size() + bytes.size() > longest_piece)
            flush(Answer::text);
        for (; bytes.size() > longest_piece; bytes.remove_prefix(longest_piece)) {
            piece = bytes.substr(0, longest_piece);
            flush(Answer::part);
        }
        piece += bytes;
    }
    flush(Answer::text);
}

/// Who has not come back in time has left.
void ChatHub::tick(Guest& /*guest*/, const Request& /*request*/) {
    std::erase_if(cut_off_, [this](Member member) {
        const auto found = guests_.find(member);
        if (found == guests_.end())
            return true;
        Guest& guest = found->second;
        if (!guest.is_gone && guest.way_back->expires > time_.now())
            return false;
        if (!guest.is_gone)
            go(guest, {});
        guests_.erase(found);
        return true;
    });
}

} // namespace tern::chat
