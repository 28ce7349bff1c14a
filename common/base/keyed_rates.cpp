#include "common/base/keyed_rates.h"

#include "common/base/result.h"

#include <sys/random.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <system_error>

namespace tern {
namespace {

constexpr std::uint64_t time_mask = (std::uint64_t{1} << 40) - 1;
/// Nobody owes more than this; what looks like more is days old.
constexpr std::uint64_t most_owed = std::uint64_t{1} << 37;
/// Between the clocks of two calls: a moment may be read long before it is used.
constexpr std::uint64_t slack = 10'000'000;
/// Races that one call loses before it gives up counting.
constexpr int most_attempts = 32;

/// Spreads keys over all bits (the finaliser of splitmix64).
std::uint64_t mix(std::uint64_t key) noexcept {
    key = (key ^ (key >> 30)) * 0xbf58476d1ce4e5b9;
    key = (key ^ (key >> 27)) * 0x94d049bb133111eb;
    return key ^ (key >> 31);
}

std::uint64_t microseconds(Clock::time_point time) noexcept {
    const auto since = std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch());
    return static_cast<std::uint64_t>(since.count());
}

} // namespace

KeyedRates::KeyedRates(const RateSettings& settings, std::size_t capacity)
    : interval_(static_cast<std::uint64_t>(std::llround(1e6 / settings.per_second))),
      most_(std::min(interval_ * (settings.burst - 1), most_owed - interval_)),
      bucket_count_(std::bit_ceil(std::max(capacity, cells_per_bucket) / cells_per_bucket)),
      memory_(bucket_count_ * cells_per_bucket * sizeof(Cell)),
      cells_(static_cast<Cell*>(memory_.address())) {
    if (::getrandom(&seed_, sizeof seed_, 0) != static_cast<ssize_t>(sizeof seed_))
        throw std::system_error(last_error(), "getrandom");
}

KeyedRates::Bucket KeyedRates::bucket_of(std::uint64_t key) const noexcept {
    const std::uint64_t digest = mix(mix(key ^ seed_) + seed_);
    return {cells_ + (digest & (bucket_count_ - 1)) * cells_per_bucket,
            (digest | std::uint64_t{1} << 63) & ~time_mask};
}

/// What the cell's key has used in advance.
std::uint64_t KeyedRates::debt(std::uint64_t cell, std::uint64_t now) const noexcept {
    const std::uint64_t ahead = (cell - now) & time_mask;
    return ahead <= most_ + interval_ + slack ? ahead : 0;
}

/// The key's own cell, else the one whose key owes least: nothing, usually.
KeyedRates::Cell& KeyedRates::choose(const Bucket& bucket, std::uint64_t now,
                                     std::uint64_t& value) const noexcept {
    Cell* best = bucket.cells;
    std::uint64_t least = ~std::uint64_t{0};
    for (std::size_t i = 0; i < cells_per_bucket; ++i) {
        const std::uint64_t cell = bucket.cells[i].load(std::memory_order_relaxed);
        const bool is_ours = (cell & ~time_mask) == bucket.tag;
        const std::uint64_t owed = debt(cell, now);
        if (!is_ours && owed >= least)
            continue;
        best = &bucket.cells[i];
        value = cell;
        least = owed;
        if (is_ours)
            break;
    }
    return *best;
}

Clock::duration KeyedRates::take(std::uint64_t key, Clock::time_point now) noexcept {
    const Bucket bucket = bucket_of(key);
    const std::uint64_t present = microseconds(now);
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        std::uint64_t value = 0;
        Cell& cell = choose(bucket, present, value);
        const bool is_ours = (value & ~time_mask) == bucket.tag;
        const std::uint64_t owed = is_ours ? debt(value, present) : 0;
        if (owed > most_)
            return std::chrono::microseconds(owed - most_);
        const std::uint64_t wanted = bucket.tag | ((present + owed + interval_) & time_mask);
        if (cell.compare_exchange_weak(value, wanted, std::memory_order_relaxed))
            return Clock::duration::zero();
    }
    return Clock::duration::zero();
}

} // namespace tern
