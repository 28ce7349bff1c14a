#include "common/session/mailbox.h"

#include "common/session/session.h"

#include <algorithm>
#include <utility>

namespace tern {
namespace {

/// Messages that a mailbox without post may have room for.
constexpr std::size_t most_room_kept = 64;
/// So many times the room that the last post took is kept for the next one.
constexpr std::size_t room_kept_per_message = 8;

std::size_t weight_of(const Message& message) noexcept {
    return message->size() + message_overhead;
}

} // namespace

Mailbox::Mailbox(Session& owner, std::size_t capacity, Overflow overflow) noexcept
    : owner_(owner), capacity_(capacity), overflow_(overflow) {}

bool Mailbox::is_full(std::size_t weight) const noexcept {
    if (messages_.empty())
        return false;
    return bytes_ + weight > most_post_bytes || (blocked_ && messages_.size() >= capacity_);
}

/// In its place, however many wait: the list is a ring until it is put in order.
void Mailbox::replace_oldest(Message message, std::size_t weight) {
    bytes_ += weight;
    bytes_ -= weight_of(messages_[oldest_]);
    messages_[oldest_] = std::move(message);
    oldest_ = (oldest_ + 1) % messages_.size();
    ++lost_;
    if (bytes_ <= most_post_bytes)
        return;
    put_in_order(); // it was a small one: more have to go, and some more, so that this is seldom
    std::size_t dropped = 0;
    while (bytes_ > most_post_bytes - most_post_bytes / 8)
        bytes_ -= weight_of(messages_[dropped++]);
    messages_.erase(messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(dropped));
    lost_ += dropped;
}

void Mailbox::put_in_order() {
    const auto oldest = messages_.begin() + static_cast<std::ptrdiff_t>(std::exchange(oldest_, 0));
    if (oldest != messages_.begin())
        std::rotate(messages_.begin(), oldest, messages_.end());
}

void Mailbox::put(Message message) {
    const std::size_t weight = weight_of(message);
    bool wakes = false;
    {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return;
        wakes = messages_.empty();
        if (!is_full(weight)) {
            put_in_order();
            messages_.push_back(std::move(message));
            bytes_ += weight;
        } else if (overflow_ == Overflow::drop_oldest) {
            replace_oldest(std::move(message), weight);
        } else {
            closed_ = overrun_ = wakes = true;
        }
    }
    if (wakes) // else it has been woken since it last looked
        owner_.wake();
}

void Mailbox::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    owner_.wake();
}

void Mailbox::note_blocked(bool is_blocked) {
    const std::lock_guard lock(mutex_);
    blocked_ = is_blocked;
}

Mailbox::Post Mailbox::take() {
    Post post;
    take(post);
    return post;
}

void Mailbox::take(Post& post) {
    post.messages.clear();
    std::vector<Message> given_back; // outside of the lock
    const std::lock_guard lock(mutex_);
    put_in_order();
    std::swap(post.messages, messages_);
    bytes_ = 0;
    // No post says nothing about the next one: a session looks again before it waits.
    const std::size_t came = post.messages.size();
    const std::size_t room = messages_.capacity();
    if (room > most_room_kept || (came > 0 && room > came * room_kept_per_message))
        given_back.swap(messages_);
    post.lost = std::exchange(lost_, 0);
    post.closed = closed_;
    post.overrun = overrun_;
}

bool Mailbox::is_closed() {
    const std::lock_guard lock(mutex_);
    return closed_;
}

bool Mailbox::is_overrun() {
    const std::lock_guard lock(mutex_);
    return overrun_;
}

} // namespace tern
