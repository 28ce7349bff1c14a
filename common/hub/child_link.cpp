#include "common/hub/child_link.h"

#include <array>

namespace tern {
namespace {

constexpr std::size_t frames_per_turn = 64;
/// A child that takes nothing for so long is not merely waiting for a processor: those who speak do
/// not wait for it any more.
constexpr Clock::duration patience = std::chrono::seconds(1);

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
        Wait wait;
        std::array<pollfd, 1> interests = {pollfd{channel_.descriptor(), prepare(wait), 0}};
        wait.interests = interests;
        co_await until(wait);
    }
}

bool ChildLink::is_stalled() const noexcept {
    return blocked_since_ != no_deadline && session_->now() - blocked_since_ >= patience;
}

short ChildLink::prepare(Wait& wait) {
    const bool is_heap = Congestion::is_heap(outgoing_.size(), bytes_);
    heap_.set(is_heap && !is_stalled());
    const auto writable = static_cast<short>(outgoing_.empty() ? 0 : POLLOUT);
    if (!hub_.congestion().exists())
        return static_cast<short>(POLLIN | writable);
    wait.deadline = session_->now() + Congestion::pause;
    return writable;
}

void ChildLink::post(Parcel parcel) {
    const std::size_t weight = parcel.message->size() + message_overhead;
    if (bytes_ + weight > most_post_bytes) {
        overrun_ = true;
    } else {
        std::vector<Member> to;
        for (const Member member : *parcel.to)
            if (member != parcel.except)
                to.push_back(child_number_.at(member));
        outgoing_.push_back(encode(HubFrame::Kind::deliver, to, *parcel.message));
        bytes_ += outgoing_.back().size() + message_overhead;
        heap_.set(Congestion::is_heap(outgoing_.size(), bytes_) && !is_stalled());
    }
    if (session_ != nullptr)
        session_->wake();
}

bool ChildLink::receive_some() {
    for (std::size_t frames = 0; frames < frames_per_turn && !hub_.congestion().exists();
         ++frames) {
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
        if (!sent && !too_long) { // a message that no channel takes costs nobody the hub
            if (blocked_since_ == no_deadline)
                blocked_since_ = session_->now();
            return sent.error() == std::errc::operation_would_block;
        }
        blocked_since_ = no_deadline;
        bytes_ -= outgoing_.front().size() + message_overhead;
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
