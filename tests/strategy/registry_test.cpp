// The names of the strategies.

#include "tests/strategy/test_log.h"

#include "common/strategy/admission.h"
#include "common/strategy/registry.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace tern::registry_test {

using namespace tern;

TEST_SUITE("strategy/registry") {
    TEST_CASE("there are ten, each with a name of its own, in the order of the documentation") {
        const std::vector<std::string_view> names(strategy::names().begin(),
                                                  strategy::names().end());
        CHECK(names == std::vector<std::string_view>{"iterative", "fork_per_client", "process_pool",
                                                     "thread_per_client", "thread_pool", "select",
                                                     "poll", "epoll", "asio", "io_uring"});
    }

    TEST_CASE("each can be made, and says the same about memory as its name") {
        test::TestLog log;
        Metrics metrics;
        strategy::Admission admission(10, 0, metrics);
        strategy::Surroundings surroundings = {{}, admission, log.log()};
        surroundings.settings.workers = 2;
        for (const std::string_view name : strategy::names()) {
            CAPTURE(std::string(name));
            try {
                const auto made = strategy::make_strategy(name, surroundings);
                CHECK(made->shares_memory() == strategy::shares_memory(name));
                CHECK(made->shares_memory() ==
                      (name != "fork_per_client" && name != "process_pool"));
            } catch (const std::runtime_error& error) {
                REQUIRE(name == "io_uring"); // where it is forbidden, it says what to do instead
                CHECK(std::string(error.what()).find("epoll") != std::string::npos);
                MESSAGE("skipped: " << error.what());
            }
        }
    }

    TEST_CASE("an unknown name is an error that repeats it") {
        test::TestLog log;
        Metrics metrics;
        strategy::Admission admission(10, 0, metrics);
        const strategy::Surroundings surroundings = {{}, admission, log.log()};
        CHECK_THROWS_WITH_AS(strategy::make_strategy("telepathy", surroundings),
                             doctest::Contains("telepathy"), std::invalid_argument);
        CHECK_THROWS_AS(strategy::shares_memory("Epoll"), std::invalid_argument);
        CHECK_THROWS_AS(strategy::shares_memory(""), std::invalid_argument);
    }
}

} // namespace tern::registry_test
