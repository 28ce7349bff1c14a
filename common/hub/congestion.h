#pragma once
// Whether post lies somewhere in heaps, because those who are to hand it out have not had their
// turn. Until it is gone, who speaks waits: nobody who listens is to pay for it
// (docs/decisions/0049).

#include "common/base/clock.h"

#include <atomic>
#include <cstddef>

namespace tern {

class Congestion {
public:
    /// So long a speaker waits before it looks again.
    static constexpr Clock::duration pause = std::chrono::milliseconds(1);

    /// So much of what one runner has yet to hand out is a heap.
    static bool is_heap(std::size_t messages, std::size_t bytes) noexcept {
        return messages > 1024 || bytes > (std::size_t{4} << 20);
    }

    bool exists() const noexcept { return heaps_.load(std::memory_order_relaxed) > 0; }

    /// Whether there is a heap at one place; none any more when the place is gone.
    class Heap {
    public:
        /// `congestion` may be null, and else outlives it.
        explicit Heap(Congestion* congestion) noexcept : congestion_(congestion) {}
        ~Heap() { set(false); }
        Heap(const Heap&) = delete;
        Heap& operator=(const Heap&) = delete;

        void set(bool is_there) noexcept {
            if (congestion_ == nullptr || is_there == is_there_)
                return;
            is_there_ = is_there;
            congestion_->heaps_.fetch_add(is_there ? 1 : -1, std::memory_order_relaxed);
        }

    private:
        Congestion* const congestion_;
        bool is_there_ = false;
    };

private:
    std::atomic<int> heaps_ = 0;
};

} // namespace tern
