// thread_per_client: a thread for each client; each waits in its own poll(2).
//
// The main thread is a reactor of its own: it accepts, refuses clients past the limit, and joins
// the threads that have ended.

#include "common/hub/local_runner.h"
#include "common/strategy/driver.h"
#include "common/strategy/reactor.h"
#include "common/strategy/strategies.h"

#include <list>
#include <mutex>
#include <thread>

namespace tern::strategy {
namespace {

/// The clients' threads: started by the reception, joined by a session of the main reactor.
class ClientThreads final : public Reception {
public:
    ClientThreads(Reactor& reactor, LocalHub* hub, Service& service, StopSignal& stop,
                  const Surroundings& surroundings)
        : reactor_(reactor), hub_(hub), service_(service), stop_(stop), surroundings_(surroundings),
          joiner_(reactor.host(join_ended(), Reactor::Kind::background)) {}
    /// Joins those that are left; the stop signal's grace limits how long they take.
    ~ClientThreads() override {
        for (std::thread& thread : threads_)
            thread.join();
    }

    void welcome(Client client) override {
        threads_.emplace_front();
        const auto self = threads_.begin();
        try {
            *self = std::thread(&ClientThreads::serve, this, std::move(client), self);
        } catch (...) {
            threads_.pop_front();
            throw;
        }
    }
    void refuse(Client client) override {
        reactor_.host(refuse_client(service_, std::move(client)));
    }

private:
    using Thread = std::list<std::thread>::iterator;

    void serve(Client client, Thread self) noexcept {
        try {
            Driver driver(stop_, surroundings_.settings.shutdown_grace, hub_ != nullptr,
                          surroundings_.log);
            LocalRunner runner(hub_, driver);
            driver.drive(serve_client(service_, runner, std::move(client)), runner);
        } catch (const std::exception& error) {
            surroundings_.log.error("client thread: {}", error.what());
        }
        {
            const std::lock_guard lock(mutex_);
            ended_.push_back(self);
        }
        joiner_.wake();
    }

    /// Woken by each thread that is about to end.
    Task<void> join_ended() {
        Wait wait;
        for (;;) {
            co_await until(wait);
            for (const Thread thread : take_ended()) {
                thread->join();
                threads_.erase(thread);
            }
        }
    }

    std::vector<Thread> take_ended() {
        const std::lock_guard lock(mutex_);
        return std::exchange(ended_, {});
    }

    Reactor& reactor_;
    LocalHub* const hub_;
    Service& service_;
    StopSignal& stop_;
    const Surroundings& surroundings_;
    std::list<std::thread> threads_; ///< the main thread's
    std::mutex mutex_;
    std::vector<Thread> ended_; ///< guarded by mutex_
    Waker& joiner_;
};

class ThreadPerClient final : public Strategy {
public:
    explicit ThreadPerClient(const Surroundings& surroundings) : surroundings_(surroundings) {}

    void run(std::span<net::Listener> listeners, Service& service, StopSignal& stop) override {
        const auto hub = LocalHub::over(service.hub());
        Reactor reactor(make_poll_poller(), hub.get(), stop, surroundings_.settings.shutdown_grace,
                        surroundings_.log);
        ClientThreads threads(reactor, hub.get(), service, stop, surroundings_);
        reactor.host(
            accept_clients(listeners, threads, surroundings_.admission, surroundings_.log));
        host_residents(reactor, service);
        reactor.run();
    }

    bool shares_memory() const noexcept override { return true; }

private:
    const Surroundings surroundings_;
};

} // namespace

std::unique_ptr<Strategy> make_thread_per_client(const Surroundings& surroundings) {
    return std::make_unique<ThreadPerClient>(surroundings);
}

} // namespace tern::strategy
