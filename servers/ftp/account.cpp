#include "servers/ftp/account.h"

#include "servers/ftp/stored.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <limits>

namespace tern::ftp {
namespace {

using Count = std::int64_t;

/// Adds, unless it would be more than `limit` (0: none) then.
bool add_within(std::atomic<Count>& number, Count amount, std::uint64_t limit) noexcept {
    const Count before = number.fetch_add(amount, std::memory_order_relaxed);
    if (limit == 0 || amount <= 0 || before + amount <= static_cast<Count>(limit))
        return true;
    number.fetch_sub(amount, std::memory_order_relaxed);
    return false;
}

/// Parts of a second that a portion takes: what comes at once is 2 % of what comes in a second.
constexpr std::uint64_t portions_per_second = 50;
constexpr std::size_t smallest_portion = 512;
/// Who comes late may catch up with so much.
constexpr Clock::duration catches_up = std::chrono::milliseconds(60);

} // namespace

Ledger::Ledger(std::size_t users)
    : capacity_(users), memory_(users * sizeof(AccountPage)),
      pages_(static_cast<AccountPage*>(memory_.address())) {}

AccountPage* Ledger::page_of(std::string_view user) noexcept {
    // The parent and what it forks have the same hash.
    const std::uint64_t key = std::hash<std::string_view>()(user) | 1;
    for (std::size_t i = 0; i < capacity_; ++i) {
        AccountPage& page = pages_[(key + i) % capacity_];
        std::uint64_t found = 0;
        if (page.key.compare_exchange_strong(found, key) || found == key)
            return &page;
    }
    return nullptr;
}

bool Account::take(std::uint64_t bytes, std::uint64_t files) noexcept {
    if (!counts())
        return true;
    if (!add_within(page_->bytes, static_cast<Count>(bytes), limits_.bytes))
        return false;
    if (add_within(page_->files, static_cast<Count>(files), limits_.files))
        return true;
    page_->bytes.fetch_sub(static_cast<Count>(bytes), std::memory_order_relaxed);
    return false;
}

void Account::give_back(std::uint64_t bytes, std::uint64_t files) noexcept {
    correct(-static_cast<Count>(bytes), -static_cast<Count>(files));
}

void Account::correct(std::int64_t bytes, std::int64_t files) noexcept {
    if (!counts())
        return;
    page_->bytes.fetch_add(bytes, std::memory_order_relaxed);
    page_->files.fetch_add(files, std::memory_order_relaxed);
}

std::optional<std::uint64_t> Account::room() const noexcept {
    if (!counts() || limits_.bytes == 0)
        return std::nullopt;
    const Count stored = std::max<Count>(page_->bytes.load(std::memory_order_relaxed), 0);
    return limits_.bytes - std::min(static_cast<std::uint64_t>(stored), limits_.bytes);
}

std::size_t Account::portion(Direction direction) const noexcept {
    if (page_ == nullptr || rate(direction) == 0)
        return std::numeric_limits<std::size_t>::max();
    return std::max<std::size_t>(rate(direction) / portions_per_second, smallest_portion);
}

Clock::time_point Account::moved(Direction direction, std::size_t bytes,
                                 Clock::time_point now) noexcept {
    if (page_ == nullptr || rate(direction) == 0)
        return now;
    const std::chrono::duration<double> taken(static_cast<double>(bytes) /
                                              static_cast<double>(rate(direction)));
    const Clock::rep ticks = std::chrono::round<Clock::duration>(taken).count();
    std::atomic<Clock::rep>& until = page_->busy_until[static_cast<std::size_t>(direction)];
    Clock::rep before = until.load(std::memory_order_relaxed);
    Clock::rep after = 0;
    do {
        after = std::max(before, (now - catches_up).time_since_epoch().count()) + ticks;
    } while (!until.compare_exchange_weak(before, after, std::memory_order_relaxed));
    return Clock::time_point(Clock::duration(after));
}

void Account::count_stored(int home) {
    if (!counts())
        return;
    Count bytes_before = page_->bytes.load();
    Count files_before = page_->files.load();
    const Census census = count_below(home);
    // A folder that its owner has closed to us still holds what it holds.
    if (!census.is_complete && page_->counted != 0)
        return;
    page_->bytes.compare_exchange_strong(bytes_before, static_cast<Count>(census.stored.bytes));
    page_->files.compare_exchange_strong(files_before, static_cast<Count>(census.stored.files));
    page_->counted = 1;
}

} // namespace tern::ftp
