// Line echo servers and their clients, in every weather.

#include "tests/net/line_echo.h"
#include "tests/simulation/line_client.h"
#include "tests/simulation/seeds.h"

#include "common/simulation/simulation.h"

#include <doctest/doctest.h>

#include <deque>
#include <string>

namespace tern::lines_test {

using namespace tern;
using namespace std::chrono_literals;
using simulation::Simulation;
using test::require;

namespace {

Task<void> serve(std::unique_ptr<net::Transport> transport) {
    Session& session = co_await this_session();
    net::Connection connection(session, std::move(transport), {});
    co_await test::serve_line_echo(connection);
    co_await connection.close(2s);
}

/// A pair of a client and a server, and what the client should hear.
struct Pair {
    simulation::SeededWeather weather;
    test::ClientPlan plan;
    test::ClientRecord record;
    std::string answers = {};
    bool is_calm = true; ///< nothing may cut the conversation short
};

class LineWorld {
public:
    explicit LineWorld(std::uint64_t seed) : simulation_(seed) {}

    void run() {
        Random& random = simulation_.random();
        const std::size_t pairs = random.between(1, 4);
        for (std::size_t i = 0; i < pairs; ++i)
            add_pair("client " + std::to_string(i), "server " + std::to_string(i));
        if (random.once_in(4))
            stop_some_time();
        simulation_.run();
        for (const Pair& pair : pairs_)
            check(pair);
        require(simulation_.network().open() == 0, "ends are left open");
        require(simulation_.network().unannounced() == 0, "a descriptor died unannounced");
    }
    std::uint64_t digest() const noexcept { return simulation_.digest(); }
    std::size_t steps() const noexcept { return simulation_.steps(); }

private:
    using Random = simulation::Random;

    simulation::SeededWeather::Climate climate() {
        Random& random = simulation_.random();
        simulation::SeededWeather::Climate climate;
        climate.longest_portion = random.between(1, 200);
        climate.longest_delay = std::chrono::milliseconds(random.between(0, 30));
        climate.reset_once_in = random.once_in(4) ? 300 : 0;
        return climate;
    }

    void add_pair(const std::string& client, const std::string& server) {
        Random& random = simulation_.random();
        const simulation::SeededWeather::Climate local = climate();
        Pair& pair = pairs_.emplace_back(
            Pair{simulation::SeededWeather(random, local), make_plan(), {}, {}, true});
        pair.is_calm = local.reset_once_in == 0;
        pair.answers = answers_to(pair.plan);
        simulation::LinkSetup setup;
        setup.capacity = random.once_in(2) ? random.between(1, 100) : 65536;
        setup.reads_ahead = random.once_in(3);
        auto ends = simulation_.network().connect(pair.weather, pair.weather, setup);
        simulation_.host(server, serve(std::move(ends.server)));
        simulation_.host(client, test::talk(pair.plan, pair.record, std::move(ends.client)));
        if (!random.once_in(8))
            return;
        pair.is_calm = false; // one of the two is destroyed wherever it is
        const std::string victim = random.once_in(2) ? client : server;
        simulation_.at(some_time(), [this, victim] { simulation_.abandon(victim); });
        pair.record.failed = victim == client;
    }

    test::ClientPlan make_plan() {
        Random& random = simulation_.random();
        test::ClientPlan plan;
        const std::size_t speeches = random.between(0, 6);
        for (std::size_t i = 0; i < speeches; ++i) {
            test::Speech speech = {pause(), {}};
            for (std::size_t lines = random.between(1, 4); lines > 0; --lines)
                speech.text += line() + '\n';
            plan.speeches.push_back(std::move(speech));
        }
        if (random.once_in(3))
            plan.speeches.push_back({pause(), "quit\nand what nobody reads\n"});
        plan.ends_its_side = !random.once_in(4); // else the server's patience ends it
        return plan;
    }

    Clock::duration pause() {
        Random& random = simulation_.random();
        return random.once_in(2) ? Clock::duration::zero()
                                 : std::chrono::milliseconds(random.between(0, 12'000));
    }
    Clock::time_point some_time() {
        return simulation_.time().now() +
               std::chrono::milliseconds(simulation_.random().between(0, 20'000));
    }

    std::string line() {
        Random& random = simulation_.random();
        std::string text(random.between(0, random.once_in(5) ? 200 : 20), '\0');
        for (char& letter : text)
            letter = static_cast<char>('a' + random.below(26));
        return text == "quit" ? "quiet" : text;
    }

    static std::string answers_to(const test::ClientPlan& plan) {
        std::string said;
        for (const test::Speech& speech : plan.speeches)
            said += speech.text;
        std::string answers;
        for (std::size_t begin = 0; begin < said.size();) {
            const std::size_t end = said.find('\n', begin);
            const std::string line = said.substr(begin, end - begin);
            begin = end + 1;
            if (line == "quit")
                return answers + "bye\n";
            answers += "echo: " + line + '\n';
        }
        return answers;
    }

    void stop_some_time() {
        for (Pair& pair : pairs_)
            pair.is_calm = false;
        simulation_.at(some_time(), [this] { simulation_.finish_all(); });
    }

    /// Whether it is a beginning of the answers, or whole ones and a beginning of a last word.
    static bool is_cut_short(const std::string& heard, const std::string& answers) {
        if (answers.starts_with(heard))
            return true;
        const std::size_t begin = heard.rfind('\n', heard.size() - 2) + 1;
        const std::string last = heard.substr(begin);
        return answers.starts_with(heard.substr(0, begin)) &&
               (std::string("too late\n").starts_with(last) ||
                std::string("stopping\n").starts_with(last));
    }

    static void check(const Pair& pair) {
        const std::string& heard = pair.record.heard;
        const bool said_goodbye = heard.ends_with("bye\n");
        if (pair.is_calm) {
            const bool times_out = !pair.plan.ends_its_side && !said_goodbye;
            require(pair.record.ended, "the server did not end its side cleanly");
            require(heard == pair.answers + (times_out ? "too late\n" : ""), "wrong: " + heard);
            return;
        }
        require(is_cut_short(heard, pair.answers), "a wrong byte: " + heard);
    }

    std::deque<Pair> pairs_; ///< before the simulation, whose sessions refer to them
    Simulation simulation_;
};

} // namespace

TEST_SUITE("simulation/lines") {
    TEST_CASE("in every weather: no hang, no wrong byte, nothing left") {
        test::for_each_seed("lines", [](std::uint64_t seed) { LineWorld(seed).run(); });
    }

    TEST_CASE("the same seed gives the same run, another seed another") {
        const auto digest = [](std::uint64_t seed) {
            LineWorld world(seed);
            world.run();
            return world.digest();
        };
        for (std::uint64_t seed = 1; seed < 20; ++seed) {
            CHECK(digest(seed) == digest(seed));
            CHECK(digest(seed) != digest(seed + 1));
        }
    }

    TEST_CASE("a session that waits for what never comes is reported, and what it waits for") {
        Simulation simulation(1);
        const auto forlorn = []() -> Task<void> {
            Wait wait;
            for (;;)
                co_await until(wait);
        };
        simulation.host("the forlorn one", forlorn());
        CHECK_THROWS_WITH_AS(simulation.run(), doctest::Contains("the forlorn one"),
                             simulation::Hang);
    }

    TEST_CASE("a session that never waits is reported too") {
        Simulation simulation(1);
        const auto restless = []() -> Task<void> {
            Session& session = co_await this_session();
            Wait wait;
            for (;;) {
                wait.deadline = session.now();
                co_await until(wait);
            }
        };
        simulation.host("the restless one", restless());
        CHECK_THROWS_WITH_AS(simulation.run(), doctest::Contains("never come to rest"),
                             simulation::Hang);
    }

    TEST_CASE("what a session throws comes out of the run") {
        Simulation simulation(1);
        const auto buggy = []() -> Task<void> {
            Session& session = co_await this_session();
            session.wake();
            throw std::logic_error("a bug");
        };
        simulation.host("buggy", buggy());
        CHECK_THROWS_WITH_AS(simulation.run(), "a bug", std::logic_error);
    }

    TEST_CASE("an hour of waiting takes no time") {
        Simulation simulation(1);
        const auto patient = [](bool& done) -> Task<void> {
            Session& session = co_await this_session();
            Wait wait;
            wait.deadline = session.now() + 1h;
            while (session.now() < wait.deadline)
                co_await until(wait);
            done = true;
        };
        bool done = false;
        const Clock::time_point before = simulation.time().now();
        simulation.host("patient", patient(done));
        simulation.run();
        CHECK(done);
        CHECK(simulation.time().now() - before >= 1h);
    }
}

} // namespace tern::lines_test
