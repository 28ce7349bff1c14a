// select: one reactor thread over select(2), the oldest demultiplexer and the most portable one.
//
// Its sets hold descriptors below FD_SETSIZE (1024) only; a client whose descriptor is larger is
// refused when it is accepted.

#include "common/strategy/reactor_strategy.h"
#include "common/strategy/strategies.h"

namespace tern::strategy {

std::unique_ptr<Strategy> make_select(const Surroundings& surroundings) {
    return make_reactor_strategy(make_select_poller, 1, surroundings);
}

} // namespace tern::strategy
