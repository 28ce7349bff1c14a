#pragma once
// A strategy that is nothing but reactors: select and poll run one, epoll and io_uring run one on
// each of N threads, which share no session, no timer and no listening socket.

#include "common/strategy/poller/poller.h"
#include "common/strategy/strategy.h"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace tern::strategy {

using PollerFactory = std::function<std::unique_ptr<Poller>()>;

/// `reactors` at least 1. Each makes its own poller, on its own thread.
std::unique_ptr<Strategy> make_reactor_strategy(PollerFactory make_poller, std::size_t reactors,
                                                const Surroundings& surroundings);

/// Further sockets on the listeners' addresses, for `count` more workers. To be made before any
/// worker runs, so that the kernel shares out the clients from the first on.
std::vector<std::vector<net::Listener>> sibling_groups(std::span<net::Listener> listeners,
                                                       std::size_t count);

/// The configured number of workers; one per core this process may use if that is 0.
std::size_t worker_count(const Settings& settings) noexcept;

} // namespace tern::strategy
