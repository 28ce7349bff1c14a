// poll(2): the whole list goes to the kernel at every call, and comes back with the answers.

#include "common/strategy/poller/poller.h"

#include "common/base/result.h"

#include <cerrno>
#include <system_error>
#include <unordered_map>

namespace tern::strategy {
namespace {

class PollPoller final : public Poller {
public:
    void watch(SessionKey key, const Wait& wait) override {
        for (const pollfd& interest : wait.interests) {
            if (interest.fd < 0)
                continue;
            // A descriptor belongs to one session, but for listeners; they are watched once.
            position_[interest.fd] = list_.size();
            list_.push_back({interest.fd, interest.events, 0});
            keys_.push_back(key);
        }
    }

    void unwatch(SessionKey, const Wait& wait) override {
        for (const pollfd& interest : wait.interests) {
            const auto found = position_.find(interest.fd);
            if (found == position_.end())
                continue;
            const std::size_t hole = found->second;
            position_.erase(found);
            if (hole + 1 != list_.size()) { // the last one fills the hole
                list_[hole] = list_.back();
                keys_[hole] = keys_.back();
                position_[list_[hole].fd] = hole;
            }
            list_.pop_back();
            keys_.pop_back();
        }
    }

    void poll(Clock::time_point now, Clock::time_point deadline,
              std::vector<ReadyDescriptor>& ready) override {
        int left = ::poll(list_.data(), list_.size(), poll_timeout(now, deadline));
        if (left < 0 && errno != EINTR)
            throw std::system_error(last_error(), "poll");
        for (std::size_t i = 0; left > 0 && i < list_.size(); ++i) {
            if (list_[i].revents == 0)
                continue;
            ready.push_back({keys_[i], list_[i].fd, list_[i].revents});
            --left;
        }
    }

private:
    std::vector<pollfd> list_;
    std::vector<SessionKey> keys_; ///< beside list_
    std::unordered_map<int, std::size_t> position_;
};

} // namespace

std::unique_ptr<Poller> make_poll_poller() { return std::make_unique<PollPoller>(); }

} // namespace tern::strategy
