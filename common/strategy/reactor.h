#pragma once
// One thread that runs many sessions: it sleeps in a poller, and resumes whoever is ready.
//
// Everything it does is a session: clients, the accept loop, the watch for the stop signal, a
// forked child's channel. select, poll, epoll and io_uring differ only in the poller; the parents
// of forked children and of client threads use the same machinery for what they supervise.

#include "common/base/log.h"
#include "common/base/unique_fd.h"
#include "common/hub/local_runner.h"
#include "common/session/session.h"
#include "common/strategy/accept.h"
#include "common/strategy/poller/poller.h"
#include "common/strategy/stop_signal.h"
#include "common/strategy/timer_wheel.h"

#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace tern::strategy {

class Reactor final : private TimeSource {
public:
    /// Belongs to the thread that makes it. `hub` may be null; all arguments outlive the reactor.
    Reactor(std::unique_ptr<Poller> poller, LocalHub* hub, StopSignal& stop,
            std::chrono::milliseconds shutdown_grace, Log& log);
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    /// The reactor runs until its foreground sessions are over; background ones (its own upkeep)
    /// do not keep it.
    enum class Kind : bool { foreground, background };

    /// Takes over a conversation, which starts at the next turn. The reactor's thread only.
    /// Returns its waker, valid while the conversation lasts.
    Waker& host(Task<void> conversation, Kind kind = Kind::foreground);

    /// One turn: resumes who is ready, then sleeps until somebody is. False when all is over.
    bool turn();
    void run() {
        while (turn()) {
        }
    }

    /// Where sessions that run here meet the hub.
    Runner& runner() noexcept { return *runner_; }
    bool can_watch(int descriptor) const noexcept { return poller_->can_watch(descriptor); }
    bool stopping() const noexcept { return stopping_; }

private:
    class Hosted;

    Clock::time_point now() const noexcept override { return now_; }
    Task<void> deliver_post();
    Task<void> obey(StopSignal& stop, std::chrono::milliseconds grace);

    void finish_all() noexcept;
    void abandon_all();
    void collect_woken();
    void collect_late();
    void collect_ready();
    void queue(Hosted& hosted);
    void resume(Hosted& hosted);
    void remove(SessionKey key);
    Hosted* find(SessionKey key) noexcept;
    void wake_from_elsewhere(SessionKey key) noexcept;
    Clock::time_point sleep_until() noexcept;

    Log& log_;
    std::unique_ptr<Poller> poller_;
    Clock::time_point now_;
    TimerWheel timers_;
    std::vector<std::unique_ptr<Hosted>> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::uint32_t last_generation_ = 0;
    std::size_t foreground_ = 0;
    bool stopping_ = false;

    std::vector<SessionKey> ready_;        ///< to be resumed in the next turn
    std::vector<SessionKey> ready_upkeep_; ///< likewise, background ones
    std::vector<SessionKey> running_;      ///< being resumed in this one
    std::vector<ReadyDescriptor> events_;

    const std::thread::id thread_ = std::this_thread::get_id();
    UniqueFd alarm_; ///< an eventfd that interrupts the poller's sleep
    std::mutex mutex_;
    std::vector<SessionKey> woken_; ///< by other threads; guarded by mutex_

    std::unique_ptr<LocalRunner> runner_;
};

/// Takes in the service's residents.
inline void host_residents(Reactor& reactor, Service& service) {
    for (std::size_t i = 0; i < service.residents(); ++i)
        reactor.host(service.reside(i, reactor.runner()), Reactor::Kind::background);
}

/// A reception that hosts its clients in a reactor.
class ReactorReception final : public Reception {
public:
    ReactorReception(Reactor& reactor, Service& service) noexcept
        : reactor_(reactor), service_(service) {}
    void welcome(Client client) override {
        reactor_.host(serve_client(service_, reactor_.runner(), std::move(client)));
    }
    void refuse(Client client) override {
        reactor_.host(refuse_client(service_, std::move(client)));
    }
    bool can_watch(int descriptor) const noexcept override {
        return reactor_.can_watch(descriptor);
    }

private:
    Reactor& reactor_;
    Service& service_;
};

} // namespace tern::strategy
