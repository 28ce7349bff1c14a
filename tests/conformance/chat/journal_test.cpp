// What was said outlives the server, however it ends.

#include "tests/conformance/chat/chat_server.h"

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <csignal>

using namespace tern::conformance::chat;
namespace test = tern::test;

namespace {

std::vector<std::string> settings(const test::TemporaryFolder& folder,
                                  const std::vector<std::string>& more = {}) {
    std::vector<std::string> all = {"history.journal.file=" + (folder / "journal").string(),
                                    "history.shown=0", "limits.speech_per_member.burst=1000000",
                                    "limits.speech_per_address.burst=1000000"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

constexpr const char* end_of_answers = "In lobby now: "; ///< to /who, which the chat answers last

/// Says `count` lines that begin with the number, and waits until the chat has them all.
void say_lines(Person& person, std::size_t count, const std::string& rest = "") {
    for (std::size_t i = 0; i < count; ++i)
        person.say(std::to_string(i) + rest);
    CHECK(person.ask("/who").starts_with(end_of_answers));
}

/// The history's last lines are these `count`, and no more are there.
void check_lines(Person& person, std::size_t count, const std::string& rest = "") {
    person.say("/history 1000");
    person.say("/who");
    std::size_t next = 0;
    for (std::string line = person.hear(); !line.starts_with(end_of_answers); line = person.hear())
        CHECK(line.ends_with("] bob: " + std::to_string(next++) + rest));
    CHECK(next == count);
}

void limit_files_of(pid_t process, rlim_t bytes) {
    rlimit limit = {};
    REQUIRE(::prlimit(process, RLIMIT_FSIZE, nullptr, &limit) == 0);
    limit.rlim_cur = bytes;
    REQUIRE(::prlimit(process, RLIMIT_FSIZE, &limit, nullptr) == 0);
}

/// How large a file the server's processes may write.
void limit_files(Server& server, rlim_t bytes) {
    const pid_t parent = server.process().pid();
    limit_files_of(parent, bytes); // first: children that start now inherit it
    for (const pid_t child : test::children_of(parent))
        limit_files_of(child, bytes);
}

bool comes_to_say(Server& server, const char* words) {
    return test::eventually(
        [&] { return server.process().log().find(words) != std::string::npos; });
}

} // namespace

TEST_SUITE("chat/journal") {
    TEST_CASE("what was said is there again after a restart, with its numbers going on") {
        const test::TemporaryFolder folder;
        {
            Server server(settings(folder));
            {
                Person bob(server, "bob");
                say_lines(bob, 10);
            }
            server.process().signal(SIGTERM);
            CHECK(server.process().wait_for_exit() == test::Exit{0, 0});
        }
        const Server server(settings(folder));
        Person person(server, "carol");
        check_lines(person, 10);
    }

    TEST_CASE("kill -9 loses nothing that anybody has seen") {
        const test::TemporaryFolder folder;
        constexpr std::size_t lines = 200;
        {
            Server server(settings(folder));
            Person bob(server, "bob");
            if (has_room_for(2)) {
                Person alice(server, "alice");
                for (std::size_t i = 0; i < lines; ++i)
                    bob.say(std::to_string(i));
                alice.hear_until("bob: " + std::to_string(lines - 1));
            } else {
                say_lines(bob, lines);
            }
            server.process().signal(SIGKILL);
            CHECK(server.process().wait_for_exit() == test::Exit{-1, SIGKILL});
        }
        const Server server(settings(folder));
        Person person(server, "carol");
        check_lines(person, lines);
    }

    TEST_CASE("a full disk costs no speech, the log says so, and history goes on with the disk") {
        const test::TemporaryFolder folder;
        const std::string rest(1500, 'x');
        constexpr std::size_t lines = 100;
        {
            Server server(settings(folder, {"history.journal.fsync_interval_s=0.01"}));
            Person bob(server, "bob");
            limit_files(server, 48 << 10);
            say_lines(bob, lines, rest);
            CHECK(comes_to_say(server, "cannot write"));
            CHECK(bob.ask("/ping") == "pong");
            limit_files(server, RLIM_INFINITY);
            CHECK(comes_to_say(server, "writes again"));
            server.process().signal(SIGTERM);
            CHECK(server.process().wait_for_exit() == test::Exit{0, 0});
        }
        const Server server(settings(folder));
        Person person(server, "carol");
        check_lines(person, lines, rest);
    }

    TEST_CASE("of each room only the last messages are kept") {
        const test::TemporaryFolder folder;
        {
            Server server(settings(folder));
            Person bob(server, "bob");
            say_lines(bob, 10);
            server.process().signal(SIGKILL);
        }
        const Server server(settings(folder, {"history.messages=4"}));
        Person person(server, "carol");
        person.say("/history 100");
        for (const char* const line : {"6", "7", "8", "9"})
            CHECK(person.hear().ends_with(std::string("] bob: ") + line));
        CHECK(person.ask("/who").starts_with(end_of_answers));
    }
}
