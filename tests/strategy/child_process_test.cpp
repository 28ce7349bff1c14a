// Forked children: how they start, how they end, and that none is left behind.

#include "tests/strategy/sockets.h"
#include "tests/strategy/test_log.h"

#include "common/strategy/child_process.h"

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string>

namespace tern::child_process_test {

using namespace tern;
using strategy::ChildProcess;

namespace {

bool has_children() { return ::waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD; }

/// Runs end() as a strategy does.
void wait_for_end(ChildProcess& child, Log& log) {
    Session session(child.end(log));
    while (Wait* const wait = session.resume())
        ::poll(wait->interests.data(), wait->interests.size(), -1);
}

pid_t pid_told_by(const UniqueFd& end) {
    pollfd interest = {end.get(), POLLIN, 0};
    ::poll(&interest, 1, 100'000);
    return std::stoi(test::read_text(end));
}

/// A child that says its number and then waits for ever.
ChildProcess start_waiting_child(const test::SocketPair& pair, Log& log) {
    const auto body = [&pair] {
        test::write_text(pair.ours, std::to_string(::getpid()));
        for (;;)
            ::pause();
    };
    return ChildProcess::start(body, log);
}

} // namespace

TEST_SUITE("strategy/child_process") {
    TEST_CASE("a child does its work, ends well, is reaped, and no word is lost on it") {
        test::TestLog log;
        const test::SocketPair pair;
        ChildProcess child =
            ChildProcess::start([&] { test::write_text(pair.ours, "done"); }, log.log());
        wait_for_end(child, log.log());
        CHECK(test::read_text(pair.theirs) == "done");
        CHECK_FALSE(has_children());
        CHECK(log.lines() == 0);
    }

    TEST_CASE("what a child throws is logged, and its failure") {
        test::TestLog log;
        ChildProcess child =
            ChildProcess::start([] { throw std::runtime_error("out of ideas"); }, log.log());
        wait_for_end(child, log.log());
        CHECK(log.says("out of ideas"));
        CHECK(log.says("failed with status 1"));
        CHECK_FALSE(has_children());
    }

    TEST_CASE("a child that is killed is logged with the signal's name") {
        test::TestLog log;
        const test::SocketPair pair;
        ChildProcess child = start_waiting_child(pair, log.log());
        ::kill(pid_told_by(pair.theirs), SIGKILL);
        wait_for_end(child, log.log());
        CHECK(log.says("killed by signal 9 (KILL)"));
        CHECK_FALSE(has_children());
    }

    TEST_CASE("a signal without a name is logged all the same") {
        test::TestLog log;
        const test::SocketPair pair;
        ChildProcess child = start_waiting_child(pair, log.log());
        ::kill(pid_told_by(pair.theirs), SIGRTMIN + 1);
        wait_for_end(child, log.log());
        CHECK(log.says("killed by signal " + std::to_string(SIGRTMIN + 1)));
    }

    TEST_CASE("SIGTERM kills a child, whatever its parent does with it; SIGINT does not") {
        test::TestLog log;
        struct sigaction ignored = {};
        struct sigaction before = {};
        ignored.sa_handler = SIG_IGN;
        ::sigaction(SIGTERM, &ignored, &before);
        const test::SocketPair pair;
        ChildProcess child = start_waiting_child(pair, log.log());
        const pid_t pid = pid_told_by(pair.theirs);
        ::kill(pid, SIGINT);
        ::kill(pid, SIGTERM);
        wait_for_end(child, log.log());
        CHECK(log.says("killed by signal 15 (TERM)"));
        ::sigaction(SIGTERM, &before, nullptr);
    }

    TEST_CASE("a child that still runs dies with its owner, and is reaped") {
        test::TestLog log;
        const test::SocketPair pair;
        pid_t pid = -1;
        {
            ChildProcess child = start_waiting_child(pair, log.log());
            pid = pid_told_by(pair.theirs);
            ChildProcess moved = std::move(child);
            CHECK(::kill(pid, 0) == 0);
        }
        CHECK(::kill(pid, 0) != 0);
        CHECK_FALSE(has_children());
    }

    TEST_CASE("children of children: a copy in a forked child kills nobody") {
        test::TestLog log;
        const test::SocketPair first_pair;
        ChildProcess first = start_waiting_child(first_pair, log.log());
        const pid_t pid = pid_told_by(first_pair.theirs);
        ChildProcess second =
            ChildProcess::start([&] { const ChildProcess copy = std::move(first); }, log.log());
        wait_for_end(second, log.log());
        CHECK(::kill(pid, 0) == 0);
    }

    TEST_CASE("a child dies with its parent, even one that is killed") {
        test::TestLog log;
        const test::SocketPair pair;
        ChildProcess parent = ChildProcess::start(
            [&] {
                const ChildProcess child = start_waiting_child(pair, log.log());
                for (;;)
                    ::pause();
            },
            log.log());
        const pid_t grandchild = pid_told_by(pair.theirs);
        { const ChildProcess killed = std::move(parent); }
        // Its end of the pair closes when it is gone; ours is the only other copy here.
        auto& ours = const_cast<UniqueFd&>(pair.ours);
        ours.reset();
        pollfd interest = {pair.theirs.get(), POLLIN, 0};
        CHECK(::poll(&interest, 1, 100'000) == 1);
        CHECK(test::read_text(pair.theirs).empty());
        CHECK(grandchild > 0);
    }

    TEST_CASE("the end of many children, one after the other, leaves no descriptor") {
        test::TestLog log;
        const UniqueFd before(::dup(2));
        for (int times = 0; times < 50; ++times) {
            ChildProcess child = ChildProcess::start([] {}, log.log());
            wait_for_end(child, log.log());
        }
        const UniqueFd after(::dup(2));
        CHECK(after.get() == before.get() + 1);
        CHECK_FALSE(has_children());
    }
}

} // namespace tern::child_process_test
