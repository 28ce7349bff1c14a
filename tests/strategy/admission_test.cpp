// Who may be connected: in all, from one address, from many threads and forked children.

#include "tests/base/child.h"

#include "common/strategy/admission.h"

#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

namespace tern::admission_test {

using namespace tern;
using strategy::Admission;
using Verdict = Admission::Verdict;
using Place = Admission::Place;

namespace {

net::Address address(std::string_view text) { return net::Address::parse(text, 1).value(); }

net::Address numbered(unsigned number) {
    return address("10." + std::to_string(number >> 16) + '.' +
                   std::to_string((number >> 8) & 255) + '.' + std::to_string(number & 255));
}

} // namespace

TEST_SUITE("strategy/admission") {
    TEST_CASE("so many and no more, until one leaves") {
        Metrics metrics;
        Admission admission(3, 0, metrics);
        std::vector<Place> places(3);
        for (Place& place : places)
            CHECK(admission.admit(address("10.0.0.1"), place) == Verdict::welcome);
        Place refused;
        CHECK(admission.admit(address("10.0.0.2"), refused) == Verdict::full);
        CHECK(admission.connections() == 3);
        places.pop_back();
        CHECK(admission.connections() == 2);
        CHECK(admission.admit(address("10.0.0.2"), refused) == Verdict::welcome);
        CHECK(admission.connections() == 3);
    }

    TEST_CASE("so many from one address, and others are not hurt") {
        Metrics metrics;
        Admission admission(100, 2, metrics);
        std::vector<Place> places(4);
        CHECK(admission.admit(address("10.0.0.1"), places[0]) == Verdict::welcome);
        CHECK(admission.admit(address("10.0.0.1"), places[1]) == Verdict::welcome);
        CHECK(admission.admit(address("10.0.0.1"), places[2]) == Verdict::too_many_from_address);
        CHECK(admission.connections() == 2);
        CHECK(admission.admit(address("10.0.0.2"), places[2]) == Verdict::welcome);
        CHECK(admission.admit(address("::ffff:10.0.0.1"), places[3]) ==
              Verdict::too_many_from_address);
        places[0] = Place();
        CHECK(admission.admit(address("10.0.0.1"), places[3]) == Verdict::welcome);
    }

    TEST_CASE("an IPv6 network counts as one, Unix sockets are not counted by address") {
        Metrics metrics;
        Admission admission(100, 1, metrics);
        std::vector<Place> places(5);
        CHECK(admission.admit(address("2001:db8::1"), places[0]) == Verdict::welcome);
        CHECK(admission.admit(address("2001:db8::2"), places[1]) == Verdict::too_many_from_address);
        CHECK(admission.admit(address("2001:db8:0:1::1"), places[1]) == Verdict::welcome);
        for (std::size_t i = 2; i < 5; ++i)
            CHECK(admission.admit(address("@unix"), places[i]) == Verdict::welcome);
    }

    TEST_CASE("a place is given back once, wherever it was moved") {
        Metrics metrics;
        Admission admission(10, 1, metrics);
        {
            Place first;
            admission.admit(address("10.0.0.1"), first);
            Place second = std::move(first);
            Place third;
            third = std::move(second);
            CHECK(admission.connections() == 1);
        }
        CHECK(admission.connections() == 0);
        Place again;
        CHECK(admission.admit(address("10.0.0.1"), again) == Verdict::welcome);
        again.disown();
        again = Place();
        CHECK(admission.connections() == 1); // who disowned it does not give it back
    }

    TEST_CASE("as many addresses as connections are all counted rightly, and forgotten again") {
        constexpr unsigned connections = 5000;
        Metrics metrics;
        Admission admission(connections, 1, metrics);
        for (int round = 0; round < 3; ++round) {
            std::vector<Place> places(connections);
            unsigned uncounted = 0;
            for (unsigned i = 0; i < connections; ++i)
                REQUIRE(admission.admit(numbered(i), places[i]) == Verdict::welcome);
            for (unsigned i = 0; i < 100; ++i) {
                Place another;
                uncounted += places[i].ticket().key == 0;
                places.back() = Place(); // room in all, so that only the address can refuse
                const Verdict verdict = admission.admit(numbered(i), another);
                CHECK((verdict == Verdict::too_many_from_address || places[i].ticket().key == 0));
            }
            CHECK(uncounted < 5); // where a bucket overflows
        }
        CHECK(admission.connections() == 0);
    }

    TEST_CASE("the counters say what happened") {
        Metrics metrics;
        Admission admission(2, 1, metrics);
        std::vector<Place> places(4);
        admission.admit(address("10.0.0.1"), places[0]);
        admission.admit(address("10.0.0.1"), places[1]);
        admission.admit(address("10.0.0.2"), places[2]);
        admission.admit(address("10.0.0.3"), places[3]);
        const std::string text = metrics.prometheus_text();
        CHECK(text.find("tern_connections_accepted_total 2\n") != std::string::npos);
        CHECK(text.find("tern_connections_refused_total 2\n") != std::string::npos);
        CHECK(text.find("tern_connections_active 2\n") != std::string::npos);
        places.clear();
        CHECK(metrics.prometheus_text().find("tern_connections_active 0\n") != std::string::npos);
    }

    TEST_CASE("many threads never exceed the limits, and lose no place") {
        Metrics metrics;
        constexpr std::size_t limit = 5;
        constexpr std::size_t per_address = 2;
        Admission admission(limit, per_address, metrics);
        std::atomic<int> inside = 0;
        std::array<std::atomic<int>, 4> inside_of = {};
        std::atomic<bool> exceeded = false;
        std::atomic<int> welcomes = 0;
        std::vector<std::thread> threads;
        for (unsigned number = 0; number < 8; ++number)
            threads.emplace_back([&, number] {
                const unsigned from = number % 4;
                for (int times = 0; times < 5000; ++times) {
                    Place place;
                    if (admission.admit(numbered(from), place) != Verdict::welcome)
                        continue;
                    ++welcomes;
                    if (++inside > static_cast<int>(limit) ||
                        ++inside_of[from] > static_cast<int>(per_address))
                        exceeded = true;
                    --inside_of[from];
                    --inside;
                }
            });
        for (std::thread& thread : threads)
            thread.join();
        CHECK_FALSE(exceeded);
        CHECK(welcomes > 0);
        CHECK(admission.connections() == 0);
        std::vector<Place> places(limit);
        for (unsigned i = 0; i < limit; ++i)
            CHECK(admission.admit(numbered(i), places[i]) == Verdict::welcome);
    }

    TEST_CASE("forked children and their parent count together") {
        Metrics metrics;
        Admission admission(2, 0, metrics);
        Place place;
        REQUIRE(admission.admit(address("10.0.0.1"), place) == Verdict::welcome);
        const pid_t child = test::fork_child([&] {
            Place own;
            if (admission.admit(address("10.0.0.2"), own) != Verdict::welcome)
                ::_exit(1);
            Place refused;
            if (admission.admit(address("10.0.0.3"), refused) != Verdict::full)
                ::_exit(2);
        });
        CHECK(test::wait_for(child) == 0);
        CHECK(admission.connections() == 1); // the child gave its own back
    }

    TEST_CASE("what a killed child held is given back by its ticket") {
        Metrics metrics;
        Admission admission(10, 1, metrics);
        Place place;
        REQUIRE(admission.admit(address("10.0.0.1"), place) == Verdict::welcome);
        const Admission::Ticket ticket = place.ticket();
        const pid_t child = test::fork_child([&] {
            ::kill(::getpid(), SIGKILL); // with its copy of the place alive
        });
        CHECK(WIFSIGNALED(test::wait_for(child)));
        CHECK(admission.connections() == 1);
        place.disown();
        admission.give_back(ticket);
        CHECK(admission.connections() == 0);
        CHECK(admission.admit(address("10.0.0.1"), place) == Verdict::welcome);
        admission.give_back(Admission::Ticket()); // of nobody
        CHECK(admission.connections() == 1);
    }
}

} // namespace tern::admission_test
