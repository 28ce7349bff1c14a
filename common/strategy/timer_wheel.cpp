#include "common/strategy/timer_wheel.h"

#include <algorithm>
#include <limits>

namespace tern::strategy {
namespace {

using Tick = std::chrono::duration<std::uint64_t, std::ratio<4, 1000>>;
constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();
constexpr unsigned bits_per_wheel = 6;

std::uint64_t tick_before(Clock::time_point time) noexcept {
    return std::chrono::floor<Tick>(time.time_since_epoch()).count();
}
std::uint64_t tick_after(Clock::time_point time) noexcept {
    return std::chrono::ceil<Tick>(time.time_since_epoch()).count();
}
Clock::time_point time_of(std::uint64_t tick) noexcept {
    return Clock::time_point(std::chrono::duration_cast<Clock::duration>(Tick(tick)));
}

} // namespace

void Timer::disarm() noexcept {
    if (next_ == nullptr)
        return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = nullptr;
}

Clock::time_point Timer::due() const noexcept { return time_of(tick_); }

TimerWheel::TimerWheel(Clock::time_point now) noexcept : current_(tick_before(now)) {
    for (Slots& wheel : wheels_)
        for (Timer& head : wheel)
            head.next_ = head.previous_ = &head;
    due_.next_ = due_.previous_ = &due_;
}

void TimerWheel::arm(Timer& timer, Clock::time_point deadline) noexcept {
    timer.disarm();
    const std::uint64_t farthest =
        current_ + (std::uint64_t{1} << (bits_per_wheel * wheels)) - slots * slots * slots;
    timer.tick_ =
        deadline <= time_of(current_)
            ? current_
            : std::min(deadline >= time_of(farthest) ? farthest : tick_after(deadline), farthest);
    place(timer);
}

void TimerWheel::place(Timer& timer) noexcept {
    Timer* head = &due_;
    if (timer.tick_ > current_) {
        // The wheel whose slots tell this tick from the current one.
        std::size_t wheel = 0;
        while (wheel + 1 < wheels && (timer.tick_ >> (bits_per_wheel * (wheel + 1))) !=
                                         (current_ >> (bits_per_wheel * (wheel + 1))))
            ++wheel;
        const std::size_t slot = (timer.tick_ >> (bits_per_wheel * wheel)) % slots;
        head = &wheels_[wheel][slot];
        maybe_occupied_[wheel] |= std::uint64_t{1} << slot;
    }
    timer.next_ = head;
    timer.previous_ = head->previous_;
    head->previous_->next_ = &timer;
    head->previous_ = &timer;
}

void TimerWheel::cascade(std::size_t wheel) noexcept {
    Timer& head = wheels_[wheel][(current_ >> (bits_per_wheel * wheel)) % slots];
    while (head.next_ != &head) {
        Timer& timer = *head.next_;
        timer.disarm();
        place(timer);
    }
}

bool TimerWheel::occupied(std::size_t wheel, std::size_t slot) noexcept {
    const std::uint64_t bit = std::uint64_t{1} << slot;
    if ((maybe_occupied_[wheel] & bit) == 0)
        return false;
    const Timer& head = wheels_[wheel][slot];
    if (head.next_ == &head)
        maybe_occupied_[wheel] &= ~bit;
    return head.next_ != &head;
}

std::uint64_t TimerWheel::next_tick() noexcept {
    for (std::size_t wheel = 0; wheel < wheels; ++wheel) {
        if (maybe_occupied_[wheel] == 0)
            continue;
        const unsigned shift = bits_per_wheel * static_cast<unsigned>(wheel);
        const std::uint64_t position = current_ >> shift;
        // The top wheel goes round; of the others, a slot behind the position is empty.
        const bool top = wheel + 1 == wheels;
        const std::uint64_t end = top ? position + slots : (position | (slots - 1)) + 1;
        for (std::uint64_t slot = position + 1; slot < end; ++slot)
            if (occupied(wheel, slot % slots))
                return slot << shift;
    }
    return never;
}

void TimerWheel::advance(std::uint64_t tick) noexcept {
    while (current_ < tick) {
        current_ = std::min(next_tick(), tick);
        for (std::size_t wheel = wheels; wheel-- > 0;)
            if ((current_ & ((std::uint64_t{1} << (bits_per_wheel * wheel)) - 1)) == 0)
                cascade(wheel);
    }
}

Timer* TimerWheel::expire(Clock::time_point now) noexcept {
    advance(tick_before(now));
    if (due_.next_ == &due_)
        return nullptr;
    Timer* const timer = due_.next_;
    timer->disarm();
    return timer;
}

Clock::time_point TimerWheel::next() noexcept {
    if (due_.next_ != &due_)
        return time_of(current_);
    const std::uint64_t tick = next_tick();
    return tick == never ? no_deadline : time_of(tick);
}

} // namespace tern::strategy
