#pragma once
// Accepting for doors that serve one client after the other, beside the service's own listeners.

#include "common/base/clock.h"
#include "common/net/listener.h"
#include "common/session/task.h"

#include <optional>

namespace tern::net {

/// Waits for the listener's next client, or until the session is asked to finish: then there is
/// none. An exhausted machine (no descriptors, no memory) is left alone for `pause`.
Task<std::optional<Accepted>> next_client(const Listener& listener, Clock::duration pause);

} // namespace tern::net
