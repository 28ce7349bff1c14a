// Threads that live and die together.

#include "common/strategy/worker_threads.h"
#include "tests/strategy/test_log.h"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>

namespace tern::worker_threads_test {

using namespace tern;
using strategy::StopSignal;
using strategy::WorkerThreads;

TEST_SUITE("strategy/worker_threads") {
    TEST_CASE("nobody goes on before all are ready") {
        test::TestLog log;
        StopSignal stop;
        WorkerThreads threads(stop, log.log());
        std::atomic<int> opened = 0;
        std::atomic<int> seen_by_the_first = 0;
        const auto work = [&] {
            ++opened;
            threads.wait_for_all(3);
            seen_by_the_first += opened;
        };
        threads.start(work);
        threads.start(work);
        threads.run_here(work);
        CHECK(seen_by_the_first == 9);
        CHECK_FALSE(stop.requested());
    }

    TEST_CASE("one that fails stops the others, who do not wait for it, and surfaces") {
        test::TestLog log;
        StopSignal stop;
        WorkerThreads threads(stop, log.log());
        threads.start([&] { threads.wait_for_all(3); });
        threads.start([] { throw std::runtime_error("no descriptors"); });
        CHECK_THROWS_WITH_AS(threads.run_here([&] { threads.wait_for_all(3); }), "no descriptors",
                             std::runtime_error);
        CHECK(stop.requested());
    }

    TEST_CASE("an exception on the way out releases those who wait") {
        test::TestLog log;
        StopSignal stop;
        {
            WorkerThreads threads(stop, log.log());
            threads.start([&] { threads.wait_for_all(2); });
        }
        CHECK(stop.requested());
    }
}

} // namespace tern::worker_threads_test
