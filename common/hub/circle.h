#pragma once
// Members that a hub delivers to again and again: a room, or part of one.
//
// A hub keeps a circle and changes it through its Deliveries, which may remember in it where each
// member is. So a delivery to a circle costs nothing per member but the delivery itself.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace tern {

class Inbox;

/// A session that has entered the hub. Never reused while the server runs, and never 0.
using Member = std::uint64_t;

/// Who gets a message; shared with runners that may read it later, so never changed once posted.
using MemberList = std::shared_ptr<const std::vector<Member>>;

class Circle {
public:
    /// In no particular order.
    std::span<const Member> members() const noexcept { return members_; }
    bool empty() const noexcept { return members_.empty(); }

private:
    friend class Deliveries;
    friend class LocalHub;

    /// Those members that one runner runs.
    struct Share {
        Inbox* inbox = nullptr;
        std::shared_ptr<std::vector<Member>> members;
        bool is_posted = false; ///< a runner may be reading it
    };

    /// The place that `member` had, or -1; the last one has it now.
    std::ptrdiff_t take_out(Member member) noexcept;

    std::vector<Member> members_;
    std::vector<Share> shares_; ///< LocalHub's
};

} // namespace tern
