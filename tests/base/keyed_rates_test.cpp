#include "common/base/keyed_rates.h"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace tern::keyed_rates_test {

namespace {

using namespace std::chrono_literals;
using tern::Clock;
using tern::KeyedRates;

constexpr Clock::time_point some_time(1000h);

/// How many of `count` requests at that time are let through.
int let_through(KeyedRates& rates, std::uint64_t key, int count,
                Clock::time_point now = some_time) {
    int passed = 0;
    for (int i = 0; i < count; ++i)
        passed += rates.take(key, now) == Clock::duration::zero() ? 1 : 0;
    return passed;
}

} // namespace

TEST_SUITE("base/keyed_rates") {

    TEST_CASE("a burst at once, then as many as the rate says") {
        KeyedRates rates({10, 5});
        CHECK(let_through(rates, 1, 100) == 5);
        CHECK(rates.take(1, some_time) == 100ms);
        CHECK(rates.take(1, some_time + 99ms) == 1ms);
        CHECK(rates.take(1, some_time + 100ms) == 0ms);
        CHECK(rates.take(1, some_time + 100ms) == 100ms);
        CHECK(let_through(rates, 1, 100, some_time + 400ms) == 3);
        CHECK(let_through(rates, 1, 100, some_time + 1h) == 5); // a pause earns no more than that
    }

    TEST_CASE("one at once") {
        KeyedRates rates({0.5, 1});
        CHECK(rates.take(1, some_time) == 0s);
        CHECK(rates.take(1, some_time) == 2s);
        CHECK(rates.take(1, some_time + 2s) == 0s);
    }

    TEST_CASE("keys do not count for each other") {
        KeyedRates rates({1, 2});
        for (std::uint64_t key = 0; key < 1000; ++key) {
            CAPTURE(key);
            CHECK(let_through(rates, key, 3) == 2);
        }
    }

    TEST_CASE("the slowest and the fastest rate, and the largest bursts") {
        for (const double rate : {1.0, 100'000.0}) {
            CAPTURE(rate);
            KeyedRates rates({rate, 100'000});
            CHECK(let_through(rates, 1, 200'000) == 100'000);
            CHECK(rates.take(1, some_time) > 0s);
        }
    }

    TEST_CASE("what is owed is never more than a day and a half") {
        KeyedRates rates({0.001, 100'000});
        CHECK(let_through(rates, 1, 200'000) == 137); // a thousand seconds each
        CHECK(rates.take(1, some_time) <= 1'000s);
    }

    TEST_CASE("a moment that was read a while ago opens no gap") {
        KeyedRates rates({1, 2});
        CHECK(let_through(rates, 1, 3, some_time + 1s) == 2);
        CHECK(let_through(rates, 1, 3, some_time) == 0);
        CHECK(let_through(rates, 1, 3, some_time - 5s) == 0);
    }

    TEST_CASE("after days, when the table's clock has gone round, nobody owes anything") {
        for (int hours = 1; hours < 24 * 40; ++hours) {
            KeyedRates rates({1, 2}, 8);
            CHECK(let_through(rates, 1, 3) == 2);
            // The one exception: a quarter of a minute, twelve days later.
            CAPTURE(hours);
            CHECK(let_through(rates, 1, 3, some_time + std::chrono::hours(hours)) == 2);
        }
    }

    TEST_CASE("a full table forgets those who are furthest from their limit") {
        KeyedRates rates({1, 100}, 8);
        CHECK(let_through(rates, 1, 200) == 100);
        for (std::uint64_t key = 2; key < 1'000; ++key)
            CHECK(let_through(rates, key, 1) == 1);
        CHECK(let_through(rates, 1, 10) == 0);
    }

    TEST_CASE("many threads get no more than one would") {
        KeyedRates rates({1, 1'000});
        std::atomic<int> passed = 0;
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] { passed += let_through(rates, 1, 1'000); });
        for (std::thread& thread : threads)
            thread.join();
        CHECK(passed <= 1'008); // a call that loses many races in a row lets its key through
        CHECK(passed >= 1'000);
    }

    TEST_CASE("forked processes count together") {
        KeyedRates rates({1, 10});
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0)
            ::_exit(let_through(rates, 1, 7));
        int status = -1;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(WEXITSTATUS(status) == 7);
        CHECK(let_through(rates, 1, 10) == 3);
    }

} // TEST_SUITE

} // namespace tern::keyed_rates_test
