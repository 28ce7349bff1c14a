#pragma once
// What the sessions of a server share, as a state machine: messages in, deliveries out.
//
// A hub lives in one place (this process, or the parent of forked ones) and is called by one
// thread at a time, so it needs no locks and is written once for all strategies. Sessions reach
// it through their runner, by messages only.

#include "common/hub/circle.h"
#include "common/session/mailbox.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tern {

/// The longest message that a session may tell the hub; the hub's own may be twice as long. The
/// same everywhere, though only the channels to forked children need a limit.
inline constexpr std::size_t hub_message_limit = std::size_t{48} << 10;

/// No member.
inline constexpr Member nobody = 0;

/// Where a hub says what goes to whom.
class Deliveries {
public:
    virtual ~Deliveries() = default;
    /// One buffer to many members, each of which gets it after all earlier deliveries to it.
    virtual void deliver(std::span<const Member> to, Message message) = 0;

    /// A circle's members change only so, and those who leave the hub leave their circles first.
    virtual void join(Circle& circle, Member member);
    virtual void leave(Circle& circle, Member member);
    /// One buffer to all of the circle but one.
    virtual void deliver_round(Circle& circle, Message message, Member except = nobody);
};

class Hub {
public:
    virtual ~Hub() = default;
    virtual void entered(Member member, Deliveries& deliveries) = 0;
    virtual void received(Member from, std::string_view message, Deliveries& deliveries) = 0;
    /// However the member went: it left, its session ended, or its process was killed.
    virtual void left(Member member, Deliveries& deliveries) = 0;
};

} // namespace tern
