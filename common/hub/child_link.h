#pragma once
// The parent's end of a forked child's channel to the hub: the child as the hub sees it.

#include "common/hub/hub_frame.h"
#include "common/hub/local_hub.h"
#include "common/net/channel.h"
#include "common/session/session.h"

#include <deque>
#include <unordered_map>

namespace tern {

class ChildLink final : private Inbox {
public:
    /// The hub outlives the link.
    ChildLink(LocalHub& hub, net::Channel channel) noexcept
        : hub_(hub), channel_(std::move(channel)), heap_(&hub.congestion()) {}
    /// All members of the child leave, whatever became of it.
    ~ChildLink() override;
    ChildLink(const ChildLink&) = delete;
    ChildLink& operator=(const ChildLink&) = delete;

    /// Carries frames both ways until the child is gone, or too slow to keep.
    Task<void> serve();

private:
    void post(Parcel parcel) override;
    /// False when the channel is of no more use.
    bool receive_some();
    bool send_all();
    /// What is to be waited for next, and until when.
    short prepare(Wait& wait);
    bool is_stalled() const noexcept;
    void obey(const HubFrame& frame);

    LocalHub& hub_;
    net::Channel channel_;
    Session* session_ = nullptr;                      ///< the one that runs serve()
    std::unordered_map<Member, Member> hub_number_;   ///< of the child's
    std::unordered_map<Member, Member> child_number_; ///< of the hub's
    std::deque<std::string> outgoing_;
    std::size_t bytes_ = 0;                         ///< of what is outgoing, with its overhead
    Clock::time_point blocked_since_ = no_deadline; ///< since when the channel takes nothing
    Congestion::Heap heap_;
    bool overrun_ = false;
};

/// A link as a session of its own, for as long as it lasts.
Task<void> serve_child_link(LocalHub& hub, net::Channel channel);

} // namespace tern
