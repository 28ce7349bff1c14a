#pragma once
// Who may be connected: at most so many in all, and so many from one address.
//
// The counts live in shared memory, made before the first fork, so that the limits are the same
// under every strategy. There is no lock to be left behind by a process that is killed; what such
// a process held, its parent gives back by ticket.

#include "common/base/metrics.h"
#include "common/base/shared_memory.h"
#include "common/net/address.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace tern::strategy {

class Admission {
public:
    /// What a connection holds; plain data, so that it can live in shared memory.
    struct Ticket {
        std::uint64_t key = 0; ///< of the address; 0: not counted per address
        std::uint32_t cell = 0;
        bool counted = false;
    };

    /// A connection's place; gives it back when it dies.
    class Place {
    public:
        Place() noexcept = default;
        Place(Place&& other) noexcept
            : admission_(std::exchange(other.admission_, nullptr)), ticket_(other.ticket_) {}
        Place& operator=(Place&& other) noexcept {
            std::swap(admission_, other.admission_);
            std::swap(ticket_, other.ticket_);
            return *this;
        }
        ~Place() {
            if (admission_ != nullptr)
                admission_->give_back(ticket_);
        }
        const Ticket& ticket() const noexcept { return ticket_; }
        /// For a forked child: the place is its parent's.
        void disown() noexcept { admission_ = nullptr; }

    private:
        friend class Admission;
        Place(Admission& admission, Ticket ticket) noexcept
            : admission_(&admission), ticket_(ticket) {}

        Admission* admission_ = nullptr;
        Ticket ticket_;
    };

    enum class Verdict { welcome, full, too_many_from_address };

    /// `max_connections` at least 1; `max_per_address` 0: no limit. Throws std::system_error.
    Admission(std::size_t max_connections, std::size_t max_per_address, Metrics& metrics);

    /// Fills `place` if the verdict is welcome.
    Verdict admit(const net::Address& peer, Place& place);

    /// What a process that was killed did not give back itself.
    void give_back(const Ticket& ticket) noexcept;

    std::size_t connections() const noexcept;

private:
    /// One address's count: a digest of its key above, the count below. Addresses share buckets of
    /// eight cells, one cache line; a cell is free when its count is zero.
    using Cell = std::atomic<std::uint64_t>;
    static_assert(Cell::is_always_lock_free, "shared between processes");
    static constexpr std::size_t cells_per_bucket = 8;

    Cell* bucket_of(std::uint64_t key) const noexcept;
    std::size_t count_in_bucket(const Cell* bucket, std::uint64_t key) const noexcept;
    bool take_cell(std::uint64_t key, Ticket& ticket) noexcept;

    const std::size_t max_connections_;
    const std::size_t max_per_address_;
    std::size_t bucket_count_;
    SharedMemory memory_; ///< the total, on a cache line of its own, then the buckets
    std::atomic<std::uint64_t>* total_;
    Cell* cells_;
    Counter accepted_;
    Counter refused_;
    Gauge active_;
};

} // namespace tern::strategy
