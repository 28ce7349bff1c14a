// People talk: entering, speaking, leaving, commands, and what one cannot do to the others.

#include "tests/conformance/chat/chat_server.h"
#include "tests/harness/child_program.h"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <map>

using namespace tern::conformance::chat;
namespace test = tern::test;

TEST_SUITE("chat/talk") {
    TEST_CASE("one is asked for a name until it will do") {
        const Server server;
        Person person(server);
        CHECK(person.ask("") == "A name is not empty. What is your name?");
        CHECK(person.ask("two words").starts_with("A name consists of letters"));
        CHECK(person.ask("administrator").starts_with("The name administrator is in use"));
        CHECK(person.ask("\xFF").starts_with("A name consists of letters"));
        CHECK(person.ask(std::string("a\0b", 3)).starts_with("A name consists of letters"));
        CHECK(person.ask(std::string(3000, 'x')).starts_with("A name has at most 32 characters"));
        CHECK(person.ask("Zoë\r") == "Hello Zoë. Type /help to see what you can do.");
        CHECK(person.hear() == "In lobby now: Zoë");
        CHECK(person.ask("/ping") == "pong");
        CHECK(person.ask("/nope") == "There is no command /nope: see /help");
        CHECK(person.ask("/quit") == "Goodbye Zoë");
        person.socket().wait_for_the_end();
    }

    TEST_CASE("a script that sends all at once gets all its answers, and a goodbye") {
        const Server server;
        Person person(server);
        person.socket().send_all("bob\r\nhello\n/who\n/topic birds\n/topic\n");
        person.socket().end_sending();
        CHECK(person.socket().read_to_end() == "Hello bob. Type /help to see what you can do.\n"
                                               "In lobby now: bob\n"
                                               "In lobby now: bob\n"
                                               "bob changed the topic to: birds\n"
                                               "The topic of lobby: birds\n"
                                               "Goodbye bob\n");
    }

    TEST_CASE("what was typed last is said, though it has no end but the stream's") {
        const Server server;
        Person listener(server, "ann");
        if (!has_room_for(2)) {
            listener.socket().send_all("/ping");
            listener.socket().end_sending();
            CHECK(listener.socket().read_to_end() == "pong\nGoodbye ann\n");
            return;
        }
        Person speaker(server);
        speaker.socket().send_all("bob\nfirst\r\nand last");
        speaker.socket().end_sending();
        CHECK(listener.hear() == "bob entered the room");
        CHECK(listener.hear() == "bob: first");
        CHECK(listener.hear() == "bob: and last");
        CHECK(listener.hear() == "bob left the room");
    }

    TEST_CASE("who finds no name in so many lines is sent away") {
        const Server server({"limits.name_tries=3"});
        Person person(server);
        CHECK(person.ask("two words").starts_with("A name consists"));
        CHECK(person.ask("\xFF").starts_with("A name consists"));
        CHECK(person.ask("").starts_with("A name is not empty"));
        CHECK(person.hear() == "That was no name either. Goodbye.");
        person.socket().wait_for_the_end();
        Person other(server);
        CHECK(other.ask("two words").starts_with("A name consists"));
        CHECK(other.ask("") == "A name is not empty. What is your name?");
        CHECK(other.ask("ann").starts_with("Hello ann"));
        other.hear();
        for (int i = 0; i < 5; ++i)
            CHECK(other.ask("/nick two words").starts_with("A name consists"));
    }

    TEST_CASE("lines that do not make a name do not give more time for one") {
        const Server server({"limits.name_timeout_s=1", "limits.name_tries=1000000",
                             "limits.requests_per_member.burst=1000000",
                             "limits.requests_per_address.burst=1000000"});
        Person person(server);
        std::string heard;
        do
            heard = person.ask("/join");
        while (heard.starts_with("A name consists"));
        CHECK(heard == "Nothing was said for too long. Goodbye.");
    }

    TEST_CASE("after two slashes one is said") {
        const Server server;
        Person ann(server, "ann");
        CHECK(ann.ask("//who is there?\n/history 1").ends_with("ann: /who is there?"));
        CHECK(ann.ask("/who/is there?") == "There is no command /who/is: see /help");
        CHECK(ann.ask("/history 0") == "That is not how /history is used: see /help");
        CHECK(ann.ask("/nick ann") == "You are now known as ann");
        CHECK(ann.ask("/history 5").ends_with("ann: /who is there?"));
        CHECK(ann.ask("/ping") == "pong");
    }

    TEST_CASE("a line that is too long is refused as a whole, and the session lives") {
        const Server server({"limits.line_bytes=100"});
        Person person(server, "bob");
        CHECK(person.ask(std::string(1'000'000, 'x')) == "The line is too long: not said");
        CHECK(person.ask("/ping") == "pong");
    }

    TEST_CASE("commands that come too fast are refused") {
        const Server server({"limits.requests_per_member.per_second=0.001",
                             "limits.requests_per_member.burst=3",
                             R"(metrics_listener={"port": 0})"});
        Person person(server, "bob");
        CHECK(person.ask("/topic birds") == "bob changed the topic to: birds");
        CHECK(person.ask("/who").starts_with("In lobby now: "));
        for (const char* const command : {"/topic x", "/nick x", "/join x", "/who", "/history",
                                          "/rooms", "/ignore x", "/away x", "/part"})
            CHECK(person.ask(command).starts_with("You are too fast: not done. Wait "));
        CHECK(comes_to_have(server, R"(tern_chat_refusals_total{reason="too_many_requests"} 9)"));
        CHECK(person.ask("/quit") == "Goodbye bob");
    }

    TEST_CASE("a name that is gone is free, and history greets who comes") {
        const Server server;
        {
            Person person(server, "bob");
            person.say("for later");
            CHECK(person.ask("/quit") == "Goodbye bob");
            person.socket().wait_for_the_end();
        }
        Person person(server);
        CHECK(person.ask("bob").starts_with("Hello bob"));
        CHECK(person.hear() == "In lobby now: bob");
        CHECK(person.hear().ends_with("] bob: for later"));
    }

    TEST_CASE("an operator needs the password") {
        const Server server;
        Person person(server, "bob");
        CHECK(person.ask("/announce x") == "Only operators may do that");
        CHECK(person.ask("/oper root wrong") == "Wrong name or password");
        CHECK(person.ask("/oper other secret") == "Wrong name or password");
        CHECK(person.ask("/oper root secret") == "You are an operator now");
        CHECK(person.ask("/announce lunch") == "ADMINISTRATOR: lunch");
    }

    TEST_CASE("the administrator announces through the control socket, which is nobody else's") {
        const Server server;
        Person person(server, "bob");
        const test::TemporaryFolder folder;
        test::ChildProgram announcing(
            {"tern-chatd", {"--config", server.configuration(), "announce", "lunch"}, 0},
            folder.path());
        CHECK(person.hear() == "ADMINISTRATOR: lunch");
        CHECK(announcing.wait_for_exit() == test::Exit{0, 0});
        CHECK(announcing.output() == "Announced\n");
        const auto fails = [&](const std::string& text, const std::string& why) {
            const test::TemporaryFolder output;
            test::ChildProgram vain(
                {"tern-chatd", {"--config", server.configuration(), "announce", text}, 0},
                output.path());
            CHECK(vain.wait_for_exit() == test::Exit{1, 0});
            CHECK(vain.output().empty());
            CHECK(vain.errors() == why);
        };
        fails("", "There is nothing to say\n");
        fails(" \n", "There is nothing to say\n");
        fails("\xFF", "The line is not valid UTF-8: not said\n");
        fails("\x1B[2J", "The line has control characters: not said\n");
        fails(std::string(5000, 'x'), "The line is too long: not said\n");
        const test::TemporaryFolder other_folder;
        test::ChildProgram two_lines(
            {"tern-chatd",
             {"--config", server.configuration(), "announce", "soup,\r\nthen fish"},
             0},
            other_folder.path());
        CHECK(person.hear() == "ADMINISTRATOR: soup,  then fish");
        CHECK(two_lines.wait_for_exit() == test::Exit{0, 0});
        const auto mode = std::filesystem::status(server.path("control")).permissions();
        CHECK(mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    }

    TEST_CASE("who announces where no server is learns so") {
        Server server;
        const test::TemporaryFolder folder;
        const test::Launch announce = {
            "tern-chatd", {"--config", server.configuration(), "announce", "lunch"}, 0};
        server.process().signal(SIGTERM);
        CHECK(server.process().wait_for_exit() == test::Exit{0, 0});
        test::ChildProgram vain(announce, folder.path());
        CHECK(vain.wait_for_exit() == test::Exit{1, 0});
        CHECK(vain.errors().starts_with("tern-chatd: announce: no tern-chatd listens at " +
                                        server.path("control")));
    }

    TEST_CASE("who is silent for too long is told goodbye, with and without a name") {
        const Server server({"limits.name_timeout_s=0.2", "limits.idle_timeout_s=0.2"});
        {
            Person nameless(server);
            CHECK(nameless.hear() == "Nothing was said for too long. Goodbye.");
            nameless.socket().wait_for_the_end();
        }
        Person silent(server);
        silent.say("bob");
        silent.hear_until("Nothing was said for too long. Goodbye.");
        silent.socket().wait_for_the_end();
    }

    TEST_CASE("a stop says goodbye and leaves nothing behind") {
        Server server;
        Person person(server, "bob");
        const std::vector<pid_t> children = test::children_of(server.process().pid());
        server.process().signal(SIGTERM);
        CHECK(person.hear() == "The server stops. Goodbye.");
        person.socket().wait_for_the_end();
        CHECK(server.process().wait_for_exit() == test::Exit{0, 0});
        for (const pid_t child : children)
            CHECK_FALSE(test::exists(child));
    }
}

TEST_SUITE("chat/rooms") {
    TEST_CASE("others hear who enters, what they say and how they leave") {
        if (!has_room_for(4))
            return;
        const Server server;
        Person alice(server, "alice");
        Person bob(server, "bob");
        CHECK(alice.hear() == "bob entered the room");
        Person carol(server, "carol");
        CHECK(alice.hear() == "carol entered the room");
        CHECK(bob.hear() == "carol entered the room");
        bob.say("hello");
        CHECK(alice.hear() == "bob: hello");
        CHECK(carol.hear() == "bob: hello");
        bob.say("/me waves");
        CHECK(alice.hear() == "* bob waves");
        bob.say("/msg ALICE psst");
        CHECK(alice.hear() == "bob to you: psst");
        CHECK(bob.ask("/nick alice").starts_with("The name alice is in use"));
        CHECK(bob.ask("/nick Robert") == "You are now known as Robert");
        CHECK(alice.hear() == "bob is now known as Robert");
        CHECK(bob.ask("/quit") == "Goodbye Robert");
        CHECK(alice.hear() == "Robert left the room");
        carol.socket().reset();
        CHECK(alice.hear() == "carol left the room");
        Person dave(server, "dave");
        CHECK(alice.hear() == "dave entered the room");
        dave.socket().end_sending();
        CHECK(alice.hear() == "dave left the room");
        CHECK(alice.ask("/who") == "In lobby now: alice"); // nothing else in between
    }

    TEST_CASE("everybody hears everything in the same order, nothing lost or doubled") {
        constexpr std::size_t lines_each = 200;
        const std::size_t members = has_room_for(6) ? 6 : 1;
        const Server server(
            {"limits.speech_per_member.per_second=100000", "limits.speech_per_member.burst=100000",
             "limits.speech_per_address.per_second=100000",
             "limits.speech_per_address.burst=100000", R"(listeners.0.outbox=100000)"});
        if (members == 1)
            return;
        std::vector<Person> people;
        for (std::size_t i = 0; i < members; ++i)
            people.emplace_back(server, "m" + std::to_string(i));
        for (std::size_t n = 0; n < lines_each; ++n)
            for (Person& person : people)
                person.say(std::to_string(n));
        // Each hears all but its own: put those back, and all have the same.
        std::vector<std::vector<std::string>> heard(members);
        for (std::size_t i = 0; i < members; ++i)
            while (heard[i].size() < (members - 1) * lines_each) {
                std::string line = people[i].hear();
                if (line.find(": ") != std::string::npos)
                    heard[i].push_back(std::move(line));
            }
        for (std::size_t i = 0; i < members; ++i) {
            std::map<std::string, std::size_t> next;
            for (const std::string& line : heard[i]) {
                const std::string who = line.substr(0, line.find(':'));
                REQUIRE(line == who + ": " + std::to_string(next[who]++));
            }
            for (std::size_t j = 0; j < i; ++j) {
                const auto others = [&](std::size_t one) {
                    std::vector<std::string> rest;
                    for (const std::string& line : heard[one])
                        if (!line.starts_with("m" + std::to_string(i) + ":") &&
                            !line.starts_with("m" + std::to_string(j) + ":"))
                            rest.push_back(line);
                    return rest;
                };
                CHECK(others(i) == others(j));
            }
        }
    }

    TEST_CASE("a reader that stops is let go, and the others do not wait for it") {
        if (!has_room_for(3))
            return;
        const Server server(
            {"listeners.0.outbox=16", "limits.speech_per_member.per_second=100000",
             "limits.speech_per_member.burst=100000", "limits.speech_per_address.per_second=100000",
             "limits.speech_per_address.burst=100000", R"(metrics_listener={"port": 0})"});
        Person alice(server, "alice");
        Person bob(server, "bob");
        Person stopped(server, 4096);
        stopped.say("stopped");
        alice.hear_until("stopped entered the room");
        bob.hear_until("stopped entered the room");
        const std::string much(2000, 'x');
        bool is_gone = false;
        for (int i = 0; i < 100'000 && !is_gone; ++i) {
            alice.say(much);
            const std::string line = bob.hear();
            is_gone = line == "stopped left the room";
            CHECK((is_gone || line == "alice: " + much));
        }
        CHECK(is_gone);
        CHECK(comes_to_have(server, "tern_chat_disconnected_slow_total 1"));
    }

    TEST_CASE("a burst is no reason to call those slow who have not had their turn") {
        if (!has_room_for(3))
            return;
        for (const char* const policy : {"disconnect", "drop_oldest"}) {
            const Server server({std::string("listeners.0.slow_reader=") + policy,
                                 "limits.speech_per_member.burst=100000",
                                 "limits.speech_per_address.burst=100000"});
            Person alice(server, "alice");
            Person bob(server, "bob");
            alice.hear_until("bob entered the room");
            constexpr int lines = 3000; // thrice what may wait for one client
            std::string burst;
            for (int n = 0; n < lines; ++n)
                burst += std::to_string(n) + '\n';
            alice.socket().send_all(burst);
            int heard = 0;
            while (heard < lines && bob.hear() == "alice: " + std::to_string(heard))
                ++heard;
            CHECK(heard == lines);
            CHECK(alice.ask("/ping") == "pong");
            CHECK(bob.ask("/ping") == "pong");
        }
    }

    TEST_CASE("a slow reader may instead lose the oldest, and is told how many") {
        if (!has_room_for(3))
            return;
        const Server server({"listeners.0.outbox=16", "listeners.0.slow_reader=drop_oldest",
                             "limits.speech_per_member.per_second=100000",
                             "limits.speech_per_member.burst=100000",
                             "limits.speech_per_address.per_second=100000",
                             "limits.speech_per_address.burst=100000"});
        Person alice(server, "alice");
        Person bob(server, "bob");
        Person slow(server, 1 << 16);
        slow.say("slow");
        alice.hear_until("slow entered the room");
        bob.hear_until("slow entered the room");
        const std::string much(2000, 'x');
        for (int i = 0; i < 4000; ++i) {
            alice.say(much);
            CHECK(bob.hear() == "alice: " + much);
        }
        alice.say("the end");
        bool was_told = false;
        for (std::string line; line != "alice: the end"; line = slow.hear())
            was_told = was_told || line.starts_with("Messages left out, for you read too slowly: ");
        CHECK(was_told);
    }

    TEST_CASE("a member whose process is killed has left; everybody else talks on") {
        if (!model().in_processes)
            return;
        Server server;
        Person alice(server, "alice");
        Person bob(server, "bob");
        Person carol(server, "carol");
        alice.hear_until("carol entered the room");
        bob.hear_until("carol entered the room");
        // A worker of a pool that has no client may be hit: go on until somebody is gone.
        std::string gone;
        for (const pid_t child : test::children_of(server.process().pid())) {
            ::kill(child, SIGKILL);
            REQUIRE(test::eventually([&] { return !test::exists(child); }));
            std::map<Person*, std::string> answers;
            for (Person* const person : {&alice, &bob, &carol}) {
                try {
                    answers[person] = person->ask("/who");
                } catch (const test::ConnectionLost&) {
                } catch (const std::system_error&) {
                }
            }
            if (answers.size() == 3)
                continue;
            REQUIRE(answers.size() == 2);
            for (auto& [person, answer] : answers) // who is asked may not have learned it yet
                while (!answer.ends_with(" left the room"))
                    answer = person->hear();
            CHECK(answers.begin()->second == answers.rbegin()->second);
            return;
        }
        FAIL("nobody has left");
    }

    TEST_CASE("an operator removes somebody") {
        if (!has_room_for(2))
            return;
        const Server server;
        Person alice(server, "alice");
        Person bob(server, "bob");
        CHECK(alice.ask("/oper root secret") == "bob entered the room");
        CHECK(alice.hear() == "You are an operator now");
        alice.say("/kick bob that will do");
        CHECK(alice.hear() == "bob has been removed");
        CHECK(alice.hear() == "bob left the room");
        CHECK(bob.hear() == "You have been removed from the chat. that will do");
        bob.socket().wait_for_the_end();
    }
}
