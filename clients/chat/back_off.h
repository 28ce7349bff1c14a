#pragma once
// How long to wait before another attempt: twice as long each time, up to a limit, and not all
// clients at the same moment.

#include <algorithm>
#include <chrono>
#include <random>

namespace tern::chat_client {

class BackOff {
public:
    using Duration = std::chrono::milliseconds;

    explicit BackOff(unsigned seed) : random_(seed) {}

    Duration next() {
        std::uniform_int_distribution<Duration::rep> part(0, step_.count() / 4);
        const Duration wait = step_ + Duration(part(random_));
        step_ = std::min(step_ * 2, longest);
        return wait;
    }
    /// It has worked.
    void reset() noexcept { step_ = shortest; }

    static constexpr Duration shortest{500};
    static constexpr Duration longest{30'000};

private:
    std::minstd_rand random_;
    Duration step_ = shortest;
};

} // namespace tern::chat_client
