#include "common/hub/local_runner.h"

#include <stdexcept>
#include <utility>

namespace tern {

Member LocalRunner::enter(Mailbox& mailbox) {
    if (hub_ == nullptr)
        throw std::logic_error("this service has no hub");
    const Member member = hub_->new_member();
    {
        const std::lock_guard lock(mutex_);
        mailboxes_.emplace(member, &mailbox);
    }
    hub_->enter(member, *this);
    return member;
}

void LocalRunner::tell(Member from, std::string_view message) {
    if (message.size() > hub_message_limit)
        throw std::length_error("a message to the hub is too long");
    hub_->tell(from, message);
}

void LocalRunner::leave(Member member) noexcept {
    {
        const std::lock_guard lock(mutex_);
        mailboxes_.erase(member);
    }
    hub_->leave(member);
}

void LocalRunner::post(Parcel parcel) {
    bool first = false;
    {
        const std::lock_guard lock(post_mutex_);
        first = parcels_.empty();
        bytes_ += parcel.message->size();
        parcels_.push_back(std::move(parcel));
        heap_.set(Congestion::is_heap(parcels_.size(), bytes_));
    }
    if (first)
        postman_.wake();
}

void LocalRunner::deliver_post() {
    std::vector<Parcel> parcels;
    {
        const std::lock_guard lock(post_mutex_);
        parcels.swap(parcels_);
        bytes_ = 0;
        heap_.set(false);
    }
    // Under the lock, so that a mailbox cannot leave and die while it is being filled.
    const std::lock_guard lock(mutex_);
    for (const Parcel& parcel : parcels) {
        for (const Member member : *parcel.to) {
            if (member == parcel.except)
                continue;
            const auto found = mailboxes_.find(member);
            if (found != mailboxes_.end())
                found->second->put(parcel.message);
        }
    }
}

} // namespace tern
