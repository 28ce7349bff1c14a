// The timer wheel against a list of deadlines that is simply looked through.

#include "common/strategy/timer_wheel.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <vector>

namespace tern::timer_wheel_test {

using namespace tern;
using namespace std::chrono_literals;
using strategy::Timer;
using strategy::TimerWheel;

namespace {

constexpr Clock::duration tick = 4ms;
/// Beyond this distance timers may fire early.
constexpr Clock::duration horizon = 18h;
const Clock::time_point begin{1'000'000s};

struct Alarm : Timer {
    std::optional<Clock::time_point> deadline; ///< set: armed
    Clock::time_point armed_at;
    int fired = 0;
};

/// A wheel, and the simple list that it is compared with.
class Bench {
public:
    explicit Bench(unsigned seed, std::size_t alarms) : random_(seed) {
        for (std::size_t i = 0; i < alarms; ++i)
            alarms_.push_back(std::make_unique<Alarm>());
    }

    void arm_one(Clock::duration distance) {
        Alarm& alarm = any();
        alarm.deadline = now_ + distance;
        alarm.armed_at = now_;
        wheel_.arm(alarm, *alarm.deadline);
        CHECK(alarm.is_armed());
    }
    void disarm_one() {
        Alarm& alarm = any();
        alarm.deadline.reset();
        alarm.disarm();
        CHECK_FALSE(alarm.is_armed());
    }
    void kill_one() {
        std::unique_ptr<Alarm>& alarm = alarms_[random_() % alarms_.size()];
        alarm = std::make_unique<Alarm>(); // an armed one leaves the wheel by dying
    }
    /// Lets time pass, and expects exactly those to fire that must.
    void pass(Clock::duration duration) {
        now_ += duration;
        while (Timer* const timer = wheel_.expire(now_)) {
            auto& alarm = static_cast<Alarm&>(*timer);
            REQUIRE(alarm.deadline.has_value()); // not disarmed, and not fired before
            REQUIRE_FALSE(alarm.is_armed());
            const bool is_far = *alarm.deadline - alarm.armed_at > horizon;
            REQUIRE((*alarm.deadline <= now_ || (is_far && now_ - alarm.armed_at > horizon)));
            alarm.deadline.reset();
            ++alarm.fired;
            disturb();
        }
        for (const auto& alarm : alarms_)
            if (alarm->deadline && *alarm->deadline - alarm->armed_at <= horizon)
                REQUIRE(*alarm->deadline + tick > now_);
        check_next();
    }
    /// While some fire, others are disarmed or moved.
    void disturb() {
        if (random_() % 8 == 0)
            disarm_one();
        if (random_() % 8 == 0)
            arm_one(std::chrono::milliseconds(random_() % 2000) - 1000ms);
    }
    void check_next() {
        const Clock::time_point next = wheel_.next();
        bool any_armed = false;
        for (const auto& alarm : alarms_) {
            if (!alarm->deadline)
                continue;
            any_armed = true;
            REQUIRE(next < *alarm->deadline + tick);
            REQUIRE(alarm->due() >= std::min(*alarm->deadline, alarm->armed_at + horizon));
        }
        if (!any_armed)
            REQUIRE(next == no_deadline);
    }
    Clock::time_point now() const noexcept { return now_; }
    TimerWheel& wheel() noexcept { return wheel_; }
    std::mt19937& random() noexcept { return random_; }

private:
    Alarm& any() { return *alarms_[random_() % alarms_.size()]; }

    std::mt19937 random_;
    Clock::time_point now_ = begin + 1ms;
    TimerWheel wheel_{now_};
    std::vector<std::unique_ptr<Alarm>> alarms_;
};

Clock::duration some_distance(std::mt19937& random) {
    switch (random() % 8) {
    case 0:
        return -std::chrono::milliseconds(random() % 1000);
    case 1:
        return 0ms;
    case 2:
        return std::chrono::microseconds(random() % 10'000);
    case 3:
        return std::chrono::milliseconds(random() % 1000);
    case 4:
        return std::chrono::seconds(random() % 100);
    case 5:
        return std::chrono::minutes(random() % 120);
    case 6:
        return std::chrono::hours(random() % 18);
    default:
        return std::chrono::hours(random() % 1000);
    }
}

/// How often somebody who sleeps until next() wakes up before the alarm fires.
std::size_t wake_ups_until_fired(Clock::duration distance, std::size_t others) {
    TimerWheel wheel(begin);
    std::vector<std::unique_ptr<Timer>> idle;
    for (std::size_t i = 0; i < others; ++i) {
        idle.push_back(std::make_unique<Timer>());
        wheel.arm(*idle.back(), begin + distance + 10min);
    }
    Timer timer;
    wheel.arm(timer, begin + distance);
    std::size_t wake_ups = 0;
    for (Clock::time_point now = begin; timer.is_armed(); ++wake_ups) {
        now = wheel.next();
        REQUIRE(now <= begin + distance + tick);
        wheel.expire(now);
    }
    return wake_ups;
}

} // namespace

TEST_SUITE("strategy/timer_wheel") {
    TEST_CASE("any mixture of arming, moving, disarming and dying fires what is due, once") {
        for (unsigned seed = 1; seed <= 60; ++seed) {
            CAPTURE(seed);
            Bench bench(seed, 1 + seed * 3);
            for (int action = 0; action < 1500; ++action) {
                switch (bench.random()() % 6) {
                case 0:
                    bench.disarm_one();
                    break;
                case 1:
                    bench.kill_one();
                    break;
                case 2:
                    bench.pass(some_distance(bench.random()) / 4 + 1s);
                    break;
                case 3:
                    bench.pass(std::chrono::microseconds(bench.random()() % 20'000));
                    break;
                default:
                    bench.arm_one(some_distance(bench.random()));
                }
            }
        }
    }

    TEST_CASE("a deadline is rounded up to the tick, and never fires early") {
        for (const auto offset : {0us, 1us, 1999us, 3999us, 4000us, 4001us}) {
            CAPTURE(offset.count());
            TimerWheel wheel(begin);
            Timer timer;
            const Clock::time_point deadline = begin + 100ms + offset;
            wheel.arm(timer, deadline);
            CHECK(timer.due() >= deadline);
            CHECK(timer.due() < deadline + tick);
            CHECK(wheel.expire(deadline - 1us) == nullptr);
            CHECK(wheel.expire(deadline + tick) == &timer);
            CHECK(wheel.expire(deadline + tick) == nullptr);
        }
    }

    TEST_CASE("a deadline in the past fires at the next look, also the most remote past") {
        TimerWheel wheel(begin);
        Timer late;
        Timer later;
        wheel.arm(late, begin - 1h);
        wheel.arm(later, Clock::time_point::min());
        CHECK(wheel.next() <= begin);
        CHECK(wheel.expire(begin) != nullptr);
        CHECK(wheel.expire(begin) != nullptr);
        CHECK(wheel.expire(begin) == nullptr);
        CHECK(wheel.next() == no_deadline);
    }

    TEST_CASE("deadlines beyond the horizon fire at its distance, and can be armed again") {
        TimerWheel wheel(begin);
        Timer timer;
        const Clock::time_point deadline = begin + 100h;
        wheel.arm(timer, deadline);
        Clock::time_point now = begin;
        int rounds = 0;
        while (now < deadline && rounds < 100) {
            now = wheel.next();
            if (wheel.expire(now) == nullptr)
                continue; // a higher wheel came down
            ++rounds;
            if (now < deadline)
                wheel.arm(timer, deadline);
        }
        CHECK(now >= deadline);
        CHECK(now < deadline + tick);
        CHECK(rounds == 6);
    }

    TEST_CASE("time that does not move, or moves by days, does no harm") {
        TimerWheel wheel(begin);
        Timer timer;
        wheel.arm(timer, begin + 1s);
        for (int times = 0; times < 10; ++times)
            CHECK(wheel.expire(begin) == nullptr);
        CHECK(wheel.expire(begin - 1h) == nullptr); // backwards
        CHECK(wheel.expire(begin + 24h * 400) == &timer);
        wheel.arm(timer, begin + 24h * 400 + 5s);
        CHECK(wheel.next() > begin + 24h * 400);
        CHECK(wheel.expire(begin + 24h * 400 + 5s + tick) == &timer);
    }

    TEST_CASE("a fired timer may disarm or move those that are due with it") {
        TimerWheel wheel(begin);
        Timer one;
        Timer other;
        Timer third;
        wheel.arm(one, begin + 1s);
        wheel.arm(other, begin + 1s);
        wheel.arm(third, begin + 1s);
        const Timer* const first = wheel.expire(begin + 2s);
        CHECK(first == &one);
        other.disarm();
        wheel.arm(third, begin + 5s);
        wheel.arm(one, begin + 5s);
        CHECK(wheel.expire(begin + 2s) == nullptr);
        CHECK(wheel.expire(begin + 6s) != nullptr);
        CHECK(wheel.expire(begin + 6s) != nullptr);
        CHECK(wheel.expire(begin + 6s) == nullptr);
    }

    TEST_CASE("how often one wakes for a timer does not grow with the number of idle ones") {
        for (const Clock::duration distance :
             {Clock::duration(4ms), Clock::duration(250ms), Clock::duration(30s),
              Clock::duration(75s), Clock::duration(1h), Clock::duration(10h)}) {
            const std::size_t alone = wake_ups_until_fired(distance, 0);
            CHECK(alone <= 4); // at most once for each wheel
            CHECK(wake_ups_until_fired(distance, 10'000) == alone);
        }
    }
}

} // namespace tern::timer_wheel_test
