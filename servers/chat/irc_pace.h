#pragma once
// How fast one client's commands are taken: so many a second, and so many at once after a pause.
// Those that come faster wait, unread, in the client's own connection.

#include "common/base/clock.h"
#include "common/base/keyed_rates.h"

#include <algorithm>

namespace tern::chat {

class IrcPace {
public:
    explicit IrcPace(const RateSettings& settings) noexcept
        : interval_(std::chrono::round<Clock::duration>(
              std::chrono::duration<double>(1 / settings.per_second))),
          tolerance_(interval_ * settings.burst) {}

    /// One command is taken.
    void take(Clock::time_point now) noexcept {
        used_until_ = std::max(used_until_, now) + interval_;
    }
    /// When the next one may be; in the past: at once.
    Clock::time_point next() const noexcept { return used_until_ - tolerance_; }

private:
    Clock::duration interval_;
    Clock::duration tolerance_;
    Clock::time_point used_until_;
};

} // namespace tern::chat
