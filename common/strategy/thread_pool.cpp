// thread_pool: N workers take *ready* sessions from a queue; a session that waits is parked with
// the dispatcher (producer and consumer, half-sync/half-async). Idle clients occupy no worker.
//
// One mutex guards the queue, the timers and what state each session is in; it is never held
// while a session runs.

#include "common/hub/local_runner.h"
#include "common/strategy/accept.h"
#include "common/strategy/poller/poller.h"
#include "common/strategy/reactor_strategy.h"
#include "common/strategy/stop_signal.h"
#include "common/strategy/strategies.h"
#include "common/strategy/timer_wheel.h"
#include "common/strategy/worker_threads.h"

#include <sys/eventfd.h>

#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <vector>

namespace tern::strategy {
namespace {

class Pool;

/// A session and where it is: parked, queued, or with a worker.
class PooledSession final : public Waker, public Timer {
public:
    enum class State { parked, queued, running };

    PooledSession(Pool& pool, SessionKey own_key, Task<void> conversation)
        : pool_(pool), key(own_key), session(std::move(conversation)) {
        session.set_waker(*this);
    }
    void wake() noexcept override;

private:
    Pool& pool_;

public:
    const SessionKey key;
    // Guarded by the pool's mutex.
    State state = State::queued;
    bool woken = false; ///< while running: the next wait is over at once
    bool foreground = true;
    Wait* wait = nullptr; ///< of a parked session
    Session session;      ///< the worker's that runs it; last, so that its frames die first
};

class Pool final : public Reception {
public:
    Pool(LocalHub* hub, Service& service, StopSignal& stop, const Surroundings& surroundings)
        : service_(service), stop_(stop), surroundings_(surroundings), timers_(Clock::now()),
          alarm_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
          runner_(hub, host(deliver_post(), false)) {
        host(obey(), false);
    }
    ~Pool() override {
        while (!sessions_.empty()) // the postman, who came first, goes last
            sessions_.pop_back();
    }

    /// Takes over a conversation. Any thread.
    PooledSession& host(Task<void> conversation, bool foreground = true);

    /// Workers: run who is ready, until all is over.
    void work();
    /// The dispatcher: turns readiness, deadlines and wake-ups into queue entries.
    void dispatch();

    void welcome(Client client) override {
        host(serve_client(service_, runner_, std::move(client)));
    }
    void refuse(Client client) override { host(refuse_client(service_, std::move(client))); }

    void wake(PooledSession& pooled) noexcept;
    Runner& runner() noexcept { return runner_; }

private:
    using State = PooledSession::State;

    Task<void> deliver_post();
    Task<void> obey();
    void finish_all();

    // With the mutex held:
    void queue(PooledSession& pooled);
    /// False if the session cannot wait.
    bool park(PooledSession& pooled, Wait& wait);
    void end(PooledSession& pooled, std::unique_lock<std::mutex>& lock);
    PooledSession* find(SessionKey key) noexcept;
    void take_in(const std::vector<ReadyDescriptor>& ready);
    void expire();
    void interrupt_dispatcher() noexcept;
    void quiet_alarm();

    Service& service_;
    StopSignal& stop_;
    const Surroundings& surroundings_;
    const std::unique_ptr<Poller> poller_ = make_epoll_poller(EpollMode::one_shot);

    std::mutex mutex_;
    std::condition_variable work_to_do_;
    std::deque<PooledSession*> ready_;
    std::vector<std::unique_ptr<PooledSession>> sessions_;
    std::vector<std::uint32_t> free_slots_;
    std::uint32_t last_generation_ = 0;
    std::size_t foreground_ = 0;
    bool stopping_ = false;
    bool abandoned_ = false;
    bool over_ = false;
    TimerWheel timers_;
    Clock::time_point asleep_until_ = Clock::time_point::min(); ///< the dispatcher's sleep

    UniqueFd alarm_; ///< interrupts it; watched like a session's descriptor, under a key of its own
    pollfd alarm_interest_ = {alarm_.get(), POLLIN, 0};
    Wait alarm_wait_ = {{&alarm_interest_, 1}, no_deadline};
    static constexpr SessionKey alarm_key = {(1U << slot_bits) - 1, 0};

    LocalRunner runner_;
};

void PooledSession::wake() noexcept { pool_.wake(*this); }

PooledSession& Pool::host(Task<void> conversation, bool foreground) {
    const std::lock_guard lock(mutex_);
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<std::uint32_t>(sessions_.size()));
        sessions_.emplace_back();
    }
    const std::uint32_t slot = free_slots_.back();
    free_slots_.pop_back();
    last_generation_ = (last_generation_ + 1) & ((1U << generation_bits) - 1);
    sessions_[slot] = std::make_unique<PooledSession>(*this, SessionKey{slot, last_generation_},
                                                      std::move(conversation));
    PooledSession& pooled = *sessions_[slot];
    pooled.foreground = foreground;
    foreground_ += foreground ? 1 : 0;
    if (stopping_)
        pooled.session.finish_when_idle();
    pooled.state = State::running; // with its maker, until it is in the queue
    queue(pooled);
    return pooled;
}

void Pool::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        work_to_do_.wait(lock, [this] { return over_ || !ready_.empty(); });
        if (over_)
            return;
        PooledSession& pooled = *ready_.front();
        ready_.pop_front();
        pooled.state = State::running;
        pooled.woken = false;
        const bool abandon = abandoned_ && pooled.foreground;
        lock.unlock();
        Wait* const wait = abandon ? nullptr : resume_guarded(pooled.session, surroundings_.log);
        lock.lock();
        if (wait == nullptr || !park(pooled, *wait))
            end(pooled, lock);
    }
}

bool Pool::park(PooledSession& pooled, Wait& wait) try {
    const bool only_lets_others_run = wait.interests.empty() && wait.deadline <= Clock::now();
    if (pooled.woken || only_lets_others_run) {
        for (pollfd& interest : wait.interests)
            interest.revents = 0;
        queue(pooled);
        return true;
    }
    poller_->watch(pooled.key, wait);
    pooled.state = State::parked;
    pooled.wait = &wait;
    for (pollfd& interest : wait.interests)
        interest.revents = 0;
    if (wait.deadline == no_deadline || (pooled.is_armed() && pooled.due() <= wait.deadline))
        return true;
    timers_.arm(pooled, wait.deadline);
    if (wait.deadline < asleep_until_)
        interrupt_dispatcher();
    return true;
} catch (const std::system_error& error) { // the kernel is out of memory or of watches
    surroundings_.log.error("session ended: {}", error.what());
    return false;
}

void Pool::queue(PooledSession& pooled) {
    pooled.state = State::queued;
    pooled.wait = nullptr;
    ready_.push_back(&pooled);
    work_to_do_.notify_one();
}

void Pool::end(PooledSession& pooled, std::unique_lock<std::mutex>& lock) {
    const bool foreground = pooled.foreground;
    const std::uint32_t slot = pooled.key.slot;
    std::unique_ptr<PooledSession> dead = std::move(sessions_[slot]);
    dead->disarm();
    lock.unlock(); // its frames may leave the hub, which wakes others
    dead.reset();
    lock.lock();
    free_slots_.push_back(slot);
    foreground_ -= foreground ? 1 : 0;
    if (foreground_ == 0) {
        over_ = true;
        work_to_do_.notify_all();
        interrupt_dispatcher();
    }
}

PooledSession* Pool::find(SessionKey key) noexcept {
    PooledSession* const pooled = key.slot < sessions_.size() ? sessions_[key.slot].get() : nullptr;
    return pooled != nullptr && pooled->key == key ? pooled : nullptr;
}

void Pool::dispatch() {
    std::vector<ReadyDescriptor> ready;
    poller_->watch(alarm_key, alarm_wait_);
    std::unique_lock lock(mutex_);
    while (!over_) {
        asleep_until_ = timers_.next();
        const Clock::time_point until = asleep_until_;
        lock.unlock();
        poller_->poll(Clock::now(), until, ready);
        lock.lock();
        asleep_until_ = Clock::time_point::min();
        take_in(ready);
        expire();
        ready.clear();
    }
}

void Pool::take_in(const std::vector<ReadyDescriptor>& ready) {
    for (const ReadyDescriptor& event : ready) {
        if (event.key == alarm_key)
            quiet_alarm();
        PooledSession* const pooled = find(event.key);
        if (pooled == nullptr || pooled->state == State::running || pooled->wait == nullptr)
            continue;
        for (pollfd& interest : pooled->wait->interests)
            if (interest.fd == event.descriptor)
                interest.revents = event.revents;
        if (pooled->state == State::parked)
            queue(*pooled);
    }
}

void Pool::expire() {
    const Clock::time_point now = Clock::now();
    while (Timer* const timer = timers_.expire(now)) {
        auto& pooled = static_cast<PooledSession&>(*timer);
        if (pooled.state != State::parked || pooled.wait->deadline == no_deadline)
            continue;
        if (pooled.wait->deadline <= now)
            queue(pooled);
        else
            timers_.arm(pooled, pooled.wait->deadline);
    }
}

void Pool::wake(PooledSession& pooled) noexcept {
    const std::lock_guard lock(mutex_);
    if (pooled.state == State::parked)
        queue(pooled);
    else
        pooled.woken = true;
}

void Pool::interrupt_dispatcher() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(alarm_.get(), &one, sizeof one);
}

void Pool::quiet_alarm() {
    std::uint64_t alarms = 0;
    [[maybe_unused]] const ssize_t got = ::read(alarm_.get(), &alarms, sizeof alarms);
    poller_->watch(alarm_key, alarm_wait_);
}

/// Woken by the runner when post has come.
Task<void> Pool::deliver_post() {
    Wait wait;
    for (;;) {
        co_await until(wait);
        runner_.deliver_post();
    }
}

/// At the stop signal asks everybody to finish, and after the grace ends those who have not.
Task<void> Pool::obey() {
    Session& session = co_await this_session();
    std::array<pollfd, 1> interests = {pollfd{stop_.descriptor(), POLLIN, 0}};
    Wait wait;
    wait.interests = interests;
    while (interests[0].revents == 0)
        co_await until(wait);
    finish_all();
    wait.interests = {};
    wait.deadline = session.now() + surroundings_.settings.shutdown_grace;
    while (session.now() < wait.deadline)
        co_await until(wait);
    {
        const std::lock_guard lock(mutex_);
        abandoned_ = true;
    }
    finish_all();
}

void Pool::finish_all() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const std::unique_ptr<PooledSession>& pooled : sessions_) {
        if (!pooled)
            continue;
        pooled->session.finish_when_idle();
        if (pooled->state == State::parked)
            queue(*pooled);
        else
            pooled->woken = true;
    }
}

class ThreadPool final : public Strategy {
public:
    explicit ThreadPool(const Surroundings& surroundings) : surroundings_(surroundings) {}

    void run(std::span<net::Listener> listeners, Service& service, StopSignal& stop) override {
        const auto hub = LocalHub::over(service.hub());
        Pool pool(hub.get(), service, stop, surroundings_);
        pool.host(accept_clients(listeners, pool, surroundings_.admission, surroundings_.log));
        for (std::size_t i = 0; i < service.residents(); ++i)
            pool.host(service.reside(i, pool.runner()), false);
        WorkerThreads threads(stop, surroundings_.log);
        for (std::size_t i = 0; i < worker_count(surroundings_.settings); ++i)
            threads.start([&] { pool.work(); });
        threads.run_here([&] { pool.dispatch(); });
    }

    bool shares_memory() const noexcept override { return true; }

private:
    const Surroundings surroundings_;
};

} // namespace

std::unique_ptr<Strategy> make_thread_pool(const Surroundings& surroundings) {
    return std::make_unique<ThreadPool>(surroundings);
}

} // namespace tern::strategy
