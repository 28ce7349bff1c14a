#include "common/hub/remote_runner.h"

#include <poll.h>

#include <stdexcept>

namespace tern {

namespace {

/// Others get their turn in between.
constexpr std::size_t deliveries_per_turn = 1024;

} // namespace

Member RemoteRunner::enter(Mailbox& mailbox) {
    const Member member = ++last_member_;
    mailboxes_.emplace(member, &mailbox);
    if (!channel_) // the hub was lost, or never there
        mailbox.close();
    send(HubFrame::Kind::enter, member, {});
    return member;
}

void RemoteRunner::tell(Member from, std::string_view message) {
    if (message.size() > hub_message_limit)
        throw std::length_error("a message to the hub is too long");
    send(HubFrame::Kind::tell, from, message);
}

void RemoteRunner::leave(Member member) noexcept {
    mailboxes_.erase(member);
    send(HubFrame::Kind::leave, member, {});
}

int RemoteRunner::descriptor() const noexcept { return channel_ ? channel_->descriptor() : -1; }

void RemoteRunner::deliver_post() {
    for (std::size_t frames = 0; channel_ && frames < deliveries_per_turn; ++frames) {
        const Result<std::string> bytes = channel_->receive();
        if (!bytes) {
            if (bytes.error() == Condition::closed)
                lose_hub();
            return;
        }
        const std::optional<HubFrame> frame = decode_hub_frame(*bytes);
        if (!frame)
            continue;
        const auto message = std::make_shared<const std::string>(frame->message);
        for (const Member member : frame->members) {
            const auto found = mailboxes_.find(member);
            if (found != mailboxes_.end())
                found->second->put(message);
        }
    }
}

void RemoteRunner::send(HubFrame::Kind kind, Member member, std::string_view message) {
    const std::string frame = encode(kind, {&member, 1}, message);
    while (channel_) {
        const Result<void> sent = channel_->send(frame);
        if (sent)
            return;
        if (sent.error() != std::errc::operation_would_block) {
            lose_hub();
            return;
        }
        pollfd channel = {channel_->descriptor(), POLLIN | POLLOUT, 0};
        ::poll(&channel, 1, -1);
        if ((channel.revents & POLLIN) != 0)
            deliver_post();
    }
}

void RemoteRunner::lose_hub() {
    channel_.reset();
    for (const auto& [member, mailbox] : mailboxes_)
        mailbox->close();
}

} // namespace tern
