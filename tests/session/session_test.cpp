// A session by hand: what resume() hands out, and what reaches the conversation.

#include "tests/session/tracked.h"

#include <doctest/doctest.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

namespace tern::session_test {

using namespace tern;
using namespace std::chrono_literals;

namespace {

class FixedTime final : public TimeSource {
public:
    Clock::time_point now() const noexcept override { return time; }
    Clock::time_point time{1h};
};

class CountingWaker final : public Waker {
public:
    void wake() noexcept override { ++wakes; }
    void closing(int descriptor) noexcept override { closed.push_back(descriptor); }
    int wakes = 0;
    std::vector<int> closed;
};

Task<void> wait_for(int descriptor, Clock::time_point deadline, short& became) {
    std::array<pollfd, 1> interests = {pollfd{descriptor, POLLIN, 0}};
    Wait wait;
    wait.interests = interests;
    wait.deadline = deadline;
    co_await until(wait);
    became = interests[0].revents;
}
Task<void> wait_twice(short& first, short& second) {
    co_await wait_for(7, Clock::time_point(2h), first);
    co_await wait_for(8, no_deadline, second);
}
Task<void> tell_time(Clock::time_point& told) {
    Session& session = co_await this_session();
    told = session.now();
}
Task<void> until_asked_to_finish(int& rounds) {
    Session& session = co_await this_session();
    Wait wait;
    while (!session.finish_requested()) {
        ++rounds;
        co_await until(wait);
    }
}
Task<Session*> my_session() {
    Session& session = co_await this_session();
    co_return &session;
}
Task<void> see_session(Session*& above, Session*& below) {
    Session& session = co_await this_session();
    above = &session;
    below = co_await my_session();
}
Task<void> nothing() { co_return; }
Task<void> closes_what_it_holds() {
    struct Holder {
        Session& session;
        ~Holder() { session.closing(12); }
    };
    Session& session = co_await this_session();
    const Holder holder{session};
    co_await test::one_wait();
}

} // namespace

TEST_SUITE("session/session") {
    TEST_CASE("resume says what the conversation waits for, and null when it is over") {
        short first = 0;
        short second = 0;
        Session session(wait_twice(first, second));
        Wait* wait = session.resume();
        REQUIRE(wait != nullptr);
        REQUIRE(wait->interests.size() == 1);
        CHECK(wait->interests[0].fd == 7);
        CHECK(wait->interests[0].events == POLLIN);
        CHECK(wait->deadline == Clock::time_point(2h));
        wait->interests[0].revents = POLLIN | POLLHUP;

        wait = session.resume();
        CHECK(first == (POLLIN | POLLHUP));
        REQUIRE(wait != nullptr);
        CHECK(wait->interests[0].fd == 8);
        CHECK(wait->deadline == no_deadline);

        CHECK(session.resume() == nullptr);
        CHECK(second == 0);
    }

    TEST_CASE("nothing of the conversation runs before the first resume") {
        Clock::time_point told{};
        FixedTime time;
        Session session(tell_time(told));
        session.set_time(time);
        CHECK(told == Clock::time_point{});
        CHECK(session.resume() == nullptr);
        CHECK(told == Clock::time_point(1h));
    }

    TEST_CASE("without a time of its own a session goes by the steady clock") {
        const Clock::time_point before = Clock::now();
        Clock::time_point told{};
        Session session(tell_time(told));
        session.resume();
        CHECK(told >= before);
        CHECK(told <= Clock::now());
    }

    TEST_CASE("frames at every depth know their session") {
        Session* above = nullptr;
        Session* below = nullptr;
        Session session(see_session(above, below));
        CHECK(session.resume() == nullptr);
        CHECK(above == &session);
        CHECK(below == &session);
    }

    TEST_CASE("a conversation that is over stays over") {
        Session session(nothing());
        CHECK(session.resume() == nullptr);
        CHECK(session.resume() == nullptr);
    }

    TEST_CASE("wake and closing reach the strategy's waker, and without one do nothing") {
        Session session(nothing());
        session.wake();
        session.closing(3);
        CountingWaker waker;
        session.set_waker(waker);
        session.wake();
        session.wake();
        session.closing(4);
        CHECK(waker.wakes == 2);
        CHECK(waker.closed == std::vector<int>{4});
    }

    TEST_CASE("a request to finish is seen when the strategy resumes the conversation") {
        int rounds = 0;
        Session session(until_asked_to_finish(rounds));
        CHECK(session.resume() != nullptr);
        CHECK(session.resume() != nullptr);
        CHECK_FALSE(session.finish_requested());
        session.finish_when_idle();
        CHECK(session.finish_requested());
        CHECK(session.resume() == nullptr);
        CHECK(rounds == 2);
    }

    TEST_CASE("frames that die with their session can still call its waker") {
        CountingWaker waker;
        {
            Session session(closes_what_it_holds());
            session.set_waker(waker);
            session.resume();
            CHECK(waker.closed.empty());
        }
        CHECK(waker.closed == std::vector<int>{12});
    }
}

} // namespace tern::session_test
