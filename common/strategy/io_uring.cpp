// io_uring: N reactors, each over a ring of its own: interests go to the kernel, and readiness
// comes back, in the same system call.

#include "common/strategy/reactor_strategy.h"
#include "common/strategy/strategies.h"

namespace tern::strategy {

std::unique_ptr<Strategy> make_io_uring(const Surroundings& surroundings) {
    make_io_uring_poller(); // fails now, rather than in a thread, where the kernel has none
    return make_reactor_strategy(make_io_uring_poller, worker_count(surroundings.settings),
                                 surroundings);
}

} // namespace tern::strategy
