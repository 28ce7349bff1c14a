// One contract for every poller: what wait.h and poller.h promise, whatever the system call.

#include "tests/strategy/sockets.h"

#include "common/strategy/poller/poller.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/time.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace tern;
using namespace std::chrono_literals;
using strategy::Poller;
using strategy::ReadyDescriptor;
using strategy::SessionKey;
using test::SocketPair;

namespace {

// --- who is tested ---------------------------------------------------------------------------

struct Select {
    static std::unique_ptr<Poller> make() { return strategy::make_select_poller(); }
};
struct Poll {
    static std::unique_ptr<Poller> make() { return strategy::make_poll_poller(); }
};
struct EpollEdge {
    static std::unique_ptr<Poller> make() {
        return strategy::make_epoll_poller(strategy::EpollMode::edge_triggered);
    }
};
struct EpollOneShot {
    static std::unique_ptr<Poller> make() {
        return strategy::make_epoll_poller(strategy::EpollMode::one_shot);
    }
};
struct IoUring {
    static std::unique_ptr<Poller> make() {
        try {
            return strategy::make_io_uring_poller();
        } catch (const std::runtime_error& error) {
            MESSAGE("skipped: " << error.what());
            return nullptr;
        }
    }
};

/// A session as a poller sees it: a key, and one wait at a time.
class Sleeper {
public:
    Sleeper(SessionKey key, std::vector<pollfd> interests)
        : key_(key), interests_(std::move(interests)) {}

    void sleep(Poller& poller) {
        wait_.interests = interests_;
        poller.watch(key_, wait_);
        for (pollfd& interest : interests_)
            interest.revents = 0;
    }
    /// As the strategy does before it resumes the session.
    void wake(Poller& poller) { poller.unwatch(key_, wait_); }
    /// The next wait will say so of its first descriptor.
    void say_still_armed() { interests_[0].revents = still_armed; }
    SessionKey key() const noexcept { return key_; }

private:
    const SessionKey key_;
    std::vector<pollfd> interests_;
    Wait wait_;
};

pollfd input(const UniqueFd& end) { return {end.get(), POLLIN | POLLRDHUP, 0}; }
pollfd output(const UniqueFd& end) { return {end.get(), POLLOUT | POLLRDHUP, 0}; }

using Ready = std::vector<ReadyDescriptor>;

/// What is ready now. A few looks, for cancellations may come first.
Ready ready_now(Poller& poller) {
    Ready ready;
    for (int looks = 0; looks < 3 && ready.empty(); ++looks)
        poller.poll(Clock::now(), Clock::time_point::min(), ready);
    return ready;
}

/// Sleeps until something is ready.
Ready ready_at_last(Poller& poller) {
    Ready ready;
    while (ready.empty())
        poller.poll(Clock::now(), no_deadline, ready);
    return ready;
}

/// What is reported of this session's descriptor; 0 if nothing.
short revents_of(const Ready& ready, SessionKey key, int descriptor) {
    int revents = 0;
    for (const ReadyDescriptor& event : ready)
        if (event.key == key && event.descriptor == descriptor)
            revents |= event.revents;
    return static_cast<short>(revents);
}

/// A descriptor number that lies above select's limit.
UniqueFd beyond_select() {
    rlimit limit = {};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < FD_SETSIZE + 10) {
        limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, FD_SETSIZE + 10);
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    return UniqueFd(::dup2(2, FD_SETSIZE + 5));
}

} // namespace

TYPE_TO_STRING(Select);
TYPE_TO_STRING(Poll);
TYPE_TO_STRING(EpollEdge);
TYPE_TO_STRING(EpollOneShot);
TYPE_TO_STRING(IoUring);
#define EVERY_POLLER Select, Poll, EpollEdge, EpollOneShot, IoUring

#define POLLER_OR_SKIP(poller)                                \
    const std::unique_ptr<Poller> poller##_owner = T::make(); \
    if (poller##_owner == nullptr)                            \
        return;                                               \
    Poller& poller = *poller##_owner

TEST_SUITE("strategy/poller") {
    TEST_CASE_TEMPLATE("what becomes readable is reported with its session's key", T,
                       EVERY_POLLER) {
        POLLER_OR_SKIP(poller);
        const SocketPair pair;
        Sleeper sleeper({3, 7}, {input(pair.ours)});
        sleeper.sleep(poller);
        CHECK(ready_now(poller).empty());
        test::write_text(pair.theirs, "x");
        const Ready ready = ready_at_last(poller);
        CHECK((revents_of(ready, {3, 7}, pair.ours.get()) & POLLIN) != 0);
        CHECK(ready.size() == 1);
    }

    TEST_CASE_TEMPLATE("a negative descriptor is passed over", T, EVERY_POLLER) {
        POLLER_OR_SKIP(poller);
        const SocketPair pair;
        Sleeper first({1, 1}, {pollfd{-1, POLLIN, 0}, input(pair.ours)});
        Sleeper second({2, 1}, {pollfd{-1, POLLIN | POLLOUT, 0}});
        for (int waits = 0; waits < 2; ++waits) {
            first.sleep(poller);
            second.sleep(poller);
            CHECK(ready_now(poller).empty());
            first.wake(poller);
            second.wake(poller);
        }
        second.sleep(poller);
        first.sleep(poller);
        test::write_text(pair.theirs, "x");
        const Ready ready = ready_at_last(poller);
        for (const ReadyDescriptor& event : ready)
            CHECK(event.key == first.key());
        CHECK((revents_of(ready, {1, 1}, pair.ours.get()) & POLLIN) != 0);
    }

    TEST_CASE_TEMPLATE("writable, and both directions at once", T, EVERY_POLLER) {
        POLLER_OR_SKIP(poller);
        const SocketPair pair;
        Sleeper writer({1, 1}, {output(pair.ours)});
        writer.sleep(poller);
        CHECK((revents_of(ready_at_last(poller), {1, 1}, pair.ours.get()) & POLLOUT) != 0);
        writer.wake(poller);
        test::fill(pair.ours);
        Sleeper both({1, 1}, {pollfd{pair.ours.get(), POLLIN | POLLOUT, 0}});
        both.sleep(poller);
        CHECK((revents_of(ready_now(poller), {1, 1}, pair.ours.get()) & POLLOUT) == 0);
        test::write_text(pair.theirs, "x");
        CHECK((revents_of(ready_at_last(poller), {1, 1}, pair.ours.get()) & POLLIN) != 0);
        both.wake(poller);
        both.sleep(poller);
        while (!test::read_text(pair.theirs).empty()) {
        }
        short revents = 0;
        while ((revents & POLLOUT) == 0) {
            revents = revents_of(ready_at_last(poller), {1, 1}, pair.ours.get());
            both.wake(poller);
            both.sleep(poller);
        }
        CHECK((revents & POLLIN) != 0); // still unread
    }

    TEST_CASE_TEMPLATE("without the hint the present state counts, at every wait anew", T,
                       EVERY_POLLER) {
        POLLER_OR_SKIP(poller);
        const SocketPair pair;
        test::write_text(pair.theirs, "before anybody waited");
        Sleeper sleeper({2, 5}, {input(pair.ours)});
        for (int waits = 0; waits < 3; ++waits) {
            sleeper.sleep(poller);
            CHECK((revents_of(ready_at_last(poller), {2, 5}, pair.ours.get()) & POLLIN) != 0);
            sleeper.wake(poller);
        }
        test::read_text(pair.ours);
        sleeper.sleep(poller);
        CHECK(revents_of(ready_now(poller), {2, 5}, pair.ours.get()) == 0);
    }

    TEST_CASE_TEMPLATE("with the hint, what comes after the last try is reported", T,
                       EVERY_POLLER) {
        POLLER_OR_SKIP(poller);
        const SocketPair pair;
        Sleeper sleeper({2, 5}, {input(pair.ours)});
        sleeper.sleep(poller);
        for (int waits = 0; waits < 5; ++waits) {
            test::write_text(pair.theirs, "x");
            CHECK((revents_of(ready_at_last(poller), {2, 5}, pair.ours.get()) & POLLIN) != 0);
            sleeper.wake(poller);
            while (!test::read_text(pair.ours).empty()) { // until it would block
            }
            if (waits % 2 == 0)
                test::write_text(pair.theirs, "y"); // between the try and the wait
            sleeper.say_still_armed();
            sleeper.sleep(poller);
            if (waits % 2 == 0)
                continue;
            CHECK(revents_of(ready_now(poller), {2, 5}, pair.ours.get()) == 0);
        }
    }

    TEST_CASE_TEMPLATE("a wait for another direction in between needs no hint to be renewed", T,
                       EVERY_POLLER) {
        POLLER_OR_SKIP(poller);
        const SocketPair pair;
        Sleeper reader({2, 5}, {input(pair.ours)});
        Sleeper writer({2, 5}, {output(pair.ours)});
        reader.sleep(poller);
        reader.wake(poller);
        writer.sleep(poller);
        CHECK((revents_of(ready_at_last(poller), {2, 5}, pair.ours.get()) & POLLOUT) != 0);
        writer.wake(poller);
        test::write_text(pair.theirs, "x");
        reader.sleep(poller);
        CHECK((revents_of(ready_at_last(poller), {2, 5}, pair.ours.get()) & POLLIN) != 0);
    }

    TEST_CASE_TEMPLATE("a session waits for several descriptors, and gets those that are ready", T,
                       EVERY_POLLER) {
        POLLER_OR_SKIP(poller);
        const SocketPair one;
        const SocketPair other;
        const SocketPair third;
        Sleeper sleeper({1, 2}, {input(one.ours), input(other.ours), output(third.ours)});
        test::fill(third.ours);
        sleeper.sleep(poller);
        CHECK(ready_now(poller).empty());
        test::write_text(other.theirs, "x");
        Ready ready = ready_at_last(poller);
        CHECK((revents_of(ready, {1, 2}, other.ours.get()) & POLLIN) != 0);
        CHECK(revents_of(ready, {1, 2}, one.ours.get()) == 0);
        sleeper.wake(poller);
        test::read_text(other.ours);
        test::write_text(one.theirs, "x");
        sleeper.sleep(poller);
        ready = ready_at_last(poller);
        CHECK((revents_of(ready, {1, 2}, one.ours.get()) & POLLIN) != 0);
        CHECK(revents_of(ready, {1, 2}, other.ours.get()) == 0);
    }

    TEST_CASE_TEMPLATE("many sessions, of which any may leave", T, EVERY_POLLER) {
        POLLER_OR_SKIP(poller);
        constexpr std::uint32_t count = 150;
        const std::vector<SocketPair> pairs(count);
        std::vector<Sleeper> sleepers;
        for (std::uint32_t slot = 0; slot < count; ++slot)
            sleepers.emplace_back(SessionKey{slot, slot + 100},
                                  std::vector{input(pairs[slot].ours)});
        for (Sleeper& sleeper : sleepers)
            sleeper.sleep(poller);
        for (std::uint32_t slot = 0; slot < count; slot += 3)
            sleepers[slot].wake(poller);
        for (const SocketPair& pair : pairs)
            test::write_text(pair.theirs, "x");
        std::vector<bool> reported(count);
        const auto all_due = [&] {
            for (std::uint32_t slot = 0; slot < count; ++slot)
                if (slot % 3 != 0 && !reported[slot])
                    return false;
            return true;
        };
        while (!all_due()) {
            for (const ReadyDescriptor& event : ready_at_last(poller)) {
                REQUIRE(event.key == sleepers.at(event.key.slot).key());
                REQUIRE(event.descriptor == pairs[event.key.slot].ours.get());
                reported[event.key.slot] = true;
                if (event.key.slot % 3 != 0) {
                    test::read_text(pairs[event.key.slot].ours);
                    sleepers[event.key.slot].wake(poller);
                    sleepers[event.key.slot].sleep(poller);
                }
            }
        }
    }

    TEST_CASE_TEMPLATE("the peer's end, half or whole, is reported", T, EVERY_POLLER) {
        POLLER_OR_SKIP(poller);
        SocketPair half;
        SocketPair whole;
        Sleeper of_half({1, 1}, {input(half.ours)});
        Sleeper of_whole({2, 1}, {input(whole.ours)});
        of_half.sleep(poller);
        of_whole.sleep(poller);
        ::shutdown(half.theirs.get(), SHUT_WR);
        CHECK(revents_of(ready_at_last(poller), {1, 1}, half.ours.get()) != 0);
        of_half.wake(poller);
        whole.theirs.reset();
        CHECK(revents_of(ready_at_last(poller), {2, 1}, whole.ours.get()) != 0);
    }

    TEST_CASE_TEMPLATE("a descriptor's number may come back as another session's", T,
                       EVERY_POLLER) {
        POLLER_OR_SKIP(poller);
        for (std::uint32_t generation = 1; generation < 20; ++generation) {
            SocketPair old;
            const int number = old.ours.get();
            Sleeper first({4, generation * 2}, {input(old.ours)});
            first.sleep(poller);
            if (generation % 2 == 0)
                ready_now(poller);
            test::write_text(old.theirs, "an event that nobody takes any more");
            if (generation % 3 == 0)
                ready_now(poller);
            first.wake(poller);
            poller.forget(first.key(), number);
            old.ours.reset();

            const SocketPair fresh;
            const UniqueFd reused(::dup2(fresh.ours.get(), number));
            Sleeper second({4, generation * 2 + 1}, {input(reused)});
            second.sleep(poller);
            // A late event may still carry the first one's key; never the second's.
            CHECK(revents_of(ready_now(poller), second.key(), number) == 0);
            test::write_text(fresh.theirs, "x");
            short revents = 0;
            while (revents == 0)
                revents = revents_of(ready_at_last(poller), second.key(), number);
            CHECK((revents & POLLIN) != 0);
            second.wake(poller);
            poller.forget(second.key(), number);
        }
    }

    TEST_CASE_TEMPLATE("the same session may close a descriptor and wait for another of its number",
                       T, EVERY_POLLER) {
        POLLER_OR_SKIP(poller);
        SocketPair old;
        const int number = old.ours.get();
        Sleeper sleeper({4, 1}, {input(old.ours)});
        sleeper.sleep(poller);
        sleeper.wake(poller);
        poller.forget(sleeper.key(), number);
        old.ours.reset();
        const SocketPair fresh;
        const UniqueFd reused(::dup2(fresh.ours.get(), number));
        Sleeper again({4, 1}, {input(reused)});
        again.sleep(poller);
        test::write_text(fresh.theirs, "x");
        CHECK((revents_of(ready_at_last(poller), {4, 1}, number) & POLLIN) != 0);
    }

    TEST_CASE_TEMPLATE("a deadline ends the sleep, and nobody spins until it has passed", T,
                       EVERY_POLLER) {
        POLLER_OR_SKIP(poller);
        const SocketPair pair;
        Sleeper sleeper({1, 1}, {input(pair.ours)});
        sleeper.sleep(poller);
        Ready ready;
        // One look, and one more for each interruption. The kernel interrupts epoll_wait(2) not
        // only for signals: it dismantles the rings of earlier cases some time after they were
        // closed, and tells this thread of each. Who spins looks thousands of times.
        constexpr int looks_of_who_sleeps = 200;
        for (const Clock::duration nap :
             {Clock::duration(1us), Clock::duration(1500us), Clock::duration(20ms)}) {
            const Clock::time_point deadline = Clock::now() + nap;
            int looks = 0;
            for (; Clock::now() < deadline; ++looks)
                poller.poll(Clock::now(), deadline, ready);
            CHECK(looks <= looks_of_who_sleeps);
            CHECK(ready.empty());
        }
        poller.poll(Clock::now(), Clock::time_point::min(), ready); // comes back at all
        CHECK(ready.empty());
    }

    TEST_CASE_TEMPLATE("a sleep without a deadline is ended by another thread's event", T,
                       EVERY_POLLER) {
        POLLER_OR_SKIP(poller);
        const SocketPair pair;
        Sleeper sleeper({1, 1}, {input(pair.ours)});
        sleeper.sleep(poller);
        std::thread writer([&] { test::write_text(pair.theirs, "x"); });
        CHECK((revents_of(ready_at_last(poller), {1, 1}, pair.ours.get()) & POLLIN) != 0);
        writer.join();
    }

    TEST_CASE_TEMPLATE("a signal may end the sleep, and is no error", T, EVERY_POLLER) {
        POLLER_OR_SKIP(poller);
        struct sigaction action = {};
        struct sigaction before = {};
        action.sa_handler = [](int) {};
        ::sigaction(SIGALRM, &action, &before);
        const itimerval often = {{0, 500}, {0, 500}};
        ::setitimer(ITIMER_REAL, &often, nullptr);
        const SocketPair pair;
        Sleeper sleeper({1, 1}, {input(pair.ours)});
        sleeper.sleep(poller);
        Ready ready;
        for (int naps = 0; naps < 10; ++naps)
            CHECK_NOTHROW(poller.poll(Clock::now(), Clock::now() + 5ms, ready));
        const itimerval never = {};
        ::setitimer(ITIMER_REAL, &never, nullptr);
        ::sigaction(SIGALRM, &before, nullptr);
        CHECK(ready.empty());
    }

    TEST_CASE_TEMPLATE("a large descriptor is watched, or said to be too large", T, EVERY_POLLER) {
        POLLER_OR_SKIP(poller);
        const UniqueFd large = beyond_select();
        if (!large) {
            MESSAGE("skipped: not so many descriptors allowed");
            return;
        }
        const SocketPair pair;
        CHECK(poller.can_watch(pair.ours.get()));
        const UniqueFd moved(::dup2(pair.ours.get(), large.get() + 1));
        Sleeper sleeper({1, 1}, {input(moved)});
        sleeper.sleep(poller);
        if (!poller.can_watch(moved.get())) {
            CHECK(std::is_same_v<T, Select>);
            CHECK(revents_of(ready_now(poller), {1, 1}, moved.get()) == POLLNVAL);
        } else {
            test::write_text(pair.theirs, "x");
            CHECK((revents_of(ready_at_last(poller), {1, 1}, moved.get()) & POLLIN) != 0);
        }
        sleeper.wake(poller);
        CHECK(poller.can_watch(pair.ours.get()));
    }

    TEST_CASE("keys and descriptors survive their packing") {
        const std::uint32_t largest = (1U << strategy::slot_bits) - 1;
        for (const SessionKey key :
             {SessionKey{0, 0}, SessionKey{1, 2}, SessionKey{largest, largest},
              SessionKey{largest, 0}, SessionKey{0, largest}}) {
            for (const int descriptor : {0, 1, 1024, (1 << strategy::descriptor_bits) - 1}) {
                const ReadyDescriptor event = strategy::unpack(strategy::pack(key, descriptor), 5);
                CHECK(event.key == key);
                CHECK(event.descriptor == descriptor);
                CHECK(event.revents == 5);
            }
        }
    }

    TEST_CASE("timeouts are rounded up, never negative by accident, and never too large") {
        const Clock::time_point now{1000s};
        CHECK(strategy::poll_timeout(now, no_deadline) == -1);
        CHECK(strategy::poll_timeout(now, now) == 0);
        CHECK(strategy::poll_timeout(now, now - 1h) == 0);
        CHECK(strategy::poll_timeout(now, Clock::time_point::min()) == 0);
        CHECK(strategy::poll_timeout(now, now + 1ns) == 1);
        CHECK(strategy::poll_timeout(now, now + 1ms) == 1);
        CHECK(strategy::poll_timeout(now, now + 1ms + 1ns) == 2);
        CHECK(strategy::poll_timeout(now, now + 24h * 365) > 0);
        CHECK(strategy::poll_timeout(now, no_deadline - 1ns) > 0);
    }
}
