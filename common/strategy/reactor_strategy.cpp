#include "common/strategy/reactor_strategy.h"

#include "common/strategy/reactor.h"
#include "common/strategy/worker_threads.h"

#include <sched.h>

#include <algorithm>
#include <vector>

namespace tern::strategy {
namespace {

class ReactorStrategy final : public Strategy {
public:
    ReactorStrategy(PollerFactory make_poller, std::size_t reactors,
                    const Surroundings& surroundings)
        : make_poller_(std::move(make_poller)), reactors_(reactors), surroundings_(surroundings) {}

    void run(std::span<net::Listener> listeners, Service& service, StopSignal& stop) override {
        const auto hub = LocalHub::over(service.hub());
        std::vector<std::vector<net::Listener>> siblings = sibling_groups(listeners, reactors_ - 1);
        WorkerThreads threads(stop, surroundings_.log);
        for (std::vector<net::Listener>& own : siblings)
            threads.start([&] { run_one(own, service, stop, hub.get(), threads, false); });
        threads.run_here([&] { run_one(listeners, service, stop, hub.get(), threads, true); });
    }

    bool shares_memory() const noexcept override { return true; }

private:
    void run_one(std::span<net::Listener> listeners, Service& service, StopSignal& stop,
                 LocalHub* hub, WorkerThreads& threads, bool is_first) const {
        Reactor reactor(make_poller_(), hub, stop, surroundings_.settings.shutdown_grace,
                        surroundings_.log);
        ReactorReception reception(reactor, service);
        reactor.host(
            accept_clients(listeners, reception, surroundings_.admission, surroundings_.log));
        if (is_first)
            host_residents(reactor, service);
        threads.wait_for_all(reactors_);
        reactor.run();
    }

    const PollerFactory make_poller_;
    const std::size_t reactors_;
    const Surroundings surroundings_;
};

} // namespace

std::unique_ptr<Strategy> make_reactor_strategy(PollerFactory make_poller, std::size_t reactors,
                                                const Surroundings& surroundings) {
    return std::make_unique<ReactorStrategy>(std::move(make_poller), reactors, surroundings);
}

std::vector<std::vector<net::Listener>> sibling_groups(std::span<net::Listener> listeners,
                                                       std::size_t count) {
    std::vector<std::vector<net::Listener>> groups(count);
    for (std::vector<net::Listener>& group : groups)
        for (net::Listener& listener : listeners)
            group.push_back(listener.sibling());
    return groups;
}

std::size_t worker_count(const Settings& settings) noexcept {
    if (settings.workers > 0)
        return settings.workers;
    cpu_set_t cores;
    CPU_ZERO(&cores);
    const bool known = ::sched_getaffinity(0, sizeof cores, &cores) == 0;
    return known ? static_cast<std::size_t>(std::max(1, CPU_COUNT(&cores))) : 1;
}

} // namespace tern::strategy
