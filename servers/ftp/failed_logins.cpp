#include "servers/ftp/failed_logins.h"

#include "common/base/result.h"

#include <sys/random.h>

#include <algorithm>
#include <bit>
#include <system_error>

namespace tern::ftp {
namespace {

constexpr std::uint64_t time_mask = 0xffffff;
constexpr unsigned most_counted = 255;

std::uint64_t seconds(Clock::time_point time) noexcept {
    const auto since = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch());
    return static_cast<std::uint64_t>(since.count()) & time_mask;
}

std::uint64_t age(std::uint64_t cell, std::uint64_t now) noexcept {
    return (now - cell) & time_mask;
}

unsigned count_in(std::uint64_t cell) noexcept { return cell >> 24 & 0xff; }

/// Of splitmix64.
std::uint64_t mix(std::uint64_t value) noexcept {
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
    value = (value ^ value >> 27) * 0x94d049bb133111eb;
    return value ^ value >> 31;
}

} // namespace

FailedLogins::FailedLogins(const BanSettings& settings, std::size_t addresses)
    : settings_(settings), bucket_count_(std::bit_ceil(addresses) / cells_per_bucket),
      memory_(bucket_count_ * cells_per_bucket * sizeof(Cell)),
      cells_(static_cast<Cell*>(memory_.address())) {
    if (::getrandom(&seed_, sizeof seed_, 0) != static_cast<ssize_t>(sizeof seed_))
        throw std::system_error(last_error(), "getrandom");
}

std::uint64_t FailedLogins::digest_of(std::uint64_t address) const noexcept {
    return mix(address ^ seed_);
}

FailedLogins::Cell* FailedLogins::bucket_of(std::uint64_t digest) const noexcept {
    return cells_ + (digest & (bucket_count_ - 1)) * cells_per_bucket;
}

bool FailedLogins::is_remembered(std::uint64_t cell, std::uint64_t now) const noexcept {
    const auto most = std::chrono::duration_cast<std::chrono::seconds>(settings_.duration).count();
    return cell != 0 && age(cell, now) <= static_cast<std::uint64_t>(most);
}

void FailedLogins::add(std::uint64_t address, Clock::time_point time) noexcept {
    if (settings_.failures == 0 || address == 0)
        return;
    const std::uint64_t digest = digest_of(address);
    const std::uint64_t now = seconds(time);
    Cell* const bucket = bucket_of(digest);
    // Its own cell, else the one that failed longest ago.
    std::size_t best = 0;
    std::uint64_t value = bucket[0].load();
    for (std::size_t i = 0; i < cells_per_bucket && value >> 32 != digest >> 32; ++i) {
        const std::uint64_t cell = bucket[i].load();
        const bool is_ours = cell >> 32 == digest >> 32;
        if (!is_ours && cell != 0 && (value == 0 || age(cell, now) <= age(value, now)))
            continue;
        best = i;
        value = cell;
    }
    const bool goes_on = value >> 32 == digest >> 32 && is_remembered(value, now);
    const std::uint64_t count = goes_on ? std::min(count_in(value) + 1, most_counted) : 1;
    bucket[best].compare_exchange_strong(value, digest >> 32 << 32 | count << 24 | now);
}

bool FailedLogins::is_banned(std::uint64_t address, Clock::time_point time) const noexcept {
    if (settings_.failures == 0 || address == 0)
        return false;
    const std::uint64_t digest = digest_of(address);
    const Cell* const bucket = bucket_of(digest);
    for (std::size_t i = 0; i < cells_per_bucket; ++i) {
        const std::uint64_t cell = bucket[i].load();
        if (cell >> 32 == digest >> 32)
            return count_in(cell) >= settings_.failures && is_remembered(cell, seconds(time));
    }
    return false;
}

} // namespace tern::ftp
