#include "common/hub/child_link.h"

#include <array>

namespace tern {
namespace {

/// Frames that may wait for a child; past them it is too slow, and its client is let go.
constexpr std::size_t outgoing_limit = 4096;
constexpr std::size_t frames_per_turn = 64;

} // namespace

ChildLink::~ChildLink() {
    for (const auto& [member, child_number] : child_number_)
        hub_.leave(member);
}

Task<void> ChildLink::serve() {
    Session& session = co_await this_session();
    session_ = &session;
    for (;;) {
        if (!receive_some() || !send_all() || overrun_)
            co_return;
        const auto writable = static_cast<short>(outgoing_.empty() ? 0 : POLLOUT);
        std::array<pollfd, 1> interests = {
            pollfd{channel_.descriptor(), static_cast<short>(POLLIN | writable), 0}};
        Wait wait;
        wait.interests = interests;
        co_await until(wait);
    }
}

void ChildLink::post(Parcel parcel) {
    if (outgoing_.size() >= outgoing_limit) {
        overrun_ = true;
    } else {
        std::vector<Member> to;
        for (const Member member : *parcel.to)
            if (member != parcel.except)
                to.push_back(child_number_.at(member));
        outgoing_.push_back(encode(HubFrame::Kind::deliver, to, *parcel.message));
    }
    if (session_ != nullptr)
        session_->wake();
}

bool ChildLink::receive_some() {
    for (std::size_t frames = 0; frames < frames_per_turn; ++frames) {
        const Result<std::string> bytes = channel_.receive();
        if (!bytes)
            return bytes.error() == std::errc::operation_would_block;
        const std::optional<HubFrame> frame = decode_hub_frame(*bytes);
        if (!frame)
            return false;
        obey(*frame);
    }
    return true; // the rest waits for the next turn, so that no child starves the others
}

bool ChildLink::send_all() {
    while (!outgoing_.empty()) {
        const Result<void> sent = channel_.send(outgoing_.front());
        const bool too_long = !sent && sent.error() == std::errc::message_size;
        if (!sent && !too_long) // a message that no channel takes costs nobody the hub
            return sent.error() == std::errc::operation_would_block;
        outgoing_.pop_front();
    }
    return true;
}

void ChildLink::obey(const HubFrame& frame) {
    const Member child_number = frame.members.front();
    if (frame.kind == HubFrame::Kind::enter) {
        const Member member = hub_.new_member();
        hub_number_[child_number] = member;
        child_number_[member] = child_number;
        hub_.enter(member, *this);
        return;
    }
    const auto found = hub_number_.find(child_number);
    if (found == hub_number_.end())
        return;
    const Member member = found->second;
    if (frame.kind == HubFrame::Kind::tell) {
        hub_.tell(member, frame.message);
    } else if (frame.kind == HubFrame::Kind::leave) {
        hub_.leave(member);
        hub_number_.erase(found);
        child_number_.erase(member);
    }
}

Task<void> serve_child_link(LocalHub& hub, net::Channel channel) {
    ChildLink link(hub, std::move(channel));
    co_await link.serve();
}

} // namespace tern
