#include "common/strategy/registry.h"

#include "common/strategy/reactor_strategy.h"
#include "common/strategy/strategies.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace tern::strategy {
namespace {

struct Entry {
    std::string_view name;
    bool shares_memory;
    bool has_a_socket_each; ///< whether its workers do
    std::unique_ptr<Strategy> (*make)(const Surroundings&);
};

constexpr std::array entries = {
    Entry{"iterative", true, false, make_iterative},
    Entry{"fork_per_client", false, false, make_fork_per_client},
    Entry{"process_pool", false, false, make_process_pool},
    Entry{"thread_per_client", true, false, make_thread_per_client},
    Entry{"thread_pool", true, false, make_thread_pool},
    Entry{"select", true, false, make_select},
    Entry{"poll", true, false, make_poll},
    Entry{"epoll", true, true, make_epoll},
    Entry{"asio", true, true, make_asio},
    Entry{"io_uring", true, true, make_io_uring},
};

constexpr auto all_names = [] {
    std::array<std::string_view, entries.size()> names;
    std::transform(entries.begin(), entries.end(), names.begin(),
                   [](const Entry& entry) { return entry.name; });
    return names;
}();

const Entry& find(std::string_view name) {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const Entry& entry) { return entry.name == name; });
    if (found == entries.end())
        throw std::invalid_argument("no such strategy: " + std::string(name));
    return *found;
}

} // namespace

std::span<const std::string_view> names() noexcept { return all_names; }

bool shares_memory(std::string_view name) { return find(name).shares_memory; }

std::size_t sockets_per_listener(std::string_view name, const Settings& settings) {
    return find(name).has_a_socket_each ? worker_count(settings) : 1;
}

std::unique_ptr<Strategy> make_strategy(std::string_view name, const Surroundings& surroundings) {
    return find(name).make(surroundings);
}

} // namespace tern::strategy
