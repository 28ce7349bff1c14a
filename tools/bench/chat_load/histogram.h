#pragma once
// Latencies in buckets of which each is at most 1/64 wider than it is far.

#include <array>
#include <bit>
#include <cstdint>

namespace bench {

class Histogram {
public:
    void add(std::uint64_t nanoseconds) noexcept {
        ++buckets_[bucket_of(nanoseconds)];
        ++count_;
    }
    std::uint64_t count() const noexcept { return count_; }

    /// Nanoseconds that `share` of all do not exceed.
    std::uint64_t quantile(double share) const noexcept {
        auto left = static_cast<std::uint64_t>(share * static_cast<double>(count_));
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            if (left < buckets_[i])
                return end_of(i);
            left -= buckets_[i];
        }
        return 0;
    }

private:
    static constexpr unsigned precision = 6;
    static std::size_t bucket_of(std::uint64_t value) noexcept {
        if (value < (1U << precision))
            return value;
        const auto shift = static_cast<unsigned>(std::bit_width(value)) - precision - 1;
        return (std::uint64_t{shift} << precision) + (value >> shift);
    }
    static std::uint64_t end_of(std::size_t bucket) noexcept {
        if (bucket < (2U << precision))
            return bucket;
        const std::size_t shift = (bucket >> precision) - 1;
        return ((bucket & ((1U << precision) - 1)) + (1U << precision) + 1) << shift;
    }

    std::array<std::uint64_t, (64 - precision) << precision> buckets_ = {};
    std::uint64_t count_ = 0;
};

} // namespace bench
