#pragma once
// How often each of many keys (addresses, say) may do something: so many times a second, and so
// many at once. The same under every strategy: the table is shared memory of a fixed size, made
// before the first fork, without a lock that a killed process could leave behind.
//
// The generic cell rate algorithm: all that is kept of a key is the time until which it has used
// up its share. A key that has not for a while takes no room.

#include "common/base/clock.h"
#include "common/base/shared_memory.h"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace tern {

struct RateSettings {
    double per_second = 1; ///< in [0.001, 100'000]
    unsigned burst = 1;    ///< at once, after a pause of at most a day; at least 1
    friend bool operator==(const RateSettings&, const RateSettings&) = default;
};

/// Thread-safe, and safe in forked processes.
class KeyedRates {
public:
    /// `capacity` keys have room at once; past it, those that are furthest from their limit are
    /// forgotten. Throws std::system_error.
    explicit KeyedRates(const RateSettings& settings, std::size_t capacity = 1 << 16);

    /// How long the key must wait until it may: zero if it may now, which is counted. A refusal is
    /// not.
    Clock::duration take(std::uint64_t key, Clock::time_point now) noexcept;

private:
    /// A digest of the key above, the time below: microseconds, modulo 2^40 (12 days).
    using Cell = std::atomic<std::uint64_t>;
    static_assert(Cell::is_always_lock_free, "shared between processes");
    static constexpr std::size_t cells_per_bucket = 8; ///< a cache line

    struct Bucket {
        Cell* cells;
        std::uint64_t tag; ///< of the key
    };
    Bucket bucket_of(std::uint64_t key) const noexcept;
    std::uint64_t debt(std::uint64_t cell, std::uint64_t now) const noexcept;
    Cell& choose(const Bucket& bucket, std::uint64_t now, std::uint64_t& value) const noexcept;

    std::uint64_t interval_; ///< microseconds that one costs
    std::uint64_t most_;     ///< that may be owed when one more is asked for
    std::uint64_t seed_ = 0; ///< so that nobody can choose keys that meet in a bucket
    std::size_t bucket_count_;
    SharedMemory memory_;
    Cell* cells_;
};

} // namespace tern
