// Sessions that hear each other, under every strategy: wake-ups across sessions, and the hub's
// path between runners, be they reactors, threads or processes.

#include "common/strategy/registry.h"
#include "tests/harness/client_socket.h"
#include "tests/harness/process_facts.h"
#include "tests/harness/server_process.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace tern;
using test::ClientSocket;
using test::ServerProcess;

constexpr std::size_t most_members = 8;

/// By design, `iterative` has one client at a time.
std::size_t members_under(std::string_view strategy) {
    return strategy == "iterative" ? 1 : most_members;
}

bool is_in_processes(std::string_view strategy) { return !strategy::shares_memory(strategy); }

test::Launch launch(std::string_view strategy) {
    return {"chorus-server", {std::string(strategy), std::to_string(most_members), "100"}};
}

/// Members who have entered one after the other; each has heard its own entering.
class Members {
public:
    Members(const ServerProcess& server, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            sockets_.emplace_back(server.endpoint("chorus"));
            const std::string line = sockets_.back().read_line();
            REQUIRE(line.starts_with('+'));
            ids_.push_back(line.substr(1));
        }
    }
    std::size_t size() const { return sockets_.size(); }
    ClientSocket& operator[](std::size_t index) { return sockets_[index]; }
    const std::string& id(std::size_t index) const { return ids_[index]; }

private:
    std::vector<ClientSocket> sockets_;
    std::vector<std::string> ids_;
};

/// What members say, and nothing about who came and went.
std::vector<std::string> spoken_lines(ClientSocket& socket, std::size_t count) {
    std::vector<std::string> lines;
    while (lines.size() < count) {
        std::string line = socket.read_line();
        if (line.find(':') != std::string::npos)
            lines.push_back(std::move(line));
    }
    return lines;
}

std::string next_leaving(ClientSocket& socket) {
    for (;;) {
        std::string line = socket.read_line();
        if (line.starts_with('-'))
            return line;
    }
}

/// Runs the test body under every strategy that this machine can run.
template <class Body>
void under_every_strategy(const Body& body) {
    for (const std::string_view name : strategy::names()) {
        CAPTURE(name);
        body(name);
    }
}

} // namespace

TEST_CASE("every session hears every other, all in the same order, nothing lost or doubled") {
    under_every_strategy([](std::string_view strategy) {
        constexpr std::size_t lines_each = 200;
        ServerProcess server(launch(strategy));
        Members members(server, members_under(strategy));
        const std::size_t total = members.size() * lines_each;
        std::vector<std::vector<std::string>> heard(members.size());
        for (std::size_t n = 0; n < lines_each; ++n)
            for (std::size_t i = 0; i < members.size(); ++i)
                members[i].send_all("line " + std::to_string(n) + "\n");
        for (std::size_t i = 0; i < members.size(); ++i)
            heard[i] = spoken_lines(members[i], total);

        std::map<std::string, std::size_t> next;
        for (const std::string& line : heard[0]) {
            const std::string speaker = line.substr(0, line.find(':'));
            CHECK(line == speaker + ":line " + std::to_string(next[speaker]++));
        }
        CHECK(next.size() == members.size());
        for (std::size_t i = 1; i < members.size(); ++i)
            CHECK(heard[i] == heard[0]);
    });
}

TEST_CASE("however a member goes, the others hear it leave, once") {
    under_every_strategy([](std::string_view strategy) {
        if (members_under(strategy) < 3)
            return;
        ServerProcess server(launch(strategy));
        Members members(server, 4);
        members[1].end_sending();
        CHECK(next_leaving(members[0]) == "-" + members.id(1));
        members[2].reset();
        CHECK(next_leaving(members[0]) == "-" + members.id(2));
        members[3].send_all("still here\n");
        // Whatever came twice would come before this.
        std::string line = members[0].read_line();
        CHECK(line == members.id(3) + ":still here");
    });
}

TEST_CASE("a process that is killed takes only its own member along") {
    under_every_strategy([](std::string_view strategy) {
        if (!is_in_processes(strategy))
            return;
        ServerProcess server(launch(strategy));
        Members members(server, 3);
        const std::vector<pid_t> processes = test::children_of(server.pid());
        REQUIRE(processes.size() >= 3);
        ::kill(processes.front(), SIGKILL);
        REQUIRE(test::eventually([&] { return !test::exists(processes.front()); }));

        std::size_t alive = 0;
        for (std::size_t i = 0; i < members.size(); ++i) {
            try {
                members[i].send_all("alive\n");
                while (members[i].read_line() != members.id(i) + ":alive") {
                }
                ++alive;
            } catch (const test::ConnectionLost&) {
            }
        }
        // A worker of the pool that is killed may have had no client.
        CHECK(alive >= 2);
        if (strategy == "fork_per_client")
            CHECK(alive == 2);
        // Whoever comes next is served.
        Members late(server, 1);
        late[0].send_all("late\n");
        CHECK(spoken_lines(late[0], 1).front() == late.id(0) + ":late");
    });
}

TEST_CASE("a stop ends all conversations and leaves nothing behind") {
    under_every_strategy([](std::string_view strategy) {
        ServerProcess server(launch(strategy));
        Members members(server, members_under(strategy));
        const std::vector<pid_t> children = test::children_of(server.pid());
        server.signal(SIGTERM);
        for (std::size_t i = 0; i < members.size(); ++i)
            members[i].wait_for_the_end();
        CHECK(server.wait_for_exit() == test::Exit{0, 0});
        for (const pid_t child : children)
            CHECK_FALSE(test::exists(child));
    });
}
