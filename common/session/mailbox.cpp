#include "common/session/mailbox.h"

#include "common/session/session.h"

#include <utility>

namespace tern {
namespace {

/// Messages that a mailbox without post may have room for.
constexpr std::size_t most_room_kept = 64;
/// So many times the room that the last post took is kept for the next one.
constexpr std::size_t room_kept_per_message = 8;

} // namespace

Mailbox::Mailbox(Session& owner, std::size_t capacity, Overflow overflow) noexcept
    : owner_(owner), capacity_(capacity), overflow_(overflow) {}

void Mailbox::put(Message message) {
    bool wakes = false;
    {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return;
        wakes = messages_.empty();
        if (messages_.size() >= capacity_ && overflow_ == Overflow::disconnect) {
            closed_ = wakes = true;
        } else {
            if (messages_.size() >= capacity_) {
                messages_.erase(messages_.begin());
                ++lost_;
            }
            messages_.push_back(std::move(message));
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

Mailbox::Post Mailbox::take() {
    Post post;
    take(post);
    return post;
}

void Mailbox::take(Post& post) {
    post.messages.clear();
    std::vector<Message> given_back; // outside of the lock
    const std::lock_guard lock(mutex_);
    std::swap(post.messages, messages_);
    // No post says nothing about the next one: a session looks again before it waits.
    const std::size_t came = post.messages.size();
    const std::size_t room = messages_.capacity();
    if (room > most_room_kept || (came > 0 && room > came * room_kept_per_message))
        given_back.swap(messages_);
    post.lost = std::exchange(lost_, 0);
    post.closed = closed_;
}

bool Mailbox::is_closed() {
    const std::lock_guard lock(mutex_);
    return closed_;
}

} // namespace tern
