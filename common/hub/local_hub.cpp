#include "common/hub/local_hub.h"

#include <algorithm>
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
    if (to.size() == 1) { // an answer
        const auto found = members_.find(to.front());
        if (found != members_.end())
            found->second->post(
                {std::move(message), std::make_shared<std::vector<Member>>(to.begin(), to.end())});
        return;
    }
    for (const Member member : to) {
        const auto found = members_.find(member);
        if (found != members_.end())
            by_runner_[found->second].push_back(member);
    }
    for (auto& [inbox, members] : by_runner_)
        inbox->post({message, std::make_shared<std::vector<Member>>(std::move(members))});
    by_runner_.clear();
}

namespace {

/// The share's list, to be changed: a new one if somebody may be reading it.
template <class Share>
std::vector<Member>& changeable(Share& share) {
    if (share.is_posted)
        share.members = std::make_shared<std::vector<Member>>(*share.members);
    share.is_posted = false;
    return *share.members;
}

} // namespace

void LocalHub::join(Circle& circle, Member member) {
    const auto found = members_.find(member);
    if (found == members_.end())
        return;
    circle.members_.push_back(member);
    auto share = std::find_if(circle.shares_.begin(), circle.shares_.end(),
                              [&](const auto& one) { return one.inbox == found->second; });
    if (share == circle.shares_.end())
        share = circle.shares_.insert(
            share, {found->second, std::make_shared<std::vector<Member>>(), false});
    changeable(*share).push_back(member);
}

void LocalHub::leave(Circle& circle, Member member) {
    if (circle.take_out(member) < 0)
        return;
    for (auto share = circle.shares_.begin(); share != circle.shares_.end(); ++share) {
        const auto place = std::find(share->members->begin(), share->members->end(), member);
        if (place == share->members->end())
            continue;
        const auto index = static_cast<std::size_t>(place - share->members->begin());
        std::vector<Member>& members = changeable(*share);
        members[index] = members.back();
        members.pop_back();
        if (members.empty())
            circle.shares_.erase(share);
        return;
    }
}

void LocalHub::deliver_round(Circle& circle, Message message, Member except) {
    for (auto& share : circle.shares_) {
        if (share.members->size() == 1 && share.members->front() == except)
            continue;
        share.is_posted = true;
        share.inbox->post({message, share.members, except});
    }
}

} // namespace tern
