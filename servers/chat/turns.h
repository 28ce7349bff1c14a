#pragma once
// Turns: who has had much without a wait lets others run, and who would speak waits while what was
// said already is still on its way to those who hear it.

#include "common/hub/runner.h"
#include "common/net/connection.h"

namespace tern::chat {

/// Others run, for a moment if post lies in heaps.
inline Task<void> let_others_run(net::Connection& connection, const Membership& membership) {
    Wait wait;
    wait.deadline = Clock::time_point::min();
    if (membership.is_congested())
        wait.deadline = connection.now() + Congestion::pause;
    co_await until(wait);
    connection.observe(0); // which begins its own next turn
}

} // namespace tern::chat
