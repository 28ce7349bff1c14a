// epoll: N reactors that share nothing, each with its own listening sockets (SO_REUSEPORT) and one
// edge-triggered registration per descriptor for its life.

#include "common/strategy/reactor_strategy.h"
#include "common/strategy/strategies.h"

namespace tern::strategy {

std::unique_ptr<Strategy> make_epoll(const Surroundings& surroundings) {
    return make_reactor_strategy([] { return make_epoll_poller(EpollMode::edge_triggered); },
                                 worker_count(surroundings.settings), surroundings);
}

} // namespace tern::strategy
