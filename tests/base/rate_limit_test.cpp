#include "common/base/rate_limit.h"

#include <doctest/doctest.h>

namespace tern::rate_limit_test {

using namespace std::chrono_literals;

TEST_CASE("one line each interval, and a count of the others") {
    tern::RateLimit limit(5s);
    const tern::Clock::time_point start{100s};
    std::size_t suppressed = 99;
    CHECK(limit.allow(start, suppressed));
    CHECK(suppressed == 0);
    CHECK_FALSE(limit.allow(start, suppressed));
    CHECK_FALSE(limit.allow(start + 4999ms, suppressed));
    CHECK(limit.allow(start + 5s, suppressed));
    CHECK(suppressed == 2);
    CHECK_FALSE(limit.allow(start + 6s, suppressed));
    CHECK(limit.allow(start + 1h, suppressed));
    CHECK(suppressed == 1);
}

TEST_CASE("the first line is never suppressed, even if the clock has just started") {
    tern::RateLimit limit(5s);
    std::size_t suppressed = 0;
    CHECK(limit.allow(tern::Clock::time_point{}, suppressed));
}

} // namespace tern::rate_limit_test
