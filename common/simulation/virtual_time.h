#pragma once
// A clock that stands still until it is moved: an idle timeout of an hour passes at once.

#include "common/base/clock.h"

#include <algorithm>

namespace tern::simulation {

class VirtualTime final : public TimeSource {
public:
    Clock::time_point now() const noexcept override { return now_; }

    void advance(Clock::duration duration) noexcept { now_ += duration; }
    /// Never backwards.
    void advance_to(Clock::time_point time) noexcept { now_ = std::max(now_, time); }

private:
    Clock::time_point now_{std::chrono::hours(1)};
};

} // namespace tern::simulation
