#include "common/net/transport.h"

#include "common/session/wait.h"

namespace tern::net {

pollfd Transport::interest(short events) noexcept {
    const auto wanted = static_cast<short>(events & (POLLIN | POLLOUT));
    const bool armed = (armed_ & tried_ & wanted) == wanted;
    if (!armed)
        armed_ = wanted;
    return {descriptor(), static_cast<short>(events | POLLRDHUP), armed ? still_armed : short{0}};
}

void Transport::observe(short revents) noexcept {
    // An edge that arrived during a wait for something else was lost: try again before relying on it.
    tried_ = 0;
    if ((revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0)
        hung_up_ = true;
}

} // namespace tern::net
