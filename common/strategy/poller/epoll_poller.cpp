// epoll(7): the kernel keeps the list, and reports only what is ready.

#include "common/strategy/poller/poller.h"

#include "common/base/result.h"
#include "common/base/unique_fd.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace tern::strategy {
namespace {

static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT && EPOLLERR == POLLERR &&
                  EPOLLHUP == POLLHUP && EPOLLRDHUP == POLLRDHUP,
              "events and revents need no translation");

class EpollPoller final : public Poller {
public:
    explicit EpollPoller(EpollMode mode) : epoll_(::epoll_create1(EPOLL_CLOEXEC)), mode_(mode) {
        if (!epoll_)
            throw std::system_error(last_error(), "epoll_create1");
    }

    void watch(SessionKey key, const Wait& wait) override {
        for (const pollfd& interest : wait.interests) {
            if (interest.fd < 0)
                continue;
            if (mode_ == EpollMode::one_shot)
                arm(interest.fd, pack(key, interest.fd), one_shot_events(interest), EPOLL_CTL_MOD);
            else if ((interest.revents & still_armed) == 0)
                arm(interest.fd, pack(key, interest.fd), edges_of(interest), EPOLL_CTL_ADD);
        }
    }

    /// An edge-triggered registration lasts until the descriptor is closed, which removes it.
    void unwatch(SessionKey, const Wait&) override {}

    void poll(Clock::time_point now, Clock::time_point deadline,
              std::vector<ReadyDescriptor>& ready) override {
        std::array<epoll_event, 256> events;
        const int count =
            ::epoll_wait(epoll_.get(), events.data(), events.size(), poll_timeout(now, deadline));
        if (count < 0 && errno != EINTR)
            throw std::system_error(last_error(), "epoll_wait");
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            ready.push_back(unpack(event.data.u64, static_cast<short>(event.events)));
        }
    }

private:
    static std::uint32_t edges_of(const pollfd& interest) noexcept {
        return static_cast<std::uint32_t>(interest.events) | EPOLLET;
    }
    static std::uint32_t one_shot_events(const pollfd& interest) noexcept {
        return static_cast<std::uint32_t>(interest.events) | EPOLLONESHOT;
    }

    /// Adds or renews a registration; either way the kernel looks at the present state, so that
    /// an edge which came before is not lost. `guess` is what is likely right.
    void arm(int descriptor, std::uint64_t data, std::uint32_t events, int guess) const {
        epoll_event event = {};
        event.events = events;
        event.data.u64 = data;
        if (::epoll_ctl(epoll_.get(), guess, descriptor, &event) == 0)
            return;
        const int other = guess == EPOLL_CTL_ADD ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
        if ((errno != EEXIST && errno != ENOENT) ||
            ::epoll_ctl(epoll_.get(), other, descriptor, &event) != 0)
            throw std::system_error(last_error(), "epoll_ctl");
    }

    UniqueFd epoll_;
    const EpollMode mode_;
};

} // namespace

std::unique_ptr<Poller> make_epoll_poller(EpollMode mode) {
    return std::make_unique<EpollPoller>(mode);
}

} // namespace tern::strategy
