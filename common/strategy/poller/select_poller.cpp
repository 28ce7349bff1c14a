// select(2): three bit sets, which the call overwrites; and no descriptor from FD_SETSIZE on.

#include "common/strategy/poller/poller.h"

#include "common/base/result.h"

#include <sys/select.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace tern::strategy {
namespace {

class SelectPoller final : public Poller {
public:
    SelectPoller() noexcept {
        FD_ZERO(&readable_);
        FD_ZERO(&writable_);
    }

    bool can_watch(int descriptor) const noexcept override { return descriptor < FD_SETSIZE; }

    void watch(SessionKey key, const Wait& wait) override {
        for (const pollfd& interest : wait.interests) {
            if (interest.fd < 0)
                continue;
            if (!can_watch(interest.fd)) { // setting its bit would overwrite our own memory
                unwatchable_.push_back({key, interest.fd, POLLNVAL});
                continue;
            }
            if ((interest.events & POLLIN) != 0)
                FD_SET(interest.fd, &readable_);
            if ((interest.events & POLLOUT) != 0)
                FD_SET(interest.fd, &writable_);
            keys_[static_cast<std::size_t>(interest.fd)] = key;
            highest_ = std::max(highest_, interest.fd);
        }
    }

    void unwatch(SessionKey, const Wait& wait) override {
        for (const pollfd& interest : wait.interests) {
            if (interest.fd < 0 || !can_watch(interest.fd))
                continue;
            FD_CLR(interest.fd, &readable_);
            FD_CLR(interest.fd, &writable_);
        }
        while (highest_ >= 0 && !is_watched(highest_))
            --highest_;
    }

    void poll(Clock::time_point now, Clock::time_point deadline,
              std::vector<ReadyDescriptor>& ready) override {
        if (!unwatchable_.empty()) {
            ready.insert(ready.end(), unwatchable_.begin(), unwatchable_.end());
            unwatchable_.clear();
            return;
        }
        fd_set readable = readable_; // select eats its sets
        fd_set writable = writable_;
        const int milliseconds = poll_timeout(now, deadline);
        timeval timeout = {milliseconds / 1000, (milliseconds % 1000) * 1000};
        int left = ::select(highest_ + 1, &readable, &writable, nullptr,
                            milliseconds < 0 ? nullptr : &timeout);
        if (left < 0 && errno != EINTR)
            throw std::system_error(last_error(), "select");
        for (int descriptor = 0; left > 0 && descriptor <= highest_; ++descriptor) {
            const bool in = FD_ISSET(descriptor, &readable);
            const bool out = FD_ISSET(descriptor, &writable);
            if (!in && !out)
                continue;
            const auto revents = static_cast<short>((in ? POLLIN : 0) | (out ? POLLOUT : 0));
            ready.push_back({keys_[static_cast<std::size_t>(descriptor)], descriptor, revents});
            left -= in + out;
        }
    }

private:
    bool is_watched(int descriptor) const noexcept {
        return FD_ISSET(descriptor, &readable_) || FD_ISSET(descriptor, &writable_);
    }

    fd_set readable_;
    fd_set writable_;
    int highest_ = -1;
    std::array<SessionKey, FD_SETSIZE> keys_ = {};
    std::vector<ReadyDescriptor> unwatchable_;
};

} // namespace

std::unique_ptr<Poller> make_select_poller() { return std::make_unique<SelectPoller>(); }

} // namespace tern::strategy
