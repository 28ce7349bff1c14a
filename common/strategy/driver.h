#pragma once
// The blocking strategies' way to wait: one poll(2) over one session's own interests.
//
// `while (Wait* wait = session.resume()) poll(*wait);` and no more, but for the three things that
// a wait must not miss: the stop signal, post from the hub, and, where a worker serves one client
// at a time, the next client at the door.

#include "common/base/log.h"
#include "common/base/unique_fd.h"
#include "common/hub/runner.h"
#include "common/session/session.h"
#include "common/strategy/stop_signal.h"

#include <chrono>
#include <span>
#include <vector>

namespace tern::strategy {

class Residents;

/// Where the next client would wait, for a worker that serves one at a time.
class Door {
public:
    virtual ~Door() = default;
    /// Descriptors of the listeners.
    virtual std::span<const int> listeners() const noexcept = 0;
    /// Whether a client who waits there is left to this worker.
    virtual bool nobody_else_is_free() const noexcept { return true; }
};

class Driver final : public Waker {
public:
    /// `wakeable`: other threads may wake the session; costs an eventfd. All arguments outlive it.
    Driver(StopSignal& stop, std::chrono::milliseconds shutdown_grace, bool wakeable, Log& log);

    /// Runs the conversation to its end, or until the grace after the stop signal is over. With a
    /// door, the session is asked to finish when idle as soon as another client waits.
    void drive(Task<void> conversation, Runner& runner, const Door* door = nullptr);

    /// They live beside the conversations from now on; they outlive every drive().
    void accompany(Residents& residents) noexcept { residents_ = &residents; }

    void wake() noexcept override;

private:
    void wait(Session& session, Wait& wait, Runner& runner, const Door* door);
    void fill(const Wait& wait, const Runner& runner, const Door* door, Clock::time_point now);
    bool somebody_waits_at(const Door& door);
    void look_at_door(Session& session, const Door& door, Clock::time_point now);
    void give_turns(std::size_t first, Clock::time_point now);
    void begin_stop(Session& session, Clock::time_point now) noexcept;

    StopSignal& stop_;
    const std::chrono::milliseconds shutdown_grace_;
    Log& log_;
    UniqueFd alarm_;     ///< where other threads may wake the session
    bool woken_ = false; ///< where only the session itself can
    bool stopping_ = false;
    Clock::time_point end_of_grace_ = no_deadline;
    Clock::time_point next_look_at_door_ = Clock::time_point::min();
    Residents* residents_ = nullptr;
    std::vector<pollfd> list_; ///< the session's interests; then ours, in the order of:
    std::size_t ours_ = 0;     ///< stop signal, alarm, post, listeners, and the residents' last
    static constexpr std::size_t stop_at = 0, alarm_at = 1, post_at = 2, door_at = 3;
};

} // namespace tern::strategy
