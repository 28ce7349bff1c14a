#pragma once
// How many sessions each user has: in shared memory, without locks, so that it is the same under
// every strategy, and a process that is killed gives back what it had.

#include "common/base/shared_memory.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace tern::ftp {

/// Thread-safe, and safe in forked processes.
class UserSessions {
public:
    /// `most` sessions of all users together. Throws std::system_error.
    explicit UserSessions(std::size_t most);

    /// One session's place; gives it back when it dies.
    class Place {
    public:
        Place() noexcept = default;
        Place(Place&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}
        Place& operator=(Place&& other) noexcept {
            std::swap(slot_, other.slot_);
            return *this;
        }
        ~Place() {
            if (slot_ != nullptr)
                slot_->store(0, std::memory_order_relaxed);
        }
        bool is_taken() const noexcept { return slot_ != nullptr; }

    private:
        friend class UserSessions;
        explicit Place(std::atomic<std::uint64_t>& slot) noexcept : slot_(&slot) {}
        std::atomic<std::uint64_t>* slot_ = nullptr;
    };

    /// A place for one more session of the user; none if there are `limit` (0: any number).
    Place enter(std::string_view user, std::size_t limit) noexcept;
    std::size_t count(std::string_view user) noexcept;

private:
    /// The process above, a digest of the user's name below; 0: free.
    using Slot = std::atomic<std::uint64_t>;
    static_assert(Slot::is_always_lock_free, "shared between processes");

    std::size_t capacity_;
    SharedMemory memory_;
    Slot* slots_;
};

} // namespace tern::ftp
