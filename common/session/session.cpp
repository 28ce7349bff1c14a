#include "common/session/session.h"

namespace tern {
namespace {

const SteadyTime steady_time;

} // namespace

void detail::enter_frame(Session& session, std::coroutine_handle<> handle) noexcept {
    session.innermost_ = handle;
}

Session::Session(Task<void> conversation) noexcept
    : time_(&steady_time), innermost_(conversation.handle_),
      conversation_(std::move(conversation)) {
    static_cast<detail::Frame&>(conversation_.handle_.promise()).session = this;
}

Wait* Session::resume() {
    pending_ = nullptr;
    // The trampoline: a frame that awaits a child, or ends, says who is innermost now.
    while (innermost_ && pending_ == nullptr)
        innermost_.resume();
    if (!innermost_)
        conversation_.handle_.promise().take();
    return pending_;
}

} // namespace tern
