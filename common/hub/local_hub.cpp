#include "common/hub/local_hub.h"

#include <utility>

namespace tern {

Member LocalHub::new_member() {
    const std::lock_guard lock(mutex_);
    return ++last_member_;
}

void LocalHub::enter(Member member, Inbox& inbox) {
    const std::lock_guard lock(mutex_);
    members_.emplace(member, &inbox);
    hub_.entered(member, *this);
}

void LocalHub::tell(Member from, std::string_view message) {
    const std::lock_guard lock(mutex_);
    hub_.received(from, message, *this);
}

void LocalHub::leave(Member member) {
    const std::lock_guard lock(mutex_);
    if (members_.erase(member) > 0)
        hub_.left(member, *this);
}

void LocalHub::deliver(std::span<const Member> to, Message message) {
    for (const Member member : to) {
        const auto found = members_.find(member);
        if (found != members_.end())
            by_runner_[found->second].push_back(member);
    }
    for (auto& [inbox, members] : by_runner_)
        inbox->post({message, std::move(members)});
    by_runner_.clear();
}

} // namespace tern
