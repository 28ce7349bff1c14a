#pragma once
// The hub where it lives: serialises what sessions tell it, and posts what it delivers.

#include "common/hub/congestion.h"
#include "common/hub/hub.h"

#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace tern {

/// One message for those members that one runner runs.
struct Parcel {
    Message message;
    MemberList to;
    Member except = nobody; ///< who is in the list, but does not get it
};

/// Where a runner's parcels go.
class Inbox {
public:
    virtual ~Inbox() = default;
    /// Any thread; called in the hub's order, and must not block or call the hub.
    virtual void post(Parcel parcel) = 0;
};

/// Thread-safe. Posts each delivery once per runner that has members among the receivers.
class LocalHub final : private Deliveries {
public:
    /// The hub outlives this front of it.
    explicit LocalHub(Hub& hub) noexcept : hub_(hub) {}
    /// Null for a service that shares nothing.
    static std::unique_ptr<LocalHub> over(Hub* hub) {
        return hub != nullptr ? std::make_unique<LocalHub>(*hub) : nullptr;
    }

    /// A number for a member that is about to enter, so that its inbox can know it first.
    Member new_member();
    void enter(Member member, Inbox& inbox);
    void tell(Member from, std::string_view message);
    /// When it returns, nothing more is posted for this member.
    void leave(Member member);

    Congestion& congestion() noexcept { return congestion_; }

private:
    void deliver(std::span<const Member> to, Message message) override;
    void join(Circle& circle, Member member) override;
    void leave(Circle& circle, Member member) override;
    void deliver_round(Circle& circle, Message message, Member except) override;

    Hub& hub_;
    Congestion congestion_;
    std::mutex mutex_; ///< held while the hub runs: its order is everybody's order
    Member last_member_ = 0;
    std::unordered_map<Member, Inbox*> members_;
    std::unordered_map<Inbox*, std::vector<Member>> by_runner_; ///< scratch of deliver()
};

} // namespace tern
