#include "common/daemon/signals.h"

#include "common/base/log_file.h"
#include "common/strategy/stop_signal.h"
#include "tests/base/child.h"

#include <doctest/doctest.h>

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace tern::signals_test {

using namespace tern;

TEST_CASE("SIGTERM and SIGINT ask to stop") {
    for (const int number : {SIGTERM, SIGINT}) {
        strategy::StopSignal stop;
        ReopenSignal reopen;
        const daemon::Signals signals(stop, reopen);
        CHECK_FALSE(stop.requested());
        REQUIRE(::raise(number) == 0);
        CHECK(stop.requested());
        CHECK(reopen.count() == 0);
    }
}

TEST_CASE("SIGUSR1 asks to open log files again, in whichever process it arrives") {
    strategy::StopSignal stop;
    ReopenSignal reopen;
    const daemon::Signals signals(stop, reopen);
    REQUIRE(::raise(SIGUSR1) == 0);
    CHECK(reopen.count() == 1);
    CHECK(test::wait_for(test::fork_child([] { ::raise(SIGUSR1); })) == 0);
    CHECK(reopen.count() == 2);
    CHECK_FALSE(stop.requested());
}

TEST_CASE("a forked child that is told to stop does not stop the server") {
    strategy::StopSignal stop;
    ReopenSignal reopen;
    const daemon::Signals signals(stop, reopen);
    CHECK(test::wait_for(test::fork_child([] {
              ::raise(SIGTERM);
              ::raise(SIGINT);
          })) == 0);
    CHECK_FALSE(stop.requested());
}

TEST_CASE("writing to a closed connection is an error, not the end") {
    strategy::StopSignal stop;
    ReopenSignal reopen;
    const daemon::Signals signals(stop, reopen);
    std::array<int, 2> ends = {};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    ::close(ends[1]);
    CHECK(::write(ends[0], "x", 1) == -1);
    CHECK(errno == EPIPE);
    ::close(ends[0]);
}

TEST_CASE("there is one at a time, and what was before comes back") {
    struct sigaction before = {};
    ::sigaction(SIGTERM, nullptr, &before);
    {
        strategy::StopSignal stop;
        ReopenSignal reopen;
        const daemon::Signals signals(stop, reopen);
        CHECK_THROWS_AS(daemon::Signals(stop, reopen), std::logic_error);
    }
    struct sigaction after = {};
    ::sigaction(SIGTERM, nullptr, &after);
    CHECK((after.sa_handler == before.sa_handler));
}

} // namespace tern::signals_test
