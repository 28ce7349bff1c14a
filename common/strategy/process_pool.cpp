// process_pool: N processes, started once; each serves one client at a time.
//
// All workers wait at the same listeners, and the kernel gives each client to one of them. The
// parent is a reactor that only watches: it replaces a worker that dies, and carries what workers
// say to the hub.

#include "common/hub/child_link.h"
#include "common/hub/remote_runner.h"
#include "common/strategy/child_process.h"
#include "common/strategy/inheritance.h"
#include "common/strategy/one_at_a_time.h"
#include "common/strategy/reactor.h"
#include "common/strategy/reactor_strategy.h"
#include "common/strategy/strategies.h"

#include <atomic>
#include <new>
#include <optional>
#include <tuple>

namespace tern::strategy {
namespace {

/// A worker as the others see it, in shared memory: what a worker that is killed was about, the
/// parent reads here.
struct Place {
    std::atomic<bool> waits_at_door = false;
    Admission::Ticket ticket; ///< of its client; no ticket when it has none

    void serve(const Admission::Ticket& clients) noexcept {
        ticket = clients;
        waits_at_door = false;
    }
    void wait_at_door() noexcept {
        ticket = {};
        waits_at_door = true;
    }
    void leave() noexcept {
        ticket = {};
        waits_at_door = false;
    }
};

class Places {
public:
    explicit Places(std::size_t count) : memory_(count * sizeof(Place)), count_(count) {
        for (std::size_t i = 0; i < count; ++i)
            (new (&at(i)) Place)->wait_at_door(); // it will, as soon as it has started
    }
    Place& at(std::size_t index) const noexcept {
        return static_cast<Place*>(memory_.address())[index];
    }
    bool anybody_at_door() const noexcept {
        for (std::size_t i = 0; i < count_; ++i)
            if (at(i).waits_at_door.load(std::memory_order_relaxed))
                return true;
        return false;
    }

private:
    SharedMemory memory_;
    const std::size_t count_;
};

class PoolWorker final : public OneAtATime {
public:
    PoolWorker(std::span<net::Listener> listeners, Service& service, StopSignal& stop,
               const Surroundings& surroundings, const Places& places, std::size_t index)
        : OneAtATime(listeners, service, stop, surroundings), places_(places),
          own_(places.at(index)) {
        own_.wait_at_door();
    }

private:
    void serving(const Admission::Ticket& ticket) noexcept override { own_.serve(ticket); }
    void free_again() noexcept override { own_.wait_at_door(); }
    bool nobody_else_is_free() const noexcept override { return !places_.anybody_at_door(); }

    const Places& places_;
    Place& own_;
};

class ProcessPool final : public Strategy {
public:
    explicit ProcessPool(const Surroundings& surroundings)
        : surroundings_(surroundings), workers_(worker_count(surroundings.settings)) {}

    void run(std::span<net::Listener> listeners, Service& service, StopSignal& stop) override {
        const Inheritance inheritance;
        const auto hub = LocalHub::over(service.hub());
        // The workers mind the grace themselves; the parent gives them time to.
        const auto patience = surroundings_.settings.shutdown_grace + std::chrono::seconds(1);
        Reactor reactor(make_poll_poller(), hub.get(), stop, patience, surroundings_.log);
        const Places places(workers_);
        Pool pool{listeners, service, stop, reactor, hub.get(), inheritance, places};
        for (std::size_t i = 0; i < workers_; ++i)
            reactor.host(keep_worker(pool, i));
        host_residents(reactor, service);
        reactor.run();
        for (net::Listener& listener : listeners)
            listener.close();
    }

    bool shares_memory() const noexcept override { return false; }

private:
    struct Pool {
        std::span<net::Listener> listeners;
        Service& service;
        StopSignal& stop;
        Reactor& reactor;
        LocalHub* hub;
        const Inheritance& inheritance;
        const Places& places;
    };

    /// The parent's session for one worker: starts it, and another one when it dies.
    Task<void> keep_worker(Pool& pool, std::size_t index) {
        Session& session = co_await this_session();
        while (!session.finish_requested()) {
            // A worker that dies as soon as it starts is not replaced faster than this.
            Wait pause;
            pause.deadline = session.now() + std::chrono::seconds(1);
            ChildProcess worker = start_worker(pool, index);
            co_await worker.end(surroundings_.log);
            surroundings_.admission.give_back(pool.places.at(index).ticket);
            pool.places.at(index).leave();
            while (session.now() < pause.deadline && !session.finish_requested())
                co_await until(pause);
        }
    }

    ChildProcess start_worker(Pool& pool, std::size_t index) {
        std::optional<net::Channel> ours;
        std::optional<net::Channel> workers;
        if (pool.hub != nullptr)
            std::tie(ours, workers) = net::Channel::make();
        const auto body = [&] {
            pool.inheritance.close_others({workers ? workers->descriptor() : -1});
            RemoteRunner runner(std::move(workers));
            Driver driver(pool.stop, surroundings_.settings.shutdown_grace, false,
                          surroundings_.log);
            PoolWorker worker(pool.listeners, pool.service, pool.stop, surroundings_, pool.places,
                              index);
            worker.run(driver, runner);
        };
        ChildProcess worker = ChildProcess::start(body, surroundings_.log);
        if (ours)
            pool.reactor.host(serve_child_link(*pool.hub, std::move(*ours)));
        return worker;
    }

    const Surroundings surroundings_;
    const std::size_t workers_;
};

} // namespace

std::unique_ptr<Strategy> make_process_pool(const Surroundings& surroundings) {
    return std::make_unique<ProcessPool>(surroundings);
}

} // namespace tern::strategy
