#pragma once
// What a simulated network does to those who use it.

#include "common/base/clock.h"
#include "common/simulation/random.h"

#include <algorithm>
#include <cstddef>

namespace tern::simulation {

/// One attempt of a transport.
enum class Attempt : unsigned char { read, write, shut_down };

/// What befalls an attempt.
enum class Fate : unsigned char {
    succeeds,
    fails,     ///< with EIO; the connection is of no more use
    reset,     ///< ECONNRESET, for both ends
    peer_ends, ///< (reading) the peer has ended its side just before
    reversed,  ///< like TLS: wants the other direction first, if that is ready
};

/// The default is fine weather: everything possible happens, at once.
class Weather {
public:
    virtual ~Weather() = default;
    virtual Fate fate(Attempt) { return Fate::succeeds; }
    /// How many of `possible` bytes an attempt moves; at least 1.
    virtual std::size_t portion(std::size_t possible) { return possible; }
    /// How long bytes and ends are under way.
    virtual Clock::duration delay() { return Clock::duration::zero(); }
};

/// Short reads and writes, delays, reversals and, if wanted, resets, all by a seed.
class SeededWeather final : public Weather {
public:
    struct Climate {
        std::size_t longest_portion = 64;
        Clock::duration longest_delay = std::chrono::milliseconds(50);
        std::size_t reversal_once_in = 20; ///< attempts; 0: never
        std::size_t reset_once_in = 0;     ///< attempts; 0: never
    };
    SeededWeather(Random& random, Climate climate) noexcept : random_(random), climate_(climate) {}

    Fate fate(Attempt) override {
        if (random_.once_in(climate_.reset_once_in))
            return Fate::reset;
        return random_.once_in(climate_.reversal_once_in) ? Fate::reversed : Fate::succeeds;
    }
    std::size_t portion(std::size_t possible) override {
        return random_.between(1, std::min(possible, climate_.longest_portion));
    }
    Clock::duration delay() override {
        const auto longest = static_cast<std::size_t>(climate_.longest_delay.count());
        return Clock::duration(random_.once_in(3) ? 0 : random_.between(0, longest));
    }

private:
    Random& random_;
    const Climate climate_;
};

} // namespace tern::simulation
