#pragma once
// How many commands a session may give in a second; the others are answered in the next one.

#include "common/base/clock.h"

namespace tern::ftp {

class Pace {
public:
    /// 0: any number.
    explicit Pace(unsigned per_second) noexcept : per_second_(per_second) {}

    /// Whether one more may be answered now; if so, it counts.
    bool allows(Clock::time_point now) noexcept {
        if (per_second_ == 0)
            return true;
        if (now >= next_begins_) {
            next_begins_ = now + std::chrono::seconds(1);
            count_ = 0;
        }
        over_ = count_ == per_second_;
        count_ += over_ ? 0 : 1;
        return !over_;
    }
    /// There was none after all.
    void take_back() noexcept { count_ -= per_second_ == 0 ? 0 : 1; }

    /// Whether the last one was not allowed, and when it will be.
    bool is_over() const noexcept { return over_; }
    Clock::time_point next_begins() const noexcept { return next_begins_; }

private:
    unsigned per_second_;
    unsigned count_ = 0;
    bool over_ = false;
    Clock::time_point next_begins_ = Clock::time_point::min();
};

} // namespace tern::ftp
