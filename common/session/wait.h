#pragma once
// The seam between protocols and strategies: what a suspended session waits for.

#include "common/base/clock.h"

#include <poll.h>

#include <span>

namespace tern {

/// What a session waits for. The strategy sets `revents` of what became ready and resumes the
/// session; all zero means: woken from outside, asked to finish, or past the deadline. As by
/// poll(2), a negative descriptor is passed over.
///
/// On the way in, `revents` may hold `still_armed` (below); strategies clear it.
struct Wait {
    std::span<pollfd> interests;
    Clock::time_point deadline = no_deadline;
};

/// A hint to edge-triggered strategies, given in `revents` as a session suspends: an earlier wait
/// asked for the same events of this descriptor, none since has asked for others without the
/// hint, and the descriptor has been tried until it would block, after which every wait of the
/// session asked for it and reported nothing. So an edge-triggered registration still stands and
/// need not be renewed. Without the hint every
/// strategy must look at the descriptor's present state, as poll(2) does.
inline constexpr short still_armed = 0x4000;

} // namespace tern
