#include "common/strategy/driver.h"

#include "common/base/result.h"
#include "common/strategy/client_session.h"
#include "common/strategy/poller/poller.h"
#include "common/strategy/residents.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace tern::strategy {
namespace {

/// While somebody else is free to open the door, how long to leave it to them.
constexpr std::chrono::milliseconds others_turn{5};

} // namespace

Driver::Driver(StopSignal& stop, std::chrono::milliseconds shutdown_grace, bool wakeable, Log& log)
    : stop_(stop), shutdown_grace_(shutdown_grace), log_(log),
      alarm_(wakeable ? ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1) {
    if (wakeable && !alarm_)
        throw std::system_error(last_error(), "eventfd");
}

void Driver::drive(Task<void> conversation, Runner& runner, const Door* door) {
    Session session(std::move(conversation));
    session.set_waker(*this);
    next_look_at_door_ = Clock::time_point::min();
    if (stopping_ || (door != nullptr && somebody_waits_at(*door)))
        session.finish_when_idle(); // so that its first answer says that it is the last
    while (Wait* const next = resume_guarded(session, log_)) {
        wait(session, *next, runner, door);
        if (Clock::now() >= end_of_grace_)
            return;
    }
}

void Driver::fill(const Wait& wait, const Runner& runner, const Door* door, Clock::time_point now) {
    list_.assign(wait.interests.begin(), wait.interests.end());
    ours_ = list_.size();
    // poll(2) passes over negative descriptors.
    list_.push_back({stopping_ ? -1 : stop_.descriptor(), POLLIN, 0});
    list_.push_back({alarm_.get(), POLLIN, 0});
    list_.push_back({runner.descriptor(), POLLIN, 0});
    if (door != nullptr && now >= next_look_at_door_)
        for (const int listener : door->listeners())
            list_.push_back({listener, POLLIN, 0});
}

void Driver::wait(Session& session, Wait& wait, Runner& runner, const Door* door) {
    const Clock::time_point now = Clock::now();
    const bool watch_door = door != nullptr && !session.finish_requested();
    fill(wait, runner, watch_door ? door : nullptr, now);
    const std::size_t residents_at = list_.size();
    Clock::time_point deadline = std::min(wait.deadline, end_of_grace_);
    if (residents_ != nullptr) {
        residents_->list(list_);
        deadline = std::min(deadline, residents_->deadline());
    }
    if (watch_door && next_look_at_door_ > now)
        deadline = std::min(deadline, next_look_at_door_);
    // Interrupted, it looks again: the session must not run before it is known why.
    if (std::exchange(woken_, false))
        deadline = now;
    while (::poll(list_.data(), list_.size(), poll_timeout(Clock::now(), deadline)) < 0)
        if (errno != EINTR)
            throw std::system_error(last_error(), "poll");
    for (std::size_t i = 0; i < ours_; ++i)
        wait.interests[i].revents = list_[i].revents;
    if (list_[ours_ + stop_at].revents != 0)
        begin_stop(session, Clock::now());
    if (list_[ours_ + alarm_at].revents != 0) {
        std::uint64_t alarms = 0;
        [[maybe_unused]] const ssize_t got = ::read(alarm_.get(), &alarms, sizeof alarms);
    }
    runner.deliver_post();
    give_turns(residents_at, Clock::now());
    list_.resize(residents_at);
    if (watch_door)
        look_at_door(session, *door, Clock::now());
}

void Driver::give_turns(std::size_t first, Clock::time_point now) {
    if (residents_ != nullptr)
        residents_->take_turns(std::span<const pollfd>(list_).subspan(first), now);
}

bool Driver::somebody_waits_at(const Door& door) {
    list_.clear();
    for (const int listener : door.listeners())
        list_.push_back({listener, POLLIN, 0});
    return ::poll(list_.data(), list_.size(), 0) > 0 && door.nobody_else_is_free();
}

void Driver::look_at_door(Session& session, const Door& door, Clock::time_point now) {
    const auto first = list_.begin() + static_cast<std::ptrdiff_t>(ours_ + door_at);
    const bool somebody =
        std::any_of(first, list_.end(), [](const pollfd& entry) { return entry.revents != 0; });
    if (!somebody)
        return;
    if (door.nobody_else_is_free())
        session.finish_when_idle();
    else
        next_look_at_door_ = now + others_turn;
}

void Driver::begin_stop(Session& session, Clock::time_point now) noexcept {
    stopping_ = true;
    end_of_grace_ = now + shutdown_grace_;
    session.finish_when_idle();
    if (residents_ != nullptr)
        residents_->finish_when_idle();
}

void Driver::wake() noexcept {
    if (!alarm_) {
        woken_ = true;
        return;
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(alarm_.get(), &one, sizeof one);
}

} // namespace tern::strategy
