#pragma once
// The runner in a forked child: its hub is in the parent, at the other end of a channel.

#include "common/hub/hub_frame.h"
#include "common/hub/runner.h"
#include "common/net/channel.h"

#include <optional>
#include <unordered_map>

namespace tern {

class RemoteRunner final : public Runner {
public:
    /// No channel where a service shares nothing.
    explicit RemoteRunner(std::optional<net::Channel> channel) noexcept
        : channel_(std::move(channel)) {}

    Member enter(Mailbox& mailbox) override;
    void tell(Member from, std::string_view message) override;
    void leave(Member member) noexcept override;
    int descriptor() const noexcept override;
    void deliver_post() override;

private:
    /// Blocks while the channel is full, for this process has nobody else to serve: what is said
    /// waits where more is said than is handed out. What comes meanwhile is put into mailboxes, so
    /// that the parent never waits for this process in turn.
    void send(HubFrame::Kind kind, Member member, std::string_view message);
    void lose_hub();

    std::optional<net::Channel> channel_;
    Member last_member_ = 0;
    std::unordered_map<Member, Mailbox*> mailboxes_;
};

} // namespace tern
