// The reactor: who runs when, who is woken, and that nobody is left behind. Over every poller.

#include "tests/strategy/sockets.h"
#include "tests/strategy/test_log.h"

#include "common/session/mailbox.h"
#include "common/strategy/reactor.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <array>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace tern;
using namespace std::chrono_literals;
using strategy::Poller;
using strategy::Reactor;
using test::SocketPair;

namespace {

struct Select {
    static std::unique_ptr<Poller> make() { return strategy::make_select_poller(); }
};
struct Poll {
    static std::unique_ptr<Poller> make() { return strategy::make_poll_poller(); }
};
struct Epoll {
    static std::unique_ptr<Poller> make() {
        return strategy::make_epoll_poller(strategy::EpollMode::edge_triggered);
    }
};
struct IoUring {
    static std::unique_ptr<Poller> make() {
        try {
            return strategy::make_io_uring_poller();
        } catch (const std::runtime_error& error) {
            MESSAGE("skipped, with poll in its stead: " << error.what());
            return strategy::make_poll_poller();
        }
    }
};

/// A reactor and all that it needs.
template <class T>
struct Fixture {
    explicit Fixture(std::chrono::milliseconds grace = 10s)
        : reactor(T::make(), nullptr, stop, grace, log.log()) {}
    test::TestLog log;
    strategy::StopSignal stop;
    Reactor reactor;
};

/// Lives and dies with a frame.
struct Guard {
    explicit Guard(int& count) : count_(count) { ++count_; }
    ~Guard() { --count_; }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    int& count_;
};

Task<void> wait_for_input(int descriptor, short& revents) {
    std::array<pollfd, 1> interests = {pollfd{descriptor, POLLIN, 0}};
    Wait wait;
    wait.interests = interests;
    while (interests[0].revents == 0)
        co_await until(wait);
    revents = interests[0].revents;
}
Task<void> nap_until(Clock::time_point deadline, Clock::time_point& woke) {
    Session& session = co_await this_session();
    Wait wait;
    wait.deadline = deadline;
    while (session.now() < wait.deadline)
        co_await until(wait);
    woke = session.now();
}
Task<void> until_finished(int& alive) {
    const Guard guard(alive);
    Session& session = co_await this_session();
    Wait wait;
    while (!session.finish_requested())
        co_await until(wait);
}
Task<void> for_ever(int& alive) {
    const Guard guard(alive);
    Wait wait;
    for (;;)
        co_await until(wait);
}
Task<void> give_turns(std::vector<int>& order, int name, int turns) {
    Session& session = co_await this_session();
    Wait wait;
    for (int turn = 0; turn < turns; ++turn) {
        order.push_back(name);
        wait.deadline = session.now();
        co_await until(wait);
    }
}
Task<void> give_one_turn() {
    Wait wait;
    wait.deadline = Clock::time_point::min();
    co_await until(wait);
}
/// A turn that does not end in sleep, for somebody is still ready.
template <class T>
void turn_without_sleep(Fixture<T>& fixture) {
    fixture.reactor.host(give_one_turn());
    fixture.reactor.turn();
}
Task<void> throw_after_a_turn(int& alive) {
    const Guard guard(alive);
    Wait wait;
    wait.deadline = Clock::time_point::min();
    co_await until(wait);
    throw std::runtime_error("a bug in a session");
}
Task<void> echo_once(UniqueFd socket, int& echoed) {
    short revents = 0;
    co_await wait_for_input(socket.get(), revents);
    test::write_text(socket, test::read_text(socket));
    ++echoed;
    Session& session = co_await this_session();
    session.closing(socket.get());
}
Task<void> host_others(Reactor& reactor, int generations, int& hosted) {
    ++hosted;
    if (generations > 0)
        reactor.host(host_others(reactor, generations - 1, hosted));
    co_return;
}
/// Counts how often it is resumed until it has got all its messages and the server stops.
Task<void> collect_post(std::unique_ptr<Mailbox>& mailbox, std::size_t wanted, int& resumes,
                        std::vector<std::string>& got) {
    Session& session = co_await this_session();
    mailbox = std::make_unique<Mailbox>(session, 100'000, Overflow::disconnect);
    Wait wait;
    while (got.size() < wanted || !session.finish_requested()) {
        co_await until(wait);
        ++resumes;
        for (const Message& message : mailbox->take().messages)
            got.push_back(*message);
    }
    mailbox.reset();
}
Task<void> put_many(std::unique_ptr<Mailbox>& mailbox, int count, strategy::StopSignal& stop) {
    while (mailbox == nullptr) {
        Wait wait;
        wait.deadline = Clock::time_point::min();
        co_await until(wait);
    }
    for (int i = 0; i < count; ++i)
        mailbox->put(std::make_shared<const std::string>(std::to_string(i)));
    for (int turns = 0; turns < 3; ++turns)
        co_await give_one_turn();
    stop.request();
}

} // namespace

TYPE_TO_STRING(Select);
TYPE_TO_STRING(Poll);
TYPE_TO_STRING(Epoll);
TYPE_TO_STRING(IoUring);
#define EVERY_POLLER Select, Poll, Epoll, IoUring

TEST_SUITE("strategy/reactor") {
    TEST_CASE_TEMPLATE("it runs until the last foreground session is over", T, EVERY_POLLER) {
        Fixture<T> fixture;
        const SocketPair pair;
        short revents = 0;
        int background = 0;
        fixture.reactor.host(wait_for_input(pair.ours.get(), revents));
        fixture.reactor.host(for_ever(background), Reactor::Kind::background);
        test::write_text(pair.theirs, "x");
        fixture.reactor.run();
        CHECK((revents & POLLIN) != 0);
        CHECK(background == 1);
    }

    TEST_CASE_TEMPLATE("a reactor that has nobody to run is over at once", T, EVERY_POLLER) {
        Fixture<T> fixture;
        CHECK_FALSE(fixture.reactor.turn());
    }

    TEST_CASE_TEMPLATE("deadlines end waits in their order, none too early", T, EVERY_POLLER) {
        Fixture<T> fixture;
        const Clock::time_point begin = Clock::now() + 50ms; // when all of them sleep
        std::array<Clock::time_point, 3> woke;
        fixture.reactor.host(nap_until(begin + 9ms, woke[0]));
        fixture.reactor.host(nap_until(begin + 1ms, woke[1]));
        fixture.reactor.host(nap_until(begin + 5ms, woke[2]));
        fixture.reactor.run();
        CHECK(woke[1] >= begin + 1ms);
        CHECK(woke[2] >= begin + 5ms);
        CHECK(woke[0] >= begin + 9ms);
        CHECK(woke[1] <= woke[2]);
        CHECK(woke[2] <= woke[0]);
    }

    TEST_CASE_TEMPLATE("who only gives its turn away comes back after the others", T,
                       EVERY_POLLER) {
        Fixture<T> fixture;
        std::vector<int> order;
        fixture.reactor.host(give_turns(order, 1, 3));
        fixture.reactor.host(give_turns(order, 2, 3));
        fixture.reactor.run();
        CHECK(order == std::vector<int>{1, 2, 1, 2, 1, 2});
    }

    TEST_CASE_TEMPLATE("an exception ends one session, is logged, and hurts nobody else", T,
                       EVERY_POLLER) {
        Fixture<T> fixture;
        const SocketPair pair;
        short revents = 0;
        int alive = 0;
        fixture.reactor.host(throw_after_a_turn(alive));
        fixture.reactor.host(wait_for_input(pair.ours.get(), revents));
        fixture.reactor.turn(); // it has given its turn away, so nobody sleeps
        test::write_text(pair.theirs, "x");
        fixture.reactor.run();
        CHECK(alive == 0);
        CHECK(fixture.log.says("a bug in a session"));
        CHECK((revents & POLLIN) != 0);
    }

    TEST_CASE_TEMPLATE("another thread's wake-ups arrive, one and many", T, EVERY_POLLER) {
        Fixture<T> fixture;
        int alive = 0;
        Waker& waker = fixture.reactor.host(until_finished(alive));
        std::atomic<bool> done = false;
        std::thread other([&] {
            for (int times = 0; times < 2000; ++times)
                waker.wake();
            done = true;
            fixture.stop.request();
        });
        fixture.reactor.run();
        other.join();
        CHECK(done);
        CHECK(alive == 0);
    }

    TEST_CASE_TEMPLATE("a wake-up before the first step is not lost, nor one while running", T,
                       EVERY_POLLER) {
        Fixture<T> fixture;
        std::vector<int> seen;
        const auto count_wakes = [](std::vector<int>& out) -> Task<void> {
            Session& session = co_await this_session();
            Wait wait; // without a deadline: only wake-ups end these waits
            co_await until(wait);
            out.push_back(1);
            session.wake();
            co_await until(wait);
            out.push_back(2);
        };
        Waker& waker = fixture.reactor.host(count_wakes(seen));
        waker.wake();
        fixture.reactor.run();
        CHECK(seen == std::vector<int>{1, 2});
    }

    TEST_CASE_TEMPLATE("a stop asks everybody to finish, those of later too", T, EVERY_POLLER) {
        Fixture<T> fixture;
        int alive = 0;
        for (int i = 0; i < 3; ++i)
            fixture.reactor.host(until_finished(alive));
        turn_without_sleep(fixture);
        CHECK(alive == 3);
        CHECK_FALSE(fixture.reactor.stopping());
        fixture.stop.request();
        fixture.reactor.run();
        CHECK(fixture.reactor.stopping());
        CHECK(alive == 0);
        fixture.reactor.host(until_finished(alive));
        fixture.reactor.run();
        CHECK(alive == 0);
    }

    TEST_CASE_TEMPLATE("who does not finish within the grace is abandoned, and his frames die", T,
                       EVERY_POLLER) {
        Fixture<T> fixture(3ms);
        const SocketPair pair;
        int alive = 0;
        short revents = 0;
        fixture.reactor.host(for_ever(alive));
        fixture.reactor.host(wait_for_input(pair.ours.get(), revents));
        fixture.stop.request();
        fixture.reactor.run();
        CHECK(alive == 0);
        CHECK(revents == 0);
    }

    TEST_CASE_TEMPLATE("a reactor that dies takes its sessions along", T, EVERY_POLLER) {
        int alive = 0;
        {
            Fixture<T> fixture;
            fixture.reactor.host(for_ever(alive));
            fixture.reactor.host(for_ever(alive), Reactor::Kind::background);
            fixture.reactor.host(for_ever(alive)); // never begins
            const SocketPair pair;
            short revents = 0;
            fixture.reactor.host(wait_for_input(pair.ours.get(), revents));
            turn_without_sleep(fixture);
            CHECK(alive == 3);
            test::write_text(pair.theirs, "x");
        }
        CHECK(alive == 0);
    }

    TEST_CASE_TEMPLATE("sessions may host sessions", T, EVERY_POLLER) {
        Fixture<T> fixture;
        int hosted = 0;
        for (int i = 0; i < 10; ++i)
            fixture.reactor.host(host_others(fixture.reactor, 100, hosted));
        fixture.reactor.run();
        CHECK(hosted == 1010);
    }

    TEST_CASE_TEMPLATE("thousands of short sessions whose descriptors' numbers come back", T,
                       EVERY_POLLER) {
        Fixture<T> fixture;
        int echoed = 0;
        for (int round = 0; round < 200; ++round) {
            std::vector<UniqueFd> clients;
            for (int i = 0; i < 20; ++i) {
                SocketPair pair;
                test::write_text(pair.theirs, std::to_string(round * 100 + i));
                fixture.reactor.host(echo_once(std::move(pair.ours), echoed));
                clients.push_back(std::move(pair.theirs));
            }
            fixture.reactor.run();
            REQUIRE(echoed == (round + 1) * 20);
            for (int i = 0; i < 20; ++i)
                REQUIRE(test::read_text(clients[static_cast<std::size_t>(i)]) ==
                        std::to_string(round * 100 + i));
        }
    }

    TEST_CASE_TEMPLATE("a burst of messages wakes its reader once, not once for each", T,
                       EVERY_POLLER) {
        Fixture<T> fixture;
        std::unique_ptr<Mailbox> mailbox;
        std::vector<std::string> got;
        int resumes = 0;
        fixture.reactor.host(collect_post(mailbox, 1000, resumes, got));
        fixture.reactor.host(put_many(mailbox, 1000, fixture.stop));
        fixture.reactor.run();
        CHECK(got.size() == 1000);
        CHECK(got.back() == "999");
        CHECK(resumes < 5);
    }

    TEST_CASE_TEMPLATE("what others put from other threads arrives whole", T, EVERY_POLLER) {
        Fixture<T> fixture;
        std::unique_ptr<Mailbox> mailbox;
        std::vector<std::string> got;
        int resumes = 0;
        fixture.reactor.host(collect_post(mailbox, 8000, resumes, got));
        turn_without_sleep(fixture);
        Mailbox& box = *mailbox;
        std::thread others([&] {
            std::vector<std::thread> threads;
            for (int thread = 0; thread < 4; ++thread)
                threads.emplace_back([&box] {
                    for (int i = 0; i < 2000; ++i)
                        box.put(std::make_shared<const std::string>("x"));
                });
            for (std::thread& thread : threads)
                thread.join();
            fixture.stop.request(); // only now the mailbox may go
        });
        fixture.reactor.run();
        others.join();
        CHECK(got.size() == 8000);
    }

    TEST_CASE("a descriptor that epoll cannot watch ends its session, and is logged") {
        Fixture<Epoll> fixture;
        const test::TemporaryFolder folder;
        test::write_file(folder / "file", "");
        const UniqueFd file(::open((folder / "file").c_str(), O_RDONLY | O_CLOEXEC));
        short revents = 0;
        fixture.reactor.host(wait_for_input(file.get(), revents));
        fixture.reactor.run();
        CHECK(revents == 0);
        CHECK(fixture.log.says("session ended"));
    }
}
