#include "clients/http/latency.h"

#include <doctest/doctest.h>

#include <numeric>

namespace tern::http_client {
namespace {

TEST_CASE("a percentile is the smallest that so many do not exceed") {
    std::vector<microseconds> sorted;
    for (int i = 1; i <= 100; ++i)
        sorted.emplace_back(i);
    CHECK(percentile(sorted, 50) == microseconds(50));
    CHECK(percentile(sorted, 99) == microseconds(99));
    CHECK(percentile(sorted, 99.9) == microseconds(100));
    CHECK(percentile(sorted, 0) == microseconds(1));
    CHECK(percentile(sorted, 100) == microseconds(100));
    CHECK(percentile({microseconds(7)}, 50) == microseconds(7));
    CHECK(percentile({}, 50) == microseconds(0));
}

TEST_CASE("a report tells rates, statuses, failures and latencies") {
    LoadResult result;
    result.latencies = {microseconds(3000), microseconds(1000)};
    result.statuses = {{200, 1}, {404, 1}};
    result.errors = {{"Couldn't connect", 2}};
    result.bytes = 4096;
    result.elapsed = std::chrono::seconds(2);
    const std::string report = load_report(result);
    for (const char* const part :
         {"2 answers in 2.00 s: 1 a second, 2.0 KiB/s\n", "Status 200: 1\n", "Status 404: 1\n",
          "Failed: 2 (Couldn't connect)\n", "1.0 ms the fastest, 2.0 ms on average\n",
          "1.0 ms at most for 50 %\n", "3.0 ms the slowest\n"})
        CHECK_MESSAGE(report.find(part) != std::string::npos, part);
}

TEST_CASE("the exit code tells the worst of many answers") {
    LoadResult result;
    result.statuses = {{200, 5}};
    CHECK(exit_code_of(result) == 0);
    result.statuses[404] = 1;
    CHECK(exit_code_of(result) == 4);
    result.statuses[500] = 1;
    CHECK(exit_code_of(result) == 5);
    result.errors["lost"] = 1;
    CHECK(exit_code_of(result) == 1);
}

} // namespace
} // namespace tern::http_client
