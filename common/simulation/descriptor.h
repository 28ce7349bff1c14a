#pragma once
// A descriptor that no kernel knows, and what a poller would say of it.

#include "common/session/wait.h"

namespace tern::simulation {

/// Simulated descriptors have numbers from here on; real ones stay well below.
inline constexpr int first_number = 1 << 24;

/// How the simulated poller reports readiness.
enum class Trigger : bool {
    level, ///< as poll(2): whatever is ready now
    edge,  ///< as epoll(7) with EPOLLET: what became ready, once
};

/// One registration with an edge-triggered epoll: kept for the descriptor's life, and renewed by
/// every wait that does not say still_armed. A session that says so wrongly hangs here, as it
/// would there.
class EdgeRegistration {
public:
    void watch(const pollfd& interest) noexcept {
        if ((interest.revents & still_armed) != 0)
            return;
        events_ = static_cast<short>(interest.events | POLLERR | POLLHUP);
        edge_ = true; // renewing looks at the present state
    }
    /// The kernel's wake-up of whoever waits for one of these events.
    void happened(short events) noexcept {
        if ((events & events_) != 0)
            edge_ = true;
    }
    /// What is reported now, given what is ready.
    short take(short ready) noexcept {
        if (!edge_)
            return 0;
        edge_ = false;
        return static_cast<short>(ready & events_);
    }
    /// Whether take() would report something.
    bool is_due(short ready) const noexcept { return edge_ && (ready & events_) != 0; }

private:
    short events_ = 0;
    bool edge_ = false;
};

} // namespace tern::simulation
