#pragma once
// Time for sessions and strategies: one steady clock, replaceable in simulations.

#include <chrono>

namespace tern {

using Clock = std::chrono::steady_clock;

/// A deadline that never comes.
inline constexpr Clock::time_point no_deadline = Clock::time_point::max();

/// Tells the time. Sessions never read a clock themselves, so a test can run an hour in a second.
class TimeSource {
public:
    virtual ~TimeSource() = default;
    virtual Clock::time_point now() const noexcept = 0;
};

/// The machine's own steady clock.
class SteadyTime final : public TimeSource {
public:
    Clock::time_point now() const noexcept override { return Clock::now(); }
};

} // namespace tern
