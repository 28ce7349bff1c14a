// The wish to stop.

#include "tests/base/child.h"

#include "common/strategy/stop_signal.h"

#include <doctest/doctest.h>
#include <poll.h>

#include <csignal>

namespace tern::stop_signal_test {

using namespace tern;
using strategy::StopSignal;

namespace {

StopSignal* signal_of_handler = nullptr;

void request_from_handler(int) { signal_of_handler->request(); }

bool is_readable(const StopSignal& stop) {
    pollfd interest = {stop.descriptor(), POLLIN, 0};
    return ::poll(&interest, 1, 0) == 1;
}

} // namespace

TEST_SUITE("strategy/stop_signal") {
    TEST_CASE("once requested it stays so, for everybody who looks") {
        StopSignal stop;
        CHECK_FALSE(stop.requested());
        CHECK_FALSE(is_readable(stop));
        stop.request();
        stop.request();
        for (int times = 0; times < 3; ++times) {
            CHECK(stop.requested());
            CHECK(is_readable(stop));
        }
    }

    TEST_CASE("it crosses process boundaries, both ways") {
        StopSignal parents;
        StopSignal childs;
        parents.request();
        const pid_t child = test::fork_child([&] {
            childs.request();
            ::_exit(parents.requested() ? 0 : 1);
        });
        CHECK(test::wait_for(child) == 0);
        CHECK(childs.requested());
    }

    TEST_CASE("a signal handler may request it, and errno survives") {
        StopSignal stop;
        signal_of_handler = &stop;
        struct sigaction action = {};
        struct sigaction before = {};
        action.sa_handler = request_from_handler;
        ::sigaction(SIGUSR2, &action, &before);
        errno = EDOM;
        ::raise(SIGUSR2);
        CHECK(errno == EDOM);
        CHECK(stop.requested());
        ::sigaction(SIGUSR2, &before, nullptr);
        signal_of_handler = nullptr;
    }
}

} // namespace tern::stop_signal_test
