#pragma once
// How many frames of a kind a peer may still send: so many a second, and ten seconds' worth at
// once. Useful work earns more. A clock is looked at only when the budget is spent.

#include "common/base/clock.h"

#include <algorithm>
#include <cstdint>

namespace tern::http2 {

class FrameBudget {
public:
    explicit FrameBudget(std::uint32_t per_second) noexcept
        : per_second_(per_second), most_(std::int64_t{10} * per_second), left_(most_) {}

    /// False: that is too much.
    bool spend(std::int64_t frames, Clock::time_point now) noexcept {
        if (filled_at_ == Clock::time_point())
            filled_at_ = now;
        left_ -= frames;
        if (left_ >= 0)
            return true;
        refill(now);
        return left_ >= 0;
    }
    void earn(std::int64_t frames) noexcept { left_ = std::min(left_ + frames, most_); }

private:
    void refill(Clock::time_point now) noexcept {
        const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - filled_at_);
        constexpr std::int64_t enough_ms = 10'000;
        const std::int64_t whole = std::min<std::int64_t>(passed.count(), enough_ms);
        earn(whole * per_second_ / 1'000);
        filled_at_ = now;
    }

    const std::int64_t per_second_;
    const std::int64_t most_;
    std::int64_t left_;
    Clock::time_point filled_at_; ///< at first: when it was first spent
};

} // namespace tern::http2
