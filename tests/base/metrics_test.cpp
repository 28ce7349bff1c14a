#include "common/base/metrics.h"

#include "tests/base/child.h"

#include <doctest/doctest.h>

#include <signal.h>

#include <array>
#include <stdexcept>
#include <thread>

namespace tern::metrics_test {

using namespace tern;
using namespace std::chrono_literals;

TEST_CASE("counters count and gauges go both ways") {
    Metrics metrics;
    const Counter counter = metrics.counter("events_total", "Events.");
    counter.add();
    counter.add(41);
    CHECK(counter.value() == 42);
    const Gauge gauge = metrics.gauge("open", "Open.");
    gauge.add(5);
    gauge.subtract(7);
    CHECK(gauge.value() == -2);
    gauge.set(9);
    CHECK(gauge.value() == 9);
}

TEST_CASE("the text is Prometheus's") {
    Metrics metrics;
    metrics.counter("b_total", "Replies by \"status\",\nback\\slash.", {{"status", "200"}}).add(3);
    metrics.gauge("a", "A gauge.").set(-1);
    metrics.counter("b_total", "ignored", {{"status", "a\"b\\c\nd"}, {"method", "GET"}}).add(1);
    CHECK(metrics.prometheus_text() == "# HELP b_total Replies by \"status\",\\nback\\\\slash.\n"
                                       "# TYPE b_total counter\n"
                                       "b_total{status=\"200\"} 3\n"
                                       "b_total{status=\"a\\\"b\\\\c\\nd\",method=\"GET\"} 1\n"
                                       "# HELP a A gauge.\n"
                                       "# TYPE a gauge\n"
                                       "a -1\n");
}

TEST_CASE("a histogram's buckets add up, and the bound belongs to its bucket") {
    Metrics metrics;
    const Histogram histogram =
        metrics.histogram("took_seconds", "Time.", {1ms, 10ms}, {{"kind", "x"}});
    histogram.observe(500us);
    histogram.observe(1ms);
    histogram.observe(2ms);
    histogram.observe(1s);
    CHECK(metrics.prometheus_text() == "# HELP took_seconds Time.\n"
                                       "# TYPE took_seconds histogram\n"
                                       "took_seconds_bucket{kind=\"x\",le=\"0.001\"} 2\n"
                                       "took_seconds_bucket{kind=\"x\",le=\"0.01\"} 3\n"
                                       "took_seconds_bucket{kind=\"x\",le=\"+Inf\"} 4\n"
                                       "took_seconds_sum{kind=\"x\"} 1.0035\n"
                                       "took_seconds_count{kind=\"x\"} 4\n");
}

TEST_CASE("the same name and labels are the same number") {
    Metrics metrics;
    metrics.counter("c_total", "C.", {{"a", "1"}}).add(1);
    metrics.counter("c_total", "C.", {{"a", "1"}}).add(1);
    metrics.counter("c_total", "C.", {{"a", "2"}}).add(5);
    CHECK(metrics.counter("c_total", "C.", {{"a", "1"}}).value() == 2);
    const std::array bounds = {1ms};
    const auto histogram = [&] {
        return metrics.histogram("h", "H.", {bounds.begin(), bounds.end()});
    };
    histogram().observe(2ms);
    histogram().observe(2ms);
    CHECK(metrics.prometheus_text().find("h_count 2\n") != std::string::npos);
}

TEST_CASE("names that Prometheus would refuse are refused") {
    Metrics metrics;
    CHECK_THROWS_AS(metrics.counter("1st", ""), std::logic_error);
    CHECK_THROWS_AS(metrics.counter("", ""), std::logic_error);
    CHECK_THROWS_AS(metrics.counter("a-b", ""), std::logic_error);
    CHECK_THROWS_AS(metrics.counter("ok", "", {{"a:b", "1"}}), std::logic_error);
    metrics.gauge("twice", "");
    CHECK_THROWS_AS(metrics.counter("twice", ""), std::logic_error);
}

TEST_CASE("the capacity is an error, not an overflow") {
    Metrics metrics;
    for (std::size_t i = 0; i < Metrics::gauge_capacity; ++i)
        metrics.gauge("g", "G.", {{"i", std::to_string(i)}}).set(1);
    CHECK_THROWS_AS(metrics.gauge("g", "G.", {{"i", "one more"}}), std::length_error);
    const std::vector<std::chrono::nanoseconds> too_many(Metrics::counter_capacity);
    CHECK_THROWS_AS(metrics.histogram("h", "H.", too_many), std::length_error);
    const std::vector<std::chrono::nanoseconds> just_fit(Metrics::counter_capacity - 2);
    metrics.histogram("h", "H.", just_fit).observe(1s);
    CHECK_THROWS_AS(metrics.counter("c_total", "C."), std::length_error);
}

TEST_CASE("threads lose no count") {
    Metrics metrics;
    const Counter counter = metrics.counter("c_total", "C.");
    const Gauge gauge = metrics.gauge("g", "G.");
    constexpr int each = 50'000;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int j = 0; j < each; ++j) {
                counter.add();
                gauge.add(j % 2 == 0 ? 1 : -1);
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(counter.value() == 4 * each);
    CHECK(gauge.value() == 0);
}

TEST_CASE("processes lose no count") {
    Metrics metrics;
    const Counter counter = metrics.counter("c_total", "C.");
    constexpr int each = 50'000;
    std::vector<pid_t> children;
    for (int i = 0; i < 3; ++i)
        children.push_back(test::fork_child([&] {
            for (int j = 0; j < each; ++j)
                counter.add();
        }));
    for (const pid_t child : children)
        CHECK(test::wait_for(child) == 0);
    CHECK(counter.value() == 3 * each);
}

TEST_CASE("a process that is killed while it counts harms no count") {
    Metrics metrics;
    const Counter counter = metrics.counter("c_total", "C.");
    const Gauge ready = metrics.gauge("ready", "Ready.");
    const pid_t child = test::fork_child([&] {
        for (;;) {
            counter.add();
            ready.set(1);
        }
    });
    while (ready.value() == 0)
        std::this_thread::yield();
    REQUIRE(::kill(child, SIGKILL) == 0);
    CHECK(WIFSIGNALED(test::wait_for(child)));
    const std::uint64_t left = counter.value();
    CHECK(left >= 1);
    counter.add(10);
    CHECK(counter.value() == left + 10);
    CHECK(metrics.prometheus_text().find("c_total " + std::to_string(left + 10) + "\n") !=
          std::string::npos);
}

} // namespace tern::metrics_test
