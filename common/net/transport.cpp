#include "common/net/transport.h"

#include "common/session/wait.h"

namespace tern::net {

pollfd Transport::interest(short events) noexcept {
    const auto wanted = static_cast<short>(events & (POLLIN | POLLOUT));
    const bool armed = wanted != 0 && (armed_ & tried_ & wanted) == wanted;
    if (!armed)
        armed_ = wanted;
    asked_ = wanted;
    waited_for_ = true;
    // Once it is known that the peer sends no more, asking again would end every wait at once.
    const auto asked = static_cast<short>(events | (hung_up_ ? 0 : POLLRDHUP));
    return {descriptor(), asked, armed ? still_armed : short{0}};
}

void Transport::observe(short revents) noexcept {
    // An edge that arrived during a wait for something else was lost: try again before relying on
    // it; and of an end of stream that came so, a short read would not tell.
    sees_edges_ = (asked_ & POLLIN) != 0;
    if ((revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0)
        hung_up_ = true;
    silent_ = sees_edges_ && !hung_up_ && (tried_ & POLLIN) != 0 && (revents & ~POLLOUT) == 0;
    tried_ = silent_ ? POLLIN : 0;
    asked_ = 0;
}

void Transport::drained_by_short_read() noexcept {
    if (!hung_up_ && sees_edges_)
        drained();
}

} // namespace tern::net
