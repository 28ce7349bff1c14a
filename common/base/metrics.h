#pragma once
// Counters, gauges and histograms that are the same number under every strategy, and their
// Prometheus text.
//
// They live in one anonymous shared mapping, made before the first fork. Counters are kept once
// per processor (a shard): adding is sched_getcpu() and one relaxed atomic addition to a cache
// line that other processors seldom touch, about 5 ns whatever the load; reading adds up all
// shards. There is no lock in the mapping, so a process that is killed cannot leave one behind.

#include "common/base/shared_memory.h"

#include <sched.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern {

/// A number that only grows.
class Counter {
public:
    void add(std::uint64_t amount = 1) const noexcept {
        const std::size_t shard = static_cast<unsigned>(::sched_getcpu()) & mask_;
        slot_[shard * stride_].fetch_add(amount, std::memory_order_relaxed);
    }
    std::uint64_t value() const noexcept {
        std::uint64_t sum = 0;
        for (std::size_t shard = 0; shard <= mask_; ++shard)
            sum += slot_[shard * stride_].load(std::memory_order_relaxed);
        return sum;
    }

private:
    friend class Metrics;
    friend class Histogram;
    using Slot = std::atomic<std::uint64_t>;
    static_assert(Slot::is_always_lock_free, "shared between processes");

    Counter(Slot* slot, std::size_t stride, std::size_t mask) noexcept
        : slot_(slot), stride_(stride), mask_(mask) {}
    Counter slot_after(std::size_t distance) const noexcept {
        return {slot_ + distance, stride_, mask_};
    }

    Slot* slot_;         ///< in the first shard
    std::size_t stride_; ///< slots from shard to shard
    std::size_t mask_;   ///< shards - 1
};

/// A number that goes up and down; one atomic, so that its value is cheap to read.
class Gauge {
public:
    void add(std::int64_t amount = 1) const noexcept {
        slot_->fetch_add(amount, std::memory_order_relaxed);
    }
    void subtract(std::int64_t amount = 1) const noexcept {
        slot_->fetch_sub(amount, std::memory_order_relaxed);
    }
    void set(std::int64_t value) const noexcept { slot_->store(value, std::memory_order_relaxed); }
    std::int64_t value() const noexcept { return slot_->load(std::memory_order_relaxed); }

private:
    friend class Metrics;
    using Slot = std::atomic<std::int64_t>;
    explicit Gauge(Slot* slot) noexcept : slot_(slot) {}

    Slot* slot_;
};

/// How long things take: how many were at most so long, for each of a few bounds.
class Histogram {
public:
    void observe(std::chrono::nanoseconds duration) const noexcept;

private:
    friend class Metrics;
    Histogram(Counter first, std::span<const std::chrono::nanoseconds> bounds) noexcept
        : first_(first), bounds_(bounds) {}

    Counter first_; ///< then one slot per bound, one for longer ones, and the sum in nanoseconds
    std::span<const std::chrono::nanoseconds> bounds_; ///< owned by the registry
};

struct MetricLabel {
    std::string name;
    std::string value;
    friend bool operator==(const MetricLabel&, const MetricLabel&) = default;
};
using MetricLabels = std::vector<MetricLabel>;

/// The registry. Everything is registered before the first fork and the first thread; asking for
/// the same name and labels again gives the same number. Handles must not outlive it.
class Metrics {
public:
    static constexpr std::size_t counter_capacity = 4096; ///< slots; 32 KiB per processor
    static constexpr std::size_t gauge_capacity = 256;

    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// These throw std::length_error past the capacity, and std::logic_error for a name that is
    /// not Prometheus's or is in use for another kind.
    Counter counter(std::string_view name, std::string_view help, MetricLabels labels = {});
    Gauge gauge(std::string_view name, std::string_view help, MetricLabels labels = {});
    /// `bounds` ascend; Prometheus gets seconds.
    Histogram histogram(std::string_view name, std::string_view help,
                        std::vector<std::chrono::nanoseconds> bounds, MetricLabels labels = {});

    /// The text exposition format 0.0.4 (Content-Type: text/plain; version=0.0.4).
    std::string prometheus_text() const;

private:
    struct Series;
    struct Family;
    Family& family(std::string_view name, std::string_view help, std::string_view kind);
    static Series* find(Family& family, const MetricLabels& labels);
    static Series& add(Family& family, MetricLabels labels, std::size_t slot);
    static std::size_t take_slots(std::size_t& used, std::size_t count, std::size_t capacity);
    Counter counter_at(std::size_t slot) const noexcept;
    Gauge gauge_at(std::size_t slot) const noexcept;
    void append_series(std::string& text, const Family& family, const Series& series) const;
    void append_histogram(std::string& text, const Family& family, const Series& series) const;

    std::size_t shards_;
    SharedMemory memory_; ///< gauges, one cache line each; then the shards of the counters
    std::size_t counters_used_ = 0;
    std::size_t gauges_used_ = 0;
    std::vector<std::unique_ptr<Family>> families_; ///< in the order of registration
};

} // namespace tern
