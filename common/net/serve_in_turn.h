#pragma once
// Accepting for doors that serve one client after the other, beside the service's own listeners.

#include "common/base/clock.h"
#include "common/net/connection.h"
#include "common/net/listener.h"
#include "common/session/task.h"

#include <functional>

namespace tern::net {

/// Until the session is asked to finish. An exhausted machine (no descriptors, no memory) is left
/// alone for `pause`. `serve` outlives the call.
Task<void> serve_in_turn(const Listener& listener, Clock::duration pause,
                         const std::function<Task<void>(Connection&)>& serve);

} // namespace tern::net
