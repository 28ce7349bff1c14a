#pragma once
// Deadlines of many sessions: arming, disarming and expiring cost the same whatever their number.
//
// Four wheels of 64 slots, each slot of a wheel as wide as the whole wheel below it (Varghese and
// Lauck, "Hashed and Hierarchical Timing Wheels", 1987, scheme 7). Deadlines are rounded up to
// ticks of 4 ms; none fires early.

#include "common/base/clock.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace tern::strategy {

/// To be embedded in (or inherited by) what has a deadline; leaves the wheel when it dies.
class Timer {
public:
    Timer() noexcept = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    ~Timer() { disarm(); }

    void disarm() noexcept;
    bool is_armed() const noexcept { return next_ != nullptr; }
    /// Of an armed timer: it fires not before.
    Clock::time_point due() const noexcept;

private:
    friend class TimerWheel;
    Timer* next_ = nullptr; ///< a slot's timers form a ring through its head
    Timer* previous_ = nullptr;
    std::uint64_t tick_ = 0;
};

class TimerWheel {
public:
    explicit TimerWheel(Clock::time_point now) noexcept;

    /// Sets or moves the timer. A deadline in the past fires at the next expire(). Deadlines more
    /// than 18 hours away fire early, at that distance: their owners look at the clock anyway.
    void arm(Timer& timer, Clock::time_point deadline) noexcept;

    /// One timer that is due at `now`, disarmed; null when there is none left.
    Timer* expire(Clock::time_point now) noexcept;

    /// No timer is due before this; no_deadline when there is none. May be early, where the
    /// timers of a higher wheel have to come down first.
    Clock::time_point next() noexcept;

private:
    static constexpr std::size_t wheels = 4;
    static constexpr std::size_t slots = 64;
    using Slots = std::array<Timer, slots>;

    void place(Timer& timer) noexcept;
    void advance(std::uint64_t tick) noexcept;
    void cascade(std::size_t wheel) noexcept;
    bool occupied(std::size_t wheel, std::size_t slot) noexcept;
    /// The first tick after the current one at which a slot has to be looked at.
    std::uint64_t next_tick() noexcept;

    std::uint64_t current_;            ///< all timers up to this tick have been taken out
    std::array<Slots, wheels> wheels_; ///< heads of rings
    /// A bit per slot, so that empty wheels cost nothing; cleared lazily, for timers leave by
    /// themselves.
    std::array<std::uint64_t, wheels> maybe_occupied_ = {};
    Timer due_; ///< head of those that are to fire
};

} // namespace tern::strategy
