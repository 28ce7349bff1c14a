#pragma once
// What select, poll, epoll and io_uring have in common: they tell which descriptors are ready.

#include "common/session/wait.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace tern::strategy {

/// Names a hosted session. Slots are used again, generations are not: an event that is late finds
/// another generation in its slot, and is dropped.
struct SessionKey {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;
    friend bool operator==(SessionKey, SessionKey) = default;
};

/// Sizes of what is packed into 64 bits beside a descriptor, in epoll's and io_uring's user data.
inline constexpr unsigned slot_bits = 22;
inline constexpr unsigned generation_bits = 22;
inline constexpr unsigned descriptor_bits = 20;
static_assert(slot_bits + generation_bits + descriptor_bits == 64);

std::uint64_t pack(SessionKey key, int descriptor) noexcept;

struct ReadyDescriptor {
    SessionKey key;
    int descriptor = -1;
    short revents = 0;
};
ReadyDescriptor unpack(std::uint64_t packed, short revents) noexcept;

class Poller {
public:
    virtual ~Poller() = default;

    /// Whether it can watch this descriptor at all; select(2) cannot beyond FD_SETSIZE.
    virtual bool can_watch(int /*descriptor*/) const noexcept { return true; }

    /// Starts to watch a suspended session's interests, whose `revents` may say still_armed.
    virtual void watch(SessionKey key, const Wait& wait) = 0;

    /// The session is about to run or to die. Events that are already on their way may still be
    /// reported; the caller drops those that nobody waits for.
    virtual void unwatch(SessionKey key, const Wait& wait) = 0;

    /// A descriptor that was watched is about to be closed.
    virtual void forget(SessionKey /*key*/, int /*descriptor*/) noexcept {}

    /// Sleeps until a descriptor is ready or `deadline`; appends what is ready.
    virtual void poll(Clock::time_point now, Clock::time_point deadline,
                      std::vector<ReadyDescriptor>& ready) = 0;
};

/// Milliseconds for poll(2) and epoll_wait(2): rounded up, so that nobody wakes too early and
/// spins; -1 for ever.
int poll_timeout(Clock::time_point now, Clock::time_point deadline) noexcept;

std::unique_ptr<Poller> make_select_poller();
std::unique_ptr<Poller> make_poll_poller();

enum class EpollMode {
    edge_triggered, ///< one registration per descriptor, for its life
    one_shot,       ///< armed anew for each wait: any thread may watch, one thread polls
};
std::unique_ptr<Poller> make_epoll_poller(EpollMode mode);

/// Throws std::runtime_error, with advice, where the kernel or a container forbids io_uring.
std::unique_ptr<Poller> make_io_uring_poller();

} // namespace tern::strategy
