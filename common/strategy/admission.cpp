#include "common/strategy/admission.h"

#include <bit>

namespace tern::strategy {
namespace {

constexpr std::uint64_t count_mask = 0xffffff; // 24 bits of count, 40 of digest
constexpr std::size_t cache_line = 64;

/// Spreads keys over all bits (the finaliser of splitmix64).
std::uint64_t mix(std::uint64_t key) noexcept {
    key = (key ^ (key >> 30)) * 0xbf58476d1ce4e5b9;
    key = (key ^ (key >> 27)) * 0x94d049bb133111eb;
    return key ^ (key >> 31);
}

std::uint64_t digest(std::uint64_t key) noexcept { return mix(key) & ~count_mask; }

std::size_t buckets_for(std::size_t connections) noexcept {
    // Half empty at worst, even if every connection comes from another address.
    return std::bit_ceil(connections / 4 + 8);
}

} // namespace

Admission::Admission(std::size_t max_connections, std::size_t max_per_address, Metrics& metrics)
    : max_connections_(max_connections), max_per_address_(max_per_address),
      bucket_count_(buckets_for(max_connections)),
      memory_(cache_line + bucket_count_ * cells_per_bucket * sizeof(Cell)),
      total_(static_cast<std::atomic<std::uint64_t>*>(memory_.address())),
      cells_(reinterpret_cast<Cell*>(static_cast<char*>(memory_.address()) + cache_line)),
      accepted_(metrics.counter("tern_connections_accepted_total", "Connections accepted.")),
      refused_(metrics.counter("tern_connections_refused_total",
                               "Connections refused because a limit was reached.")),
      active_(metrics.gauge("tern_connections_active", "Connections open now.")) {}

Admission::Cell* Admission::bucket_of(std::uint64_t key) const noexcept {
    return cells_ + (mix(key) & (bucket_count_ - 1)) * cells_per_bucket;
}

std::size_t Admission::count_in_bucket(const Cell* bucket, std::uint64_t key) const noexcept {
    std::size_t count = 0;
    for (std::size_t i = 0; i < cells_per_bucket; ++i) {
        const std::uint64_t cell = bucket[i].load(std::memory_order_relaxed);
        if ((cell & ~count_mask) == digest(key))
            count += cell & count_mask;
    }
    return count;
}

bool Admission::take_cell(std::uint64_t key, Ticket& ticket) noexcept {
    Cell* const bucket = bucket_of(key);
    // First the cell that counts this address already, then any free one.
    for (const bool free_one : {false, true}) {
        for (std::size_t i = 0; i < cells_per_bucket; ++i) {
            std::uint64_t cell = bucket[i].load(std::memory_order_relaxed);
            for (;;) {
                const bool in_use = (cell & count_mask) != 0;
                const bool ours = in_use && (cell & ~count_mask) == digest(key);
                if (!(free_one ? !in_use : ours))
                    break;
                const std::uint64_t wanted = free_one ? digest(key) + 1 : cell + 1;
                if (bucket[i].compare_exchange_weak(cell, wanted)) {
                    ticket.key = key;
                    ticket.cell = static_cast<std::uint32_t>(&bucket[i] - cells_);
                    return true;
                }
            }
        }
    }
    return false; // nine addresses in one bucket: this one goes uncounted
}

Admission::Verdict Admission::admit(const net::Address& peer, Place& place) {
    if (total_->fetch_add(1) >= max_connections_) {
        total_->fetch_sub(1);
        refused_.add();
        return Verdict::full;
    }
    active_.add();
    Ticket ticket;
    ticket.counted = true;
    const std::uint64_t key = peer.limit_key();
    if (max_per_address_ > 0 && key != 0 && take_cell(key, ticket) &&
        count_in_bucket(bucket_of(key), key) > max_per_address_) {
        give_back(ticket);
        refused_.add();
        return Verdict::too_many_from_address;
    }
    accepted_.add();
    place = Place(*this, ticket);
    return Verdict::welcome;
}

void Admission::give_back(const Ticket& ticket) noexcept {
    if (!ticket.counted)
        return;
    if (ticket.key != 0)
        cells_[ticket.cell].fetch_sub(1);
    total_->fetch_sub(1);
    active_.subtract();
}

std::size_t Admission::connections() const noexcept { return total_->load(); }

} // namespace tern::strategy
