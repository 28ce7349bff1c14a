// The harness of scripted conversations, proved on the line echo; and that it can fail.

#include "tests/net/line_echo.h"

#include "common/simulation/conversation.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace tern;
using namespace std::chrono_literals;
using simulation::Conversation;
using simulation::Mismatch;

namespace {

Task<void> deaf(net::Connection& connection) { co_await connection.write("hello\n", 10s); }
Task<void> patient_for_ever(net::Connection& connection) {
    std::array<char, 100> buffer;
    const Result<std::size_t> got = co_await connection.read(buffer, no_deadline);
    if (got)
        co_await connection.write("heard\n", 10s);
}
Task<void> ignores_failures(net::Connection& connection) {
    std::array<char, 100> buffer;
    for (int times = 0; times < 1000; ++times)
        co_await connection.read(buffer, connection.now() + 1s);
}
/// Takes what one read yields for a whole line.
Task<void> believes_in_whole_lines(net::Connection& connection) {
    std::array<char, 100> buffer;
    const Result<std::size_t> got = co_await connection.read(buffer, connection.now() + 10s);
    if (!got)
        co_return;
    const std::string answer = "echo: " + std::string(buffer.data(), *got);
    co_await connection.write(answer, 10s);
}
/// Looks at the descriptor only, which is silent while a transport has input in a buffer.
Task<void> forgets_buffered_input(net::Connection& connection) {
    std::array<char, 4> buffer;
    std::string line;
    while (!line.ends_with('\n')) {
        std::array<pollfd, 1> interests = {connection.interest(POLLIN)};
        Wait wait;
        wait.interests = interests;
        wait.deadline = connection.now() + 10s;
        co_await until(wait);
        connection.observe(interests[0].revents);
        if (interests[0].revents == 0 && connection.now() >= wait.deadline)
            co_return;
        const net::Progress progress = connection.try_read(buffer);
        if (progress.outcome == net::Progress::Outcome::ended ||
            progress.outcome == net::Progress::Outcome::failed)
            co_return;
        line.append(buffer.data(), progress.bytes);
    }
    co_await connection.write(line, 10s);
}
/// Waits for input that is there already, as if nothing had come since.
Task<void> says_armed_wrongly(net::Connection& connection) {
    std::array<char, 4> buffer;
    std::string line;
    while (!line.ends_with('\n')) {
        std::array<pollfd, 1> interests = {connection.interest(POLLIN)};
        if (!line.empty())
            interests[0].revents = still_armed;
        Wait wait;
        wait.interests = interests;
        wait.deadline = connection.now() + 10s;
        co_await until(wait);
        connection.observe(interests[0].revents);
        const net::Progress progress = connection.try_read(buffer);
        if (progress.outcome == net::Progress::Outcome::ended ||
            progress.outcome == net::Progress::Outcome::failed || connection.now() >= wait.deadline)
            co_return;
        line.append(buffer.data(), progress.bytes);
    }
    co_await connection.write(line, 10s);
}

} // namespace

TEST_SUITE("net/conversation") {
    TEST_CASE("patterns match the shortest beginning; stars stand for anything") {
        CHECK(simulation::match("abc", "abcdef") == 3);
        CHECK(simulation::match("abc", "ab") == std::string::npos);
        CHECK(simulation::match("a*c", "abcabc") == 3);
        CHECK(simulation::match("a*c\r\n*x", "a--c\r\n--x--x") == 9);
        CHECK(simulation::match("a*z", "abc") == std::string::npos);
        CHECK(simulation::match("a\\*", "a*b") == 2);
        CHECK(simulation::match("a\\*", "abb") == std::string::npos);
        CHECK(simulation::match("", "abc") == 0);
    }

    TEST_CASE("the line echo stands every way of running its scripts") {
        SUBCASE("request and answer, pipelined lines, the client's end") {
            const std::size_t runs = Conversation()
                                         .client("one\n")
                                         .server("echo: one\n")
                                         .client("two\nthree\n")
                                         .server("echo: two\necho: three\n")
                                         .client_ends()
                                         .server_ends()
                                         .prove(test::serve_line_echo);
            CHECK(runs > 50);
        }
        SUBCASE("the server ends first, while the client goes on talking") {
            Conversation()
                .client("quit\nstill talking\n")
                .server("bye\n")
                .server_ends()
                .prove(test::serve_line_echo);
        }
        SUBCASE("a client that says nothing hears why it is let go") {
            Conversation()
                .client("one\n")
                .server("echo: one\n")
                .time_passes(29s)
                .client("two\n")
                .server("echo: two\n")
                .time_passes(29s)
                .time_passes(2s)
                .server("too late\n")
                .server_ends()
                .prove(test::serve_line_echo);
        }
        SUBCASE("a server that stops says so between two lines") {
            Conversation()
                .client("one\n")
                .server("echo: one\n")
                .server_stops()
                .server("stopping\n")
                .server_ends()
                .prove(test::serve_line_echo);
        }
        SUBCASE("a line under way is answered before the server stops") {
            Conversation()
                .client("one")
                .server_stops()
                .client(" and the rest\n")
                .server("echo: one and the rest\nstopping\n")
                .server_ends()
                .prove(test::serve_line_echo);
        }
        SUBCASE("lines that are too long, and answers of many pieces") {
            const std::string line(900, 'x');
            Conversation()
                .client(line + "\n" + line + "\n")
                .server("echo: " + line + "\necho: " + line + "\n")
                .client(std::string(1200, 'y'))
                .server("too long\n")
                .server_ends()
                .prove(test::serve_line_echo);
        }
        SUBCASE("a client that ends its side before it has read the answers") {
            Conversation()
                .client("one\ntwo\n")
                .client_ends()
                .server("echo: one\necho: two\n")
                .server_ends()
                .prove(test::serve_line_echo);
        }
    }

    TEST_CASE("a script that does not come true fails") {
        CHECK_THROWS_AS(
            Conversation().client("one\n").server("echo: two\n").run(test::serve_line_echo),
            Mismatch);
        CHECK_THROWS_AS(Conversation().client("one\n").run(test::serve_line_echo), Mismatch);
        CHECK_THROWS_AS(Conversation()
                            .client("one\n")
                            .server("echo: one\n")
                            .server_ends()
                            .run(test::serve_line_echo),
                        Mismatch);
        CHECK_THROWS_AS(Conversation().client("one\n").client_ends().server_ends().run(deaf),
                        Mismatch);
    }

    TEST_CASE("each kind of faulty session is caught by one of the ways to run a script") {
        SUBCASE("one that takes a read for a line") {
            Conversation script;
            script.client("a line\n").server("echo: a line\n").client_ends().server_ends();
            CHECK_NOTHROW(script.run(believes_in_whole_lines));
            CHECK_THROWS_AS(script.prove(believes_in_whole_lines), Mismatch);
        }
        SUBCASE("one that a silent client keeps for ever, unless that is allowed") {
            Conversation script;
            script.client("a line\n").server("heard\n").client_ends().server_ends();
            CHECK_NOTHROW(script.run(patient_for_ever));
            CHECK_THROWS_AS(script.prove(patient_for_ever), Mismatch);
        }
        SUBCASE("one that goes on after its connection has failed") {
            Conversation script;
            script.client_ends();
            CHECK_THROWS_AS(script.prove(ignores_failures), Mismatch);
        }
        SUBCASE("one that forgets what a transport has buffered") {
            Conversation script;
            script.client("a line\n").server("a line\n").client_ends().server_ends();
            CHECK_NOTHROW(script.run(forgets_buffered_input));
            CHECK_THROWS_AS(script.prove(forgets_buffered_input), Mismatch);
        }
        SUBCASE("one that leaves something behind when it is cut short") {
            static std::vector<std::string> leaked;
            leaked.reserve(10'000);
            Conversation script;
            script.client("a line\n").server("*\n").client_ends().server_ends();
            script.counting([] { return leaked.size(); });
            const Conversation::Serve careless = [](net::Connection& connection) -> Task<void> {
                leaked.emplace_back("what a clean end would take away");
                co_await test::serve_line_echo(connection);
                leaked.pop_back();
            };
            CHECK_NOTHROW(script.run(careless));
            CHECK(leaked.empty());
            CHECK_THROWS_WITH_AS(script.prove(careless), doctest::Contains("destroyed"), Mismatch);
        }
        SUBCASE("one that relies on an edge that it has used up") {
            Conversation script;
            script.client("a line\n").server("a line\n").client_ends().server_ends();
            CHECK_NOTHROW(script.run(says_armed_wrongly));
            CHECK_THROWS_AS(script.prove(says_armed_wrongly), Mismatch);
        }
    }
}
