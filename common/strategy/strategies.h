#pragma once
// The factories of all strategies: each is defined in the strategy's own file, and known to the
// registry alone.

#include "common/strategy/strategy.h"

#include <memory>

namespace tern::strategy {

std::unique_ptr<Strategy> make_iterative(const Surroundings& surroundings);
std::unique_ptr<Strategy> make_fork_per_client(const Surroundings& surroundings);
std::unique_ptr<Strategy> make_process_pool(const Surroundings& surroundings);
std::unique_ptr<Strategy> make_thread_per_client(const Surroundings& surroundings);
std::unique_ptr<Strategy> make_thread_pool(const Surroundings& surroundings);
std::unique_ptr<Strategy> make_select(const Surroundings& surroundings);
std::unique_ptr<Strategy> make_poll(const Surroundings& surroundings);
std::unique_ptr<Strategy> make_epoll(const Surroundings& surroundings);
std::unique_ptr<Strategy> make_asio(const Surroundings& surroundings);
std::unique_ptr<Strategy> make_io_uring(const Surroundings& surroundings);

} // namespace tern::strategy
