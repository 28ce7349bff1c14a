// Task<T> under a session's trampoline: values, failures, depth, and what is left when it is
// destroyed half-way.

#include "tests/session/tracked.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace tern::task_test {

using namespace tern;
using test::Tracked;

namespace {

Task<int> three() { co_return 3; }
Task<std::unique_ptr<int>> owned(int value) { co_return std::make_unique<int>(value); }
Task<std::string> converted() { co_return "a literal"; }
/// Neither default constructible nor copyable.
class Handle {
public:
    explicit Handle(int number) : number_(std::make_unique<int>(number)) {}
    int number() const { return *number_; }

private:
    std::unique_ptr<int> number_;
};
Task<Handle> handle() { co_return Handle(5); }

Task<void> collect(std::vector<std::string>& seen) {
    const int number = co_await three();
    seen.push_back(std::to_string(number));
    const std::unique_ptr<int> pointer = co_await owned(4);
    seen.push_back(std::to_string(*pointer));
    const std::string text = co_await converted();
    seen.push_back(text);
    const Handle made = co_await handle();
    seen.push_back(std::to_string(made.number()));
}

Task<void> note(std::vector<std::string>& seen, std::string what) {
    seen.push_back(std::move(what));
    co_return;
}

Task<int> throw_at(int depth) {
    const Tracked held(depth);
    if (depth == 0)
        throw std::runtime_error("deep down");
    co_return co_await throw_at(depth - 1);
}
Task<void> catch_it(std::string& caught) {
    try {
        co_await throw_at(5);
    } catch (const std::runtime_error& error) {
        caught = error.what();
    }
}
Task<void> do_not_catch_it() {
    const Tracked held(1);
    co_await throw_at(5);
}

Task<std::uintptr_t> stack_position() {
    co_return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
}
struct Extent {
    std::uintptr_t lowest = std::numeric_limits<std::uintptr_t>::max();
    std::uintptr_t highest = 0;
    int awaits = 0;
};
Task<void> await_often(int times, Extent& stack) {
    while (stack.awaits < times) {
        const std::uintptr_t position = co_await stack_position();
        stack.lowest = std::min(stack.lowest, position);
        stack.highest = std::max(stack.highest, position);
        ++stack.awaits;
    }
}

Task<void> nest(int depth, int& deepest) {
    const Tracked held(depth);
    deepest = std::max(deepest, depth);
    co_await test::one_wait();
    if (depth < 5)
        co_await nest(depth + 1, deepest);
    co_await test::one_wait();
}

} // namespace

TEST_SUITE("session/task") {
    TEST_CASE("a task yields its value, moved, to whoever awaits it") {
        std::vector<std::string> seen;
        CHECK(test::run_to_end(collect(seen)) == 0);
        CHECK(seen == std::vector<std::string>{"3", "4", "a literal", "5"});
    }

    TEST_CASE("a task does not start before it is awaited") {
        std::vector<std::string> seen;
        const auto in_order = [](std::vector<std::string>& order) -> Task<void> {
            Task<void> later = note(order, "later");
            co_await note(order, "sooner");
            co_await std::move(later);
        };
        test::run_to_end(in_order(seen));
        CHECK(seen == std::vector<std::string>{"sooner", "later"});
    }

    TEST_CASE("a task that nobody awaits only dies") {
        Tracked::forget_all();
        { const Task<int> unused = throw_at(3); }
        CHECK(Tracked::alive() == 0);
    }

    TEST_CASE("moving a task moves the ownership of its frame") {
        Tracked::forget_all();
        {
            const auto hold = [](Tracked object) -> Task<int> { co_return object.tag(); };
            Task<int> first = hold(Tracked(1));
            Task<int> second = hold(Tracked(2));
            CHECK(Tracked::alive() == 2);
            first = std::move(second);
            Task<int> third = std::move(first);
        }
        CHECK(Tracked::alive() == 0);
        CHECK(Tracked::faults() == 0);
    }

    TEST_CASE("an exception goes up through the frames to the one that catches it") {
        Tracked::forget_all();
        std::string caught;
        test::run_to_end(catch_it(caught));
        CHECK(caught == "deep down");
        CHECK(Tracked::alive() == 0);
    }

    TEST_CASE("an exception that nobody catches comes out of resume") {
        Tracked::forget_all();
        CHECK_THROWS_WITH_AS(test::run_to_end(do_not_catch_it()), "deep down", std::runtime_error);
        CHECK(Tracked::alive() == 0);
        CHECK(Tracked::faults() == 0);
    }

    TEST_CASE("a million awaits do not grow the stack") {
        Extent stack;
        test::run_to_end(await_often(1'000'000, stack));
        CHECK(stack.awaits == 1'000'000);
        CHECK(stack.highest == stack.lowest);
    }

    TEST_CASE("a frame that is destroyed at any depth releases all that it and its children hold") {
        Tracked::forget_all();
        int deepest = 0;
        const std::size_t waits = test::run_to_end(nest(1, deepest));
        CHECK(deepest == 5);
        CHECK(waits == 10);
        for (std::size_t at = 0; at <= waits; ++at) {
            CAPTURE(at);
            deepest = 0;
            test::run_and_destroy(nest(1, deepest), at);
            CHECK(deepest == static_cast<int>(std::min<std::size_t>(at, 5)));
            CHECK(Tracked::alive() == 0);
            CHECK(Tracked::faults() == 0);
        }
    }
}

} // namespace tern::task_test
