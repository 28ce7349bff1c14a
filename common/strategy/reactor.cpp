#include "common/strategy/reactor.h"

#include "common/base/result.h"
#include "common/strategy/client_session.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace tern::strategy {

/// A session and what the reactor knows of it.
class Reactor::Hosted final : public Waker, public Timer {
public:
    Hosted(Reactor& reactor, SessionKey key, Kind kind, Task<void> conversation)
        : reactor_(reactor), key_(key), kind_(kind), session(std::move(conversation)) {
        session.set_waker(*this);
        session.set_time(reactor);
    }

    void wake() noexcept override { reactor_.wake_from_elsewhere(key_); }
    void closing(int descriptor) noexcept override { reactor_.poller_->forget(key_, descriptor); }

    SessionKey key() const noexcept { return key_; }
    Kind kind() const noexcept { return kind_; }

private:
    Reactor& reactor_;
    const SessionKey key_;
    const Kind kind_;

public:
    Wait* wait = nullptr; ///< null: not suspended in the poller
    bool queued = false;  ///< to be resumed: many wake-ups are one
    Session session;      ///< last: its frames die while the rest is whole
};

Reactor::Reactor(std::unique_ptr<Poller> poller, LocalHub* hub, StopSignal& stop,
                 std::chrono::milliseconds shutdown_grace, Log& log)
    : log_(log), poller_(std::move(poller)), now_(Clock::now()), timers_(now_),
      alarm_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!alarm_)
        throw std::system_error(last_error(), "eventfd");
    Waker& postman = host(deliver_post(), Kind::background);
    runner_ = std::make_unique<LocalRunner>(hub, postman);
    host(obey(stop, shutdown_grace), Kind::background);
}

Reactor::~Reactor() {
    abandon_all();
    // While the runner is there, for they may be members; the postman, who came first, goes last.
    while (!slots_.empty()) {
        if (slots_.back())
            remove(slots_.back()->key());
        slots_.pop_back();
    }
}

Waker& Reactor::host(Task<void> conversation, Kind kind) {
    std::uint32_t slot = 0;
    if (free_slots_.empty()) {
        slot = static_cast<std::uint32_t>(slots_.size());
        if (slot >> slot_bits != 0)
            throw std::length_error("too many sessions in one reactor");
        slots_.emplace_back();
    } else {
        slot = free_slots_.back();
        free_slots_.pop_back();
    }
    last_generation_ = (last_generation_ + 1) & ((1U << generation_bits) - 1);
    const SessionKey key = {slot, last_generation_};
    slots_[slot] = std::make_unique<Hosted>(*this, key, kind, std::move(conversation));
    if (kind == Kind::foreground)
        ++foreground_;
    if (stopping_)
        slots_[slot]->session.finish_when_idle();
    queue(*slots_[slot]);
    slots_[slot]->queued = false; // a wake-up before the first step is for its first wait
    return *slots_[slot];
}

bool Reactor::turn() {
    now_ = Clock::now();
    collect_woken();
    collect_late();
    // Upkeep first: a client that runs beside the stop signal should know of it.
    for (std::vector<SessionKey>* const ready : {&ready_upkeep_, &ready_}) {
        std::swap(*ready, running_);
        for (const SessionKey key : running_)
            if (Hosted* const hosted = find(key))
                resume(*hosted);
        running_.clear();
    }
    if (foreground_ == 0)
        return false;
    poller_->poll(now_, sleep_until(), events_);
    collect_ready();
    return true;
}

void Reactor::resume(Hosted& hosted) {
    hosted.queued = false;
    if (Wait* const wait = std::exchange(hosted.wait, nullptr))
        poller_->unwatch(hosted.key(), *wait);
    Wait* const wait = resume_guarded(hosted.session, log_);
    if (wait == nullptr) {
        remove(hosted.key());
        return;
    }
    if (wait->deadline <= now_ && wait->interests.empty()) { // it only lets others run
        queue(hosted);
        return;
    }
    try {
        poller_->watch(hosted.key(), *wait);
    } catch (const std::system_error& error) { // the kernel is out of memory or of watches
        log_.error("session ended: {}", error.what());
        remove(hosted.key());
        return;
    }
    hosted.wait = wait;
    for (pollfd& interest : wait->interests)
        interest.revents = 0;
    // A timer that fires too early costs one look; moving it at every wait would cost more.
    if (wait->deadline != no_deadline && (!hosted.is_armed() || wait->deadline < hosted.due()))
        timers_.arm(hosted, wait->deadline);
}

void Reactor::queue(Hosted& hosted) {
    if (std::exchange(hosted.queued, true))
        return;
    (hosted.kind() == Kind::background ? ready_upkeep_ : ready_).push_back(hosted.key());
}

void Reactor::remove(SessionKey key) {
    std::unique_ptr<Hosted> hosted = std::move(slots_[key.slot]);
    if (hosted->wait != nullptr)
        poller_->unwatch(key, *hosted->wait);
    if (hosted->kind() == Kind::foreground)
        --foreground_;
    free_slots_.push_back(key.slot);
}

Reactor::Hosted* Reactor::find(SessionKey key) noexcept {
    Hosted* const hosted = key.slot < slots_.size() ? slots_[key.slot].get() : nullptr;
    return hosted != nullptr && hosted->key() == key ? hosted : nullptr;
}

void Reactor::collect_ready() {
    for (const ReadyDescriptor& event : events_) {
        Hosted* const hosted = find(event.key);
        if (hosted == nullptr || hosted->wait == nullptr)
            continue;
        for (pollfd& interest : hosted->wait->interests) {
            const auto wanted = static_cast<short>(interest.events | POLLERR | POLLHUP | POLLNVAL);
            if (interest.fd != event.descriptor || (event.revents & wanted) == 0)
                continue;
            interest.revents = static_cast<short>(event.revents & wanted);
            queue(*hosted);
        }
    }
    events_.clear();
}

void Reactor::collect_late() {
    while (Timer* const timer = timers_.expire(now_)) {
        auto& hosted = static_cast<Hosted&>(*timer);
        if (hosted.wait == nullptr || hosted.wait->deadline == no_deadline)
            continue;
        if (hosted.wait->deadline <= now_)
            queue(hosted);
        else
            timers_.arm(hosted, hosted.wait->deadline);
    }
}

void Reactor::collect_woken() {
    const std::lock_guard lock(mutex_);
    for (const SessionKey key : woken_)
        if (Hosted* const hosted = find(key))
            queue(*hosted);
    woken_.clear();
}

void Reactor::wake_from_elsewhere(SessionKey key) noexcept {
    if (std::this_thread::get_id() == thread_) {
        if (Hosted* const hosted = find(key))
            queue(*hosted);
        return;
    }
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        first = woken_.empty();
        woken_.push_back(key);
    }
    const std::uint64_t one = 1;
    if (first) [[maybe_unused]]
        const ssize_t written = ::write(alarm_.get(), &one, sizeof one);
}

Clock::time_point Reactor::sleep_until() noexcept {
    if (!ready_.empty() || !ready_upkeep_.empty())
        return now_;
    // Looked at after the alarm was cleared: a wake-up from now on rings it again.
    const std::lock_guard lock(mutex_);
    return woken_.empty() ? timers_.next() : now_;
}

/// Woken by the runner when post has come, and by the alarm when another thread woke somebody.
Task<void> Reactor::deliver_post() {
    std::array<pollfd, 1> interests = {pollfd{alarm_.get(), POLLIN, 0}};
    Wait wait;
    wait.interests = interests;
    for (;;) {
        co_await until(wait);
        std::uint64_t alarms = 0;
        if (interests[0].revents != 0) [[maybe_unused]]
            const ssize_t got = ::read(alarm_.get(), &alarms, sizeof alarms);
        interests[0].revents = still_armed; // one read leaves nothing
        runner_->deliver_post();
    }
}

/// At the stop signal asks everybody to finish, and after the grace ends those who have not.
Task<void> Reactor::obey(StopSignal& stop, std::chrono::milliseconds grace) {
    Session& session = co_await this_session();
    std::array<pollfd, 1> interests = {pollfd{stop.descriptor(), POLLIN, 0}};
    Wait wait;
    wait.interests = interests;
    while (interests[0].revents == 0)
        co_await until(wait);
    finish_all();
    wait.interests = {};
    wait.deadline = session.now() + grace;
    while (session.now() < wait.deadline)
        co_await until(wait);
    abandon_all();
}

void Reactor::finish_all() noexcept {
    stopping_ = true;
    for (const std::unique_ptr<Hosted>& hosted : slots_) {
        if (!hosted)
            continue;
        hosted->session.finish_when_idle();
        queue(*hosted);
    }
}

void Reactor::abandon_all() {
    for (const std::unique_ptr<Hosted>& hosted : slots_)
        if (hosted && hosted->kind() == Kind::foreground)
            remove(hosted->key());
}

} // namespace tern::strategy
