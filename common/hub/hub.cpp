#include "common/hub/hub.h"

#include <algorithm>

namespace tern {

std::ptrdiff_t Circle::take_out(Member member) noexcept {
    const auto place = std::find(members_.begin(), members_.end(), member);
    if (place == members_.end())
        return -1;
    const std::ptrdiff_t index = place - members_.begin();
    *place = members_.back();
    members_.pop_back();
    return index;
}

void Deliveries::join(Circle& circle, Member member) { circle.members_.push_back(member); }

void Deliveries::leave(Circle& circle, Member member) { circle.take_out(member); }

void Deliveries::deliver_round(Circle& circle, Message message, Member except) {
    std::vector<Member> to(circle.members_);
    std::erase(to, except);
    deliver(std::span<const Member>(to), std::move(message));
}

} // namespace tern
