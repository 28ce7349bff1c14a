#pragma once
// Random numbers that are the same for the same seed on every machine and with every library.

#include <cstddef>
#include <cstdint>

namespace tern::simulation {

/// splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
class Random {
public:
    explicit Random(std::uint64_t seed) noexcept : state_(seed) {}

    std::uint64_t next() noexcept {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }
    /// From 0 to `limit` - 1; `limit` at least 1.
    std::size_t below(std::size_t limit) noexcept { return next() % limit; }
    /// Both included.
    std::size_t between(std::size_t lowest, std::size_t highest) noexcept {
        return lowest + below(highest - lowest + 1);
    }
    /// True once in `times`; never for 0.
    bool once_in(std::size_t times) noexcept { return times != 0 && below(times) == 0; }

private:
    std::uint64_t state_;
};

} // namespace tern::simulation
