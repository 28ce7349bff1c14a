#pragma once
// At most one line each so many seconds, and a word on how many were left out: for faults that
// repeat as fast as the machine can run.

#include "common/base/clock.h"

#include <atomic>
#include <cstddef>

namespace tern {

/// Thread-safe. Under a race one more may be allowed.
class RateLimit {
public:
    explicit RateLimit(Clock::duration interval) noexcept : interval_(interval) {}

    /// Whether to say it now. `suppressed`: how often that was denied since it was last allowed.
    bool allow(Clock::time_point now, std::size_t& suppressed) noexcept {
        Clock::rep next = next_.load(std::memory_order_relaxed);
        const Clock::rep current = now.time_since_epoch().count();
        const Clock::rep following = (now + interval_).time_since_epoch().count();
        if (current < next || !next_.compare_exchange_strong(next, following)) {
            denied_.fetch_add(1, std::memory_order_relaxed);
            return false;
        }
        suppressed = denied_.exchange(0, std::memory_order_relaxed);
        return true;
    }

private:
    const Clock::duration interval_;
    std::atomic<Clock::rep> next_ = Clock::time_point::min().time_since_epoch().count();
    std::atomic<std::size_t> denied_ = 0;
};

} // namespace tern
