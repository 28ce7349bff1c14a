#pragma once
// Whatever runs sessions — a reactor, a client's thread, a child process — as the hub sees it,
// and the hub as its sessions see it.
//
// A message for a room is posted once per runner that has members there; the runner puts it into
// their mailboxes on its own thread.

#include "common/hub/congestion.h"
#include "common/hub/hub.h"

#include <string_view>

namespace tern {

class Runner {
public:
    virtual ~Runner() = default;

    /// Enters the calling session's mailbox into the hub; deliveries come until leave().
    virtual Member enter(Mailbox& mailbox) = 0;
    /// Throws std::length_error past hub_message_limit: protocols have limits of their own, below.
    virtual void tell(Member from, std::string_view message) = 0;
    virtual void leave(Member member) noexcept = 0;
    /// Whether more is said than is handed out: who speaks is to wait for a moment.
    virtual bool is_congested() const noexcept { return false; }

    /// Readable when post has arrived; -1 where post announces itself by a Waker instead.
    virtual int descriptor() const noexcept { return -1; }
    /// Puts what arrived into the members' mailboxes, which wakes them.
    virtual void deliver_post() = 0;
};

/// A session's stay in the hub: leaves when it dies.
class Membership {
public:
    Membership(Runner& runner, Mailbox& mailbox)
        : runner_(runner), member_(runner.enter(mailbox)) {}
    ~Membership() { runner_.leave(member_); }
    Membership(const Membership&) = delete;
    Membership& operator=(const Membership&) = delete;

    void tell(std::string_view message) { runner_.tell(member_, message); }
    Member id() const noexcept { return member_; }
    /// Whether it is to be told nothing more for now.
    bool is_congested() const noexcept { return runner_.is_congested(); }

private:
    Runner& runner_;
    const Member member_;
};

} // namespace tern
