#pragma once
// A session: one conversation with one client, as a coroutine that a strategy runs.
//
// `while (Wait* wait = session.resume()) poll(*wait);` is all that a strategy has to do; how it
// waits, and on whose thread, is what makes it that strategy.

#include "common/base/clock.h"
#include "common/session/task.h"
#include "common/session/wait.h"
#include "common/session/waker.h"

#include <atomic>
#include <coroutine>

namespace tern {

class Session {
public:
    /// Takes over the conversation; nothing of it runs before the first resume().
    explicit Session(Task<void> conversation) noexcept;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Runs the conversation until it must wait. Returns what for (valid until the next resume or
    /// the session's end), or null when it is over. Throws what the conversation threw: a bug or
    /// an exhausted machine, for peers' errors are values. One thread at a time.
    Wait* resume();

    /// Set by the strategy before the first resume(); must outlive the session.
    void set_waker(Waker& waker) noexcept { waker_ = &waker; }
    void set_time(const TimeSource& time) noexcept { time_ = &time; }

    /// Makes the current or the next wait return. Any thread.
    void wake() noexcept {
        if (waker_ != nullptr)
            waker_->wake();
    }
    /// See Waker::closing.
    void closing(int descriptor) noexcept {
        if (waker_ != nullptr)
            waker_->closing(descriptor);
    }

    /// Asks the conversation to end politely as soon as nothing is under way. The strategy then
    /// resumes or wakes it. Any thread.
    void finish_when_idle() noexcept { finish_.store(true, std::memory_order_relaxed); }
    bool finish_requested() const noexcept { return finish_.load(std::memory_order_relaxed); }

    Clock::time_point now() const noexcept { return time_->now(); }

private:
    friend void detail::enter_frame(Session&, std::coroutine_handle<>) noexcept;
    friend struct Suspension;

    // The order matters: frames die first, and may call the waker as they close descriptors.
    std::atomic<bool> finish_ = false;
    Waker* waker_ = nullptr;
    const TimeSource* time_;
    Wait* pending_ = nullptr;
    std::coroutine_handle<> innermost_;
    Task<void> conversation_;
};

/// The one awaiter besides Task's own: suspends the whole session until `wait` is over.
struct Suspension {
    Wait& wait;
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) const noexcept {
        static_cast<detail::Frame&>(handle.promise()).session->pending_ = &wait;
    }
    void await_resume() const noexcept {}
};

/// `co_await until(wait);` — the wait object must live until then.
inline Suspension until(Wait& wait) noexcept { return {wait}; }

/// `Session& session = co_await this_session();` never suspends.
struct ThisSession {
    Session* session = nullptr;
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> handle) noexcept {
        session = static_cast<detail::Frame&>(handle.promise()).session;
        return false;
    }
    Session& await_resume() const noexcept { return *session; }
};
inline ThisSession this_session() noexcept { return {}; }

} // namespace tern
