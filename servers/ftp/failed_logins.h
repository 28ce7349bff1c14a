#pragma once
// From where passwords are guessed: failed logins are counted for each address, in shared memory
// without locks, and an address with too many is turned away for a time.

#include "common/base/clock.h"
#include "common/base/shared_memory.h"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace tern::ftp {

struct BanSettings {
    unsigned failures = 20;                              ///< 0: nobody is banned
    Clock::duration duration = std::chrono::minutes(10); ///< and how long failures are remembered
};

/// Thread-safe, and safe in forked processes.
class FailedLogins {
public:
    /// `addresses` have room at once; past it those are forgotten that failed longest ago. Throws
    /// std::system_error.
    explicit FailedLogins(const BanSettings& settings, std::size_t addresses = 1 << 14);

    /// `address`: Address::limit_key(); 0 is never banned.
    void add(std::uint64_t address, Clock::time_point time) noexcept;
    bool is_banned(std::uint64_t address, Clock::time_point time) const noexcept;

private:
    /// A digest of the address (32 bits), the count (8), the time in seconds (24).
    using Cell = std::atomic<std::uint64_t>;
    static_assert(Cell::is_always_lock_free, "shared between processes");
    static constexpr std::size_t cells_per_bucket = 8;

    Cell* bucket_of(std::uint64_t digest) const noexcept;
    std::uint64_t digest_of(std::uint64_t address) const noexcept;
    bool is_remembered(std::uint64_t cell, std::uint64_t now) const noexcept;

    const BanSettings settings_;
    std::uint64_t seed_ = 0; ///< so that nobody can choose addresses that meet in a bucket
    std::size_t bucket_count_;
    SharedMemory memory_;
    Cell* cells_;
};

} // namespace tern::ftp
