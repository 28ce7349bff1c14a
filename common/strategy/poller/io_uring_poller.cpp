// io_uring(7): two rings shared with the kernel. One system call hands in what to watch and
// brings back what is ready.
//
// Each interest is one POLL_ADD; it looks at the present state, fires once, and refers to no
// memory of ours. While it is pending the kernel holds the file open, whatever close(2) says; so
// what has not fired is cancelled before its session runs.

#include "common/strategy/poller/poller.h"

#include "common/base/result.h"

#include <liburing.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <unordered_map>

namespace tern::strategy {
namespace {

constexpr unsigned submission_entries = 1024;
constexpr unsigned completion_entries = 16 * 1024;

/// The user data of requests whose completion nobody needs. No session has this key, for
/// descriptors end well below 2^20 - 1.
constexpr std::uint64_t nobody = ~std::uint64_t{0};

/// ThreadSanitizer holds a signal's handler back until a call that it knows; liburing's are not.
#ifdef __SANITIZE_THREAD__
constexpr Clock::duration longest_sleep = std::chrono::milliseconds(100);
#else
constexpr Clock::duration longest_sleep = std::chrono::hours(24);
#endif

/// Held while a ring is mapped or unmapped. liburing does so by system calls of its own, and
/// ThreadSanitizer would take a ring for another thread's that lay at the same address before.
std::mutex& mapping_of_rings() {
    static std::mutex mutex;
    return mutex;
}

class IoUringPoller final : public Poller {
public:
    IoUringPoller() { open_ring(); }
    ~IoUringPoller() override {
        const std::lock_guard lock(mapping_of_rings());
        io_uring_queue_exit(&ring_);
    }
    IoUringPoller(const IoUringPoller&) = delete;
    IoUringPoller& operator=(const IoUringPoller&) = delete;

    void watch(SessionKey key, const Wait& wait) override {
        for (const pollfd& interest : wait.interests) {
            if (interest.fd < 0)
                continue;
            const std::uint64_t request = pack(key, interest.fd);
            io_uring_sqe* const entry = next_entry();
            const auto events = static_cast<unsigned>(interest.events);
            // The kernel reports a peer's half-close unasked, for ever: a request of one shot would
            // be used up by it. One that lasts goes on to report what was asked for.
            if ((events & POLLOUT) != 0 && (events & POLLRDHUP) == 0)
                io_uring_prep_poll_multishot(entry, interest.fd, events);
            else
                io_uring_prep_poll_add(entry, interest.fd, events);
            io_uring_sqe_set_data64(entry, request);
            ++pending_[request];
        }
    }

    void unwatch(SessionKey key, const Wait& wait) override {
        for (const pollfd& interest : wait.interests) {
            const std::uint64_t request = pack(key, interest.fd);
            if (!pending_.contains(request))
                continue; // it has fired
            io_uring_sqe* const entry = next_entry();
            io_uring_prep_poll_remove(entry, request);
            io_uring_sqe_set_data64(entry, nobody);
        }
    }

    void poll(Clock::time_point now, Clock::time_point deadline,
              std::vector<ReadyDescriptor>& ready) override {
        submit_and_wait(now, deadline);
        io_uring_cqe* completion = nullptr;
        unsigned head = 0;
        unsigned seen = 0;
        io_uring_for_each_cqe(&ring_, head, completion) {
            ++seen;
            if (completion->user_data == nobody)
                continue;
            if ((completion->flags & IORING_CQE_F_MORE) == 0)
                settle(completion->user_data);
            if (completion->res == -ECANCELED)
                continue;
            const int events = completion->res < 0 ? POLLERR : completion->res;
            ready.push_back(unpack(completion->user_data, static_cast<short>(events)));
        }
        io_uring_cq_advance(&ring_, seen);
    }

private:
    void open_ring() {
        const std::lock_guard lock(mapping_of_rings());
        io_uring_params parameters = {};
        parameters.cq_entries = completion_entries;
        // One thread per ring, which collects completions only when it asks for them.
        const unsigned calmest = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
        int result = -EINVAL;
        for (const unsigned wishes : {calmest, 0U}) { // older kernels do not know them
            parameters.flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP | wishes;
            result = io_uring_queue_init_params(submission_entries, &ring_, &parameters);
            if (result != -EINVAL)
                break;
        }
        if (result < 0)
            throw std::runtime_error(
                std::string("io_uring is not to be had here (") +
                std::generic_category().message(-result) +
                "); a container's seccomp profile or kernel.io_uring_disabled may forbid it: "
                "choose the strategy epoll");
    }

    /// One of the requests of this name has completed; each does so exactly once.
    void settle(std::uint64_t request) {
        const auto found = pending_.find(request);
        if (found != pending_.end() && --found->second == 0)
            pending_.erase(found);
    }

    io_uring_sqe* next_entry() {
        io_uring_sqe* entry = io_uring_get_sqe(&ring_);
        if (entry != nullptr)
            return entry;
        io_uring_submit(&ring_); // the ring is full: hand it in
        entry = io_uring_get_sqe(&ring_);
        if (entry == nullptr)
            throw std::runtime_error("io_uring: no room for requests");
        return entry;
    }

    void submit_and_wait(Clock::time_point now, Clock::time_point deadline) {
        if (deadline <= now) {
            io_uring_submit_and_get_events(&ring_);
            return;
        }
        const Clock::duration left = std::min(deadline - now, longest_sleep);
        __kernel_timespec timeout = {};
        timeout.tv_sec = std::chrono::floor<std::chrono::seconds>(left).count();
        timeout.tv_nsec =
            std::chrono::nanoseconds(left - std::chrono::floor<std::chrono::seconds>(left)).count();
        io_uring_cqe* completion = nullptr;
        const int result =
            io_uring_submit_and_wait_timeout(&ring_, &completion, 1, &timeout, nullptr);
        if (result < 0 && result != -ETIME && result != -EINTR && result != -EBUSY &&
            result != -EAGAIN)
            throw std::system_error(-result, std::system_category(), "io_uring");
    }

    io_uring ring_ = {};
    /// How many requests of a name have not completed: two, where a session was woken, and waits
    /// again before the completion or cancellation of its earlier request has been seen.
    std::unordered_map<std::uint64_t, unsigned> pending_;
};

} // namespace

std::unique_ptr<Poller> make_io_uring_poller() { return std::make_unique<IoUringPoller>(); }

} // namespace tern::strategy
