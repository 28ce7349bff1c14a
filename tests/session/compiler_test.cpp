// What the compiler makes of co_await: the forms that the house rule allows, in the everyday
// company of temporaries, moves, loops and exceptions; and, where the compiler is not known to
// fail them, the forms that the rule excludes (docs/decisions/0003). After an upgrade of the
// compiler the second part says what may be relaxed.

#include "tests/base/child.h"
#include "tests/session/tracked.h"

#include "common/base/result.h"

#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace tern::compiler_test {

using namespace tern;
using test::Tracked;

namespace {

// --- what the forms await --------------------------------------------------------------------

Task<Tracked> make(int tag) {
    const Tracked local(tag);
    co_await test::one_wait();
    co_return local;
}
Task<Tracked> make_at_once(int tag) { co_return Tracked(tag); }
Task<int> tag_of(Tracked object) {
    co_await test::one_wait();
    co_return object.tag();
}
Task<int> tag_of_reference(const Tracked& object) {
    co_await test::one_wait();
    co_return object.tag();
}
Task<std::size_t> length(std::string_view text) {
    co_await test::one_wait();
    co_return text.size();
}
Task<int> tag_of_owned(std::unique_ptr<Tracked> object) {
    co_await test::one_wait();
    co_return object->tag();
}
Task<int> sum(Tracked first, std::string text, Tracked second = Tracked(30)) {
    co_await test::one_wait();
    co_return first.tag() + second.tag() + static_cast<int>(text.size());
}
Task<std::vector<Tracked>> several(int count) {
    std::vector<Tracked> objects;
    for (int tag = 1; tag <= count; ++tag) {
        co_await test::one_wait();
        objects.emplace_back(tag);
    }
    co_return objects;
}
Task<std::tuple<Tracked, std::string>> pair_of(int tag) {
    co_await test::one_wait();
    co_return std::tuple<Tracked, std::string>(Tracked(tag), "a string that owns its memory");
}
Task<Result<Tracked>> perhaps(bool good) {
    co_await test::one_wait();
    if (!good)
        co_return make_error_code(Condition::closed);
    co_return Tracked(1);
}
Task<void> fail(int depth) {
    const Tracked held(depth);
    if (depth == 0) {
        co_await test::one_wait();
        throw std::runtime_error("from the bottom");
    }
    co_await fail(depth - 1);
}
void require(bool condition, const char* what) {
    if (!condition)
        throw std::logic_error(what);
}

// --- the forms that the house rule allows ----------------------------------------------------

Task<void> awaited_alone() {
    co_await test::one_wait();
    const Tracked held(1);
    co_await tag_of(held);
    co_await make(2);
}

Task<void> initialises_a_variable() {
    const Tracked made = co_await make(7);
    auto at_once = co_await make_at_once(8);
    const int tag = co_await tag_of(made);
    require(tag == 7 && at_once.tag() == 8, "values");
}

Task<void> assigned_to_a_variable() {
    Tracked object(1);
    object = co_await make(2);
    require(object.tag() == 2, "first assignment");
    object = co_await make_at_once(3);
    require(object.tag() == 3, "second assignment");
}

Task<Tracked> returned_from_below() { co_return co_await make(9); }
Task<void> returned() {
    const Tracked object = co_await returned_from_below();
    require(object.tag() == 9, "value");
}

Task<void> temporaries_as_arguments() {
    const int first = co_await tag_of(Tracked(5));
    const int second = co_await tag_of_reference(Tracked(6));
    const int third = co_await sum(Tracked(1), std::string(40, 'x'));
    const int fourth = co_await sum(Tracked(1), "a literal that becomes a string", Tracked(2));
    require(first == 5 && second == 6 && third == 71 && fourth == 34, "values");
}

Task<void> strings_to_string_view() {
    const std::string named(50, 'n');
    const std::size_t first = co_await length(named + std::string(50, 't'));
    const std::size_t second = co_await length(std::to_string(123456789012345678));
    require(first == 100 && second == 18, "lengths");
}

Task<void> moved_arguments() {
    Tracked object(4);
    const int tag = co_await tag_of(std::move(object));
    auto owned = std::make_unique<Tracked>(5);
    const int owned_tag = co_await tag_of_owned(std::move(owned));
    const int made_there = co_await tag_of_owned(std::make_unique<Tracked>(6));
    require(tag == 4 && owned_tag == 5 && made_there == 6 && !owned, "values");
}

Task<void> structured_bindings_of_a_named_result() {
    const auto result = co_await pair_of(3);
    const auto& [object, text] = result;
    co_await test::one_wait();
    require(object.tag() == 3 && text.size() > 20, "parts");
}

Task<void> structured_bindings_at_once() {
    auto [object, text] = co_await pair_of(3);
    co_await test::one_wait();
    require(object.tag() == 3 && text.size() > 20, "parts");
}

Task<void> range_for_over_a_named_result() {
    const std::vector<Tracked> objects = co_await several(3);
    int total = 0;
    for (const Tracked& object : objects) {
        const int tag = co_await tag_of(object);
        total += tag;
    }
    require(total == 6, "sum");
}

Task<void> in_loops_and_branches() {
    int total = 0;
    for (int i = 0; i < 3; ++i) {
        const Tracked held(i);
        if (i == 1) {
            co_await make(i);
            continue;
        }
        const int tag = co_await tag_of(held);
        total += tag;
    }
    while (total < 5) {
        const Tracked one = co_await make(1);
        total += one.tag();
    }
    switch (total) {
    case 5:
        co_await test::one_wait();
        break;
    default:
        require(false, "sum");
    }
}

Task<void> exceptions_through_five_frames() {
    const Tracked held(1);
    bool caught = false;
    try {
        const Tracked inside(2);
        co_await fail(4);
    } catch (const std::runtime_error&) {
        caught = true; // an await in a handler is not C++
    }
    co_await test::one_wait();
    require(caught, "the exception");
}

Task<void> leave_early(bool early) {
    const Tracked held(1);
    co_await test::one_wait();
    if (early)
        co_return;
    const Tracked more(2);
    co_await test::one_wait();
}
Task<void> early_returns() {
    co_await leave_early(true);
    co_await leave_early(false);
}

Task<void> results_by_value() {
    const Result<Tracked> good = co_await perhaps(true);
    const Result<Tracked> bad = co_await perhaps(false);
    require(good.has_value() && good->tag() == 1, "value");
    require(bad.has_error() && bad.error() == Condition::closed, "error");
}

struct Options {
    std::string name;
    Tracked object;
};
Task<int> with_options(Options options) {
    co_await test::one_wait();
    co_return options.object.tag() + static_cast<int>(options.name.size());
}
Task<void> aggregates_named_first() {
    Options options = {.name = "a name of some length, on the heap", .object = Tracked(1)};
    const int copied = co_await with_options(options);
    const int moved = co_await with_options(std::move(options));
    require(copied == 35 && moved == 35, "values");
}

Task<void> lambdas_without_captures() {
    const auto twice = [](Tracked object) -> Task<int> {
        co_await test::one_wait();
        co_return object.tag() * 2;
    };
    const int result = co_await twice(Tracked(21));
    require(result == 42, "value");
}

class Member {
public:
    Task<int> read() {
        co_await test::one_wait();
        co_return object_.tag();
    }

private:
    Tracked object_{11};
};
Task<void> member_functions() {
    Member member;
    const int tag = co_await member.read();
    require(tag == 11, "value");
}

template <class T>
Task<T> pass_on(T value) {
    co_await test::one_wait();
    co_return value;
}
Task<void> templates() {
    const Tracked object = co_await pass_on(Tracked(12));
    const auto text = co_await pass_on<std::string>("some text that needs the heap for itself");
    require(object.tag() == 12 && text.size() == 40, "values");
}

Task<void> tasks_made_before_they_are_awaited() {
    Task<Tracked> later = make(13);
    Task<Tracked> never = make(14);
    co_await test::one_wait();
    const Tracked object = co_await std::move(later);
    require(object.tag() == 13, "value");
}

Task<void> conditions_named_first() {
    const Tracked held(1);
    const int tag = co_await tag_of(held);
    if (tag == 1)
        co_await test::one_wait();
    const bool yes = tag > 0 && held.tag() == 1;
    const Tracked chosen = yes ? Tracked(2) : Tracked(3);
    co_await test::one_wait();
    require(chosen.tag() == 2, "choice");
}

Task<void> standard_containers() {
    std::map<std::string, Tracked> by_name;
    for (const char* name : {"one", "two", "three"}) {
        Tracked object = co_await make(5);
        by_name.emplace(name, std::move(object));
    }
    co_await test::one_wait();
    require(by_name.size() == 3 && by_name.at("two").tag() == 5, "contents");
}

// --- the forms that it excludes --------------------------------------------------------------
//
// g++ 12.2 fails each of them at every level of optimisation: there they are not even compiled.

#if !defined(__GNUC__) || defined(__clang__) || __GNUC__ > 12
#define TERN_TRIES_EXCLUDED_FORMS 1

struct Pair {
    Tracked object;
    int number = 0;
};
Task<int> number_of(Pair pair) {
    co_await test::one_wait();
    co_return pair.object.tag() + pair.number;
}
Task<bool> yes() {
    co_await test::one_wait();
    co_return true;
}
template <class Callable>
Task<int> call(Callable callable) {
    co_await test::one_wait();
    co_return callable();
}

Task<void> await_in_a_condition() {
    if (co_await yes())
        co_await test::one_wait();
}
Task<void> capturing_lambda_as_argument() {
    const Tracked captured(1);
    const int result = co_await call([captured] { return captured.tag(); });
    require(result == 1, "value");
}
Task<void> aggregate_as_argument() {
    const int result = co_await number_of({.object = Tracked(1), .number = 2});
    require(result == 3, "value");
}
Task<void> await_inside_braces() {
    const Pair pair{co_await make(1), 2};
    require(pair.object.tag() == 1, "value");
}
Task<int> total(std::vector<Tracked> objects) {
    co_await test::one_wait();
    co_return static_cast<int>(objects.size());
}
Task<void> initializer_list_as_argument() {
    const int count = co_await total({Tracked(1), Tracked(2)});
    require(count == 2, "value");
}
Task<void> conditional_operator_in_argument() {
    const Tracked other(1);
    const bool choice = other.tag() == 1;
    const int tag = co_await tag_of(choice ? Tracked(2) : Tracked(3));
    require(tag == 2, "value");
}
Task<void> await_beside_a_conditional_operator() {
    const Tracked other(1);
    const Tracked object = other.tag() == 1 ? co_await make(2) : Tracked(3);
    require(object.tag() == 2, "value");
}
Task<void> await_inside_new() {
    const std::unique_ptr<Tracked> object(new Tracked(co_await make(1)));
    require(object->tag() == 1, "value");
}
#endif

/// The table of what is excluded; `form` is null where it is not even compiled.
struct ExcludedForm {
    std::string example;
    std::string what_g_plus_plus_12_makes_of_it;
    Task<void> (*form)();
};
#ifdef TERN_TRIES_EXCLUDED_FORMS
#define EXCLUDED(example, fault, form) \
    ExcludedForm { example, fault, form }
#else
#define EXCLUDED(example, fault, form) \
    ExcludedForm { example, fault, nullptr }
#endif
const std::array excluded_forms = {
    EXCLUDED("if (co_await f())", "the coroutine is lost, or SIGILL (PR106188)",
             await_in_a_condition),
    EXCLUDED("co_await f([c] {...})", "double free (PR99576, PR101367, PR107288)",
             capturing_lambda_as_argument),
    EXCLUDED("co_await f({.a = x})", "double free (the same family)", aggregate_as_argument),
    EXCLUDED("T{co_await f(), 1}", "double free (the same family)", await_inside_braces),
    EXCLUDED("co_await f({a, b})", "error: array used as initializer (PR98056)",
             initializer_list_as_argument),
    EXCLUDED("co_await f(b ? T() : U())", "free of a pointer that is not the heap's",
             conditional_operator_in_argument),
    EXCLUDED("b ? co_await f() : T()", "double free", await_beside_a_conditional_operator),
    EXCLUDED("new T(co_await f())", "double free", await_inside_new),
};
#undef EXCLUDED

using Form = Task<void> (*)();
struct NamedForm {
    std::string name;
    Form form;
};
#define FORM(name) \
    NamedForm { #name, name }
const std::array allowed_forms = {
    FORM(awaited_alone),
    FORM(initialises_a_variable),
    FORM(assigned_to_a_variable),
    FORM(returned),
    FORM(temporaries_as_arguments),
    FORM(strings_to_string_view),
    FORM(moved_arguments),
    FORM(structured_bindings_of_a_named_result),
    FORM(structured_bindings_at_once),
    FORM(range_for_over_a_named_result),
    FORM(in_loops_and_branches),
    FORM(exceptions_through_five_frames),
    FORM(early_returns),
    FORM(results_by_value),
    FORM(aggregates_named_first),
    FORM(lambdas_without_captures),
    FORM(member_functions),
    FORM(templates),
    FORM(tasks_made_before_they_are_awaited),
    FORM(conditions_named_first),
    FORM(standard_containers),
};
#undef FORM

/// Runs the form to its end, and destroys it at each of its waits; says what went wrong.
std::string verdict(Form form) {
    Tracked::forget_all();
    std::size_t waits = 0;
    try {
        waits = test::run_to_end(form());
    } catch (const std::exception& error) {
        return error.what();
    }
    if (waits == 0)
        return "never waited: the coroutine was lost";
    for (std::size_t at = 0; at <= waits; ++at) {
        if (Tracked::alive() != 0 || Tracked::faults() != 0)
            return "an object was lost, moved as bytes or destroyed twice";
        test::run_and_destroy(form(), at);
    }
    return Tracked::alive() == 0 && Tracked::faults() == 0 ? "" : "destroyed wrongly half-way";
}

} // namespace

TEST_SUITE("session/compiler") {
    TEST_CASE("the forms that the house rule allows keep every object whole") {
        for (const NamedForm& form : allowed_forms) {
            CAPTURE(form.name);
            CHECK(verdict(form.form) == "");
        }
    }

    // Nobody relies on these, so a compiler that fails one fails no test: read the output. In a
    // child, for the faults are of the kind that ends a process.
    TEST_CASE("the forms that the house rule excludes are tried where they compile") {
        for (const ExcludedForm& excluded : excluded_forms) {
            CAPTURE(excluded.example);
            if (excluded.form == nullptr) {
                MESSAGE("not compiled here: " << excluded.what_g_plus_plus_12_makes_of_it);
                continue;
            }
            const pid_t child =
                test::fork_child([&] { ::_exit(verdict(excluded.form).empty() ? 0 : 1); });
            WARN_MESSAGE(test::wait_for(child) == 0, "still fails");
        }
        CHECK(excluded_forms.size() == 8);
    }

    TEST_CASE("a tracked object notices bytes that were moved, and counts destructions") {
        Tracked::forget_all();
        Tracked original(1);
        alignas(Tracked) std::array<std::byte, sizeof(Tracked)> bytes;
        std::memcpy(bytes.data(), static_cast<const void*>(&original), sizeof original);
        const Tracked& moved_as_bytes = *reinterpret_cast<Tracked*>(bytes.data());
        CHECK(moved_as_bytes.tag() == 1);
        CHECK(Tracked::faults() == 1);
        CHECK(Tracked::alive() == 1);
        moved_as_bytes.~Tracked();
        CHECK(Tracked::alive() == 0); // so that the original's destruction is one too many
        Tracked::forget_all();
    }
}

} // namespace tern::compiler_test
