#pragma once
// What one user has stored, and how fast the user's data moves, in all sessions together: numbers
// in shared memory, made before the first fork, so that they are the same under every strategy.

#include "common/base/clock.h"
#include "common/base/shared_memory.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tern::ftp {

enum class Direction : unsigned char { up, down };

/// 0: no limit.
struct AccountLimits {
    std::uint64_t bytes = 0; ///< stored
    std::uint64_t files = 0;
    std::uint64_t up = 0; ///< bytes per second
    std::uint64_t down = 0;
    std::size_t sessions = 0;

    bool has_quota() const noexcept { return bytes > 0 || files > 0; }
    friend bool operator==(const AccountLimits&, const AccountLimits&) = default;
};

/// A user's numbers. All zero: nobody's.
struct AccountPage {
    std::atomic<std::uint64_t> key;
    std::atomic<std::int64_t> bytes, files; ///< stored; what comes is counted before it does
    std::atomic<Clock::rep> busy_until[2];  ///< by direction: the pace allows more from then
    std::atomic<std::uint64_t> counted;     ///< not zero: what was there at the start is known
};

/// All pages. Thread-safe, and safe in forked processes.
class Ledger {
public:
    /// Throws std::system_error.
    explicit Ledger(std::size_t users = 4096);

    /// The page of the user of this name; null if there are too many users.
    AccountPage* page_of(std::string_view user) noexcept;

private:
    std::size_t capacity_;
    SharedMemory memory_;
    AccountPage* pages_;
};

/// A page with the user's limits.
class Account {
public:
    Account() noexcept = default; ///< without limits
    Account(AccountPage* page, const AccountLimits& limits) noexcept
        : page_(page), limits_(limits) {}

    /// Whether there is a quota.
    bool counts() const noexcept { return page_ != nullptr && limits_.has_quota(); }
    /// Takes room for so much more; false, and nothing taken, if there is not so much.
    bool take(std::uint64_t bytes, std::uint64_t files) noexcept;
    void give_back(std::uint64_t bytes, std::uint64_t files) noexcept;
    /// Counts what has happened, whether there was room or not.
    void correct(std::int64_t bytes, std::int64_t files) noexcept;
    /// How many bytes more may be stored, if there is a limit.
    std::optional<std::uint64_t> room() const noexcept;

    /// How much may be moved at a time, so that the pace stays even.
    std::size_t portion(Direction direction) const noexcept;
    /// So much was moved. Returns when the next portion may be.
    Clock::time_point moved(Direction direction, std::size_t bytes, Clock::time_point now) noexcept;

    /// Whether the numbers must be counted before anything can be stored.
    bool needs_count() const noexcept { return counts() && page_->counted == 0; }
    /// Counts what is stored in the folder `home`, which takes its time. What others store
    /// meanwhile makes it vain.
    void count_stored(int home);

private:
    std::uint64_t rate(Direction direction) const noexcept {
        return direction == Direction::up ? limits_.up : limits_.down;
    }
    AccountPage* page_ = nullptr;
    AccountLimits limits_;
};

} // namespace tern::ftp
