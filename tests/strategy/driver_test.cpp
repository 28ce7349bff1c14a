// The blocking strategies' driver: one session, one poll(2), and what may interrupt it.

#include "tests/strategy/sockets.h"
#include "tests/strategy/test_log.h"

#include "common/hub/local_runner.h"
#include "common/hub/remote_runner.h"
#include "common/session/mailbox.h"
#include "common/strategy/driver.h"

#include <doctest/doctest.h>
#include <sys/time.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace tern::driver_test {

using namespace tern;
using namespace std::chrono_literals;
using strategy::Driver;
using test::SocketPair;

namespace {

struct Fixture {
    explicit Fixture(std::chrono::milliseconds grace = 10s, bool wakeable = true)
        : driver(stop, grace, wakeable, log.log()) {}
    test::TestLog log;
    strategy::StopSignal stop;
    RemoteRunner nobody{std::nullopt};
    Driver driver;
};

Task<void> answer(int descriptor, std::vector<std::string>& seen) {
    std::array<pollfd, 1> interests = {pollfd{descriptor, POLLIN, 0}};
    Wait wait;
    wait.interests = interests;
    co_await until(wait);
    seen.push_back((interests[0].revents & POLLIN) != 0 ? "readable" : "woken");
}
Task<void> nap(Clock::duration duration, int& waits) {
    Session& session = co_await this_session();
    Wait wait;
    wait.deadline = session.now() + duration;
    while (session.now() < wait.deadline) {
        co_await until(wait);
        ++waits;
    }
}
/// Idle until it is asked to finish.
Task<void> idle(int descriptor, bool& finished) {
    Session& session = co_await this_session();
    std::array<pollfd, 1> interests = {pollfd{descriptor, POLLIN, 0}};
    Wait wait;
    wait.interests = interests;
    while (!session.finish_requested())
        co_await until(wait);
    finished = true;
}
Task<void> stubborn(bool& destroyed) {
    struct Guard {
        bool& flag;
        ~Guard() { flag = true; }
    };
    const Guard guard{destroyed};
    Wait wait;
    for (;;)
        co_await until(wait);
}
Task<void> buggy() {
    Session& session = co_await this_session();
    session.wake();
    throw std::runtime_error("a bug in a session");
}
Task<void> first_message(Runner& runner, std::string& heard) {
    Session& session = co_await this_session();
    Mailbox mailbox(session, 10, Overflow::disconnect);
    const Membership membership(runner, mailbox);
    Wait wait;
    Mailbox::Post post;
    while (post.messages.empty() && !post.closed) {
        co_await until(wait);
        post = mailbox.take();
    }
    heard = post.messages.empty() ? "closed" : *post.messages.front();
}

/// A hub that tells everybody what anybody says.
class Parrot final : public Hub {
public:
    void entered(Member member, Deliveries&) override { members_.push_back(member); }
    void received(Member, std::string_view message, Deliveries& deliveries) override {
        deliveries.deliver(members_, std::make_shared<const std::string>(message));
    }
    void left(Member member, Deliveries&) override { std::erase(members_, member); }

private:
    std::vector<Member> members_;
};

class TestDoor final : public strategy::Door {
public:
    explicit TestDoor(int listener) : listeners_{listener} {}
    std::span<const int> listeners() const noexcept override { return listeners_; }
    bool nobody_else_is_free() const noexcept override {
        ++looks;
        return looks > others_free_for;
    }
    int others_free_for = 0;
    mutable int looks = 0;

private:
    std::array<int, 1> listeners_;
};

} // namespace

TEST_SUITE("strategy/driver") {
    TEST_CASE("it waits for the session's own interests") {
        Fixture fixture;
        const SocketPair pair;
        std::vector<std::string> seen;
        std::thread client([&] { test::write_text(pair.theirs, "x"); });
        fixture.driver.drive(answer(pair.ours.get(), seen), fixture.nobody);
        client.join();
        CHECK(seen == std::vector<std::string>{"readable"});
    }

    TEST_CASE("it waits until deadlines, and does not spin on the way") {
        Fixture fixture;
        int waits = 0;
        const Clock::time_point begin = Clock::now();
        fixture.driver.drive(nap(12ms, waits), fixture.nobody);
        CHECK(Clock::now() >= begin + 12ms);
        CHECK(waits == 1);
    }

    TEST_CASE("one driver serves many sessions, one after the other") {
        Fixture fixture;
        for (int times = 0; times < 100; ++times) {
            const SocketPair pair;
            std::vector<std::string> seen;
            test::write_text(pair.theirs, "x");
            fixture.driver.drive(answer(pair.ours.get(), seen), fixture.nobody);
            REQUIRE(seen.size() == 1);
        }
    }

    TEST_CASE("another thread may wake the session") {
        Fixture fixture;
        const SocketPair pair;
        std::vector<std::string> seen;
        std::thread other([&] { fixture.driver.wake(); });
        fixture.driver.drive(answer(pair.ours.get(), seen), fixture.nobody);
        other.join();
        CHECK(seen == std::vector<std::string>{"woken"});
    }

    TEST_CASE("a stop asks the session to finish, and later ones from the start") {
        Fixture fixture;
        const SocketPair pair;
        bool finished = false;
        std::thread other([&] { fixture.stop.request(); });
        fixture.driver.drive(idle(pair.ours.get(), finished), fixture.nobody);
        other.join();
        CHECK(finished);
        finished = false;
        fixture.driver.drive(idle(pair.ours.get(), finished), fixture.nobody);
        CHECK(finished);
    }

    TEST_CASE("a session that does not finish within the grace is abandoned") {
        Fixture fixture(2ms);
        bool destroyed = false;
        fixture.stop.request();
        fixture.driver.drive(stubborn(destroyed), fixture.nobody);
        CHECK(destroyed);
    }

    TEST_CASE("an exception is logged, and the driver lives") {
        Fixture fixture;
        CHECK_NOTHROW(fixture.driver.drive(buggy(), fixture.nobody));
        CHECK(fixture.log.says("a bug in a session"));
        int waits = 0;
        fixture.driver.drive(nap(0ms, waits), fixture.nobody);
    }

    TEST_CASE("post from the hub is delivered while the session waits, from this process") {
        Fixture fixture;
        Parrot parrot;
        LocalHub hub(parrot);
        LocalRunner runner(&hub, fixture.driver);
        struct Nobody final : Inbox {
            void post(Parcel) override {}
        } inbox;
        std::string heard;
        std::thread other([&] {
            const Member speaker = hub.new_member();
            hub.enter(speaker, inbox);
            while (!fixture.stop.requested()) {
                hub.tell(speaker, "hello");
                std::this_thread::yield();
            }
            hub.leave(speaker);
        });
        fixture.driver.drive(first_message(runner, heard), runner);
        fixture.stop.request();
        other.join();
        CHECK(heard == "hello");
    }

    TEST_CASE("and through a channel, whose end is told too") {
        Fixture fixture(10s, false);
        auto [ours, parents] = net::Channel::make();
        RemoteRunner runner(std::move(ours));
        std::string heard;
        SUBCASE("a message") {
            const std::array<Member, 1> to = {1};
            REQUIRE(parents.send(encode(HubFrame::Kind::deliver, to, "hello")));
            fixture.driver.drive(first_message(runner, heard), runner);
            CHECK(heard == "hello");
        }
        SUBCASE("the end") {
            { const net::Channel gone = std::move(parents); }
            fixture.driver.drive(first_message(runner, heard), runner);
            CHECK(heard == "closed");
        }
    }

    TEST_CASE("with somebody at the door an idle session is asked to finish") {
        Fixture fixture;
        const SocketPair client;
        const SocketPair at_door;
        TestDoor door(at_door.ours.get());
        bool finished = false;
        SUBCASE("who waits there already") {
            test::write_text(at_door.theirs, "x");
            fixture.driver.drive(idle(client.ours.get(), finished), fixture.nobody, &door);
            CHECK(finished);
        }
        SUBCASE("who comes later") {
            std::thread other([&] { test::write_text(at_door.theirs, "x"); });
            fixture.driver.drive(idle(client.ours.get(), finished), fixture.nobody, &door);
            other.join();
            CHECK(finished);
        }
        SUBCASE("but not while somebody else is free to open") {
            door.others_free_for = 3;
            test::write_text(at_door.theirs, "x");
            fixture.driver.drive(idle(client.ours.get(), finished), fixture.nobody, &door);
            CHECK(finished);
            CHECK(door.looks == 4);
        }
    }

    TEST_CASE("signals do not end a wait") {
        Fixture fixture;
        struct sigaction action = {};
        struct sigaction before = {};
        action.sa_handler = [](int) {};
        ::sigaction(SIGALRM, &action, &before);
        const itimerval often = {{0, 500}, {0, 500}};
        ::setitimer(ITIMER_REAL, &often, nullptr);
        int waits = 0;
        fixture.driver.drive(nap(10ms, waits), fixture.nobody);
        const itimerval never = {};
        ::setitimer(ITIMER_REAL, &never, nullptr);
        ::sigaction(SIGALRM, &before, nullptr);
        CHECK(waits >= 1);
    }
}

} // namespace tern::driver_test
