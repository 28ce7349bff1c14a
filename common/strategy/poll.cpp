// poll: one reactor thread over poll(2): no limit on descriptors, but the whole list is handed to
// the kernel at every call.

#include "common/strategy/reactor_strategy.h"
#include "common/strategy/strategies.h"

namespace tern::strategy {

std::unique_ptr<Strategy> make_poll(const Surroundings& surroundings) {
    return make_reactor_strategy(make_poll_poller, 1, surroundings);
}

} // namespace tern::strategy
