// Whom one member does not want to hear, or an operator.

#include "tests/chat/test_chat.h"

#include <doctest/doctest.h>

namespace tern::unwanted_test {

using namespace tern;
using namespace std::chrono_literals;
using chat::Door;
using test::TestChat;
using Kind = chat::Request::Kind;

TEST_SUITE("chat/unwanted") {
    TEST_CASE("what somebody says cannot disturb the rest of a terminal's line") {
        TestChat chat;
        const Member alice = chat.enter("alice"), bob = chat.enter("bob");
        chat.heard(alice);
        chat.say(bob, "one \u202Eowt\u2028ADMINISTRATOR: go\u2069");
        CHECK(chat.heard(alice) == "bob: one owtADMINISTRATOR: go\n");
        chat.do_(bob, Kind::topic, {}, {}, "\u202Bbirds", 1);
        CHECK(chat.heard(alice) == "bob changed the topic to: birds\n");
        chat.do_(alice, Kind::history, {}, {}, {}, 1);
        CHECK(chat.heard(alice).ends_with("bob: one owtADMINISTRATOR: go\n"));
    }

    TEST_CASE("no two names look alike by letters of several scripts, unless it is allowed") {
        TestChat chat;
        chat.enter("ann");
        const Member other = chat.connect();
        chat.do_(other, Kind::enter, {}, "\u0430nn"); // a Cyrillic letter
        CHECK(chat.heard(other).ends_with("Please choose another one:\n"));
        TestChat mixed(R"(, "names": {"mixed_scripts": true})");
        const Member there = mixed.connect();
        mixed.do_(there, Kind::enter, {}, "\u0430nn");
        CHECK(mixed.heard(there).find("Hello \u0430nn") != std::string::npos);
    }

    TEST_CASE("who is ignored stays so under another name, through whatever door") {
        for (const Door door : {Door::line, Door::udp, Door::irc}) {
            TestChat chat;
            const Member alice = chat.enter("alice"), carol = chat.enter("carol");
            const Member bob = chat.connect("192.0.2.1", door);
            chat.do_(bob, Kind::enter, {}, "bob");
            if (door == Door::irc)
                chat.do_(bob, Kind::join, "lobby");
            chat.do_(alice, Kind::ignore, {}, "bob", {}, 1);
            for (const char* const name : {"bobby", "BOBBY", "robert"}) {
                chat.do_(bob, Kind::rename, {}, name);
                chat.heard(alice);
                chat.heard(carol);
                chat.do_(bob, Kind::say, "lobby", {}, "hello");
                chat.do_(bob, Kind::say, {}, "alice", "hello");
                CHECK(chat.heard(alice).empty());
                CHECK(chat.heard(carol) == std::string(name) + ": hello\n");
            }
            chat.do_(carol, Kind::rename, {}, "bob"); // is somebody else
            chat.heard(alice);
            chat.say(carol, "hi");
            CHECK(chat.heard(alice) == "bob: hi\n");
            chat.do_(alice, Kind::ignore, {}, "Robert", {}, 2);
            CHECK(chat.heard(alice) == "You hear Robert again\n");
            chat.do_(bob, Kind::say, {}, "alice", "hello");
            CHECK(chat.heard(alice) == "robert to you: hello\n");
        }
    }

    TEST_CASE("who is ignored invites in vain, and two ignored names may become one") {
        TestChat chat;
        const Member alice = chat.enter("alice"), bob = chat.enter("bob");
        chat.do_(bob, Kind::join, "nest", {}, {}, 1);
        chat.do_(alice, Kind::ignore, {}, "bob", {}, 1);
        chat.do_(alice, Kind::ignore, {}, "robert", {}, 1);
        chat.heard(alice);
        chat.do_(bob, Kind::invite, {}, "alice");
        CHECK(chat.heard(alice).empty());
        chat.do_(bob, Kind::rename, {}, "robert");
        chat.do_(bob, Kind::say, {}, "alice", "hello");
        CHECK(chat.heard(alice).empty());
        chat.do_(alice, Kind::ignore, {}, "robert", {}, 2);
        chat.heard(alice);
        chat.do_(bob, Kind::say, {}, "alice", "hello");
        CHECK(chat.heard(alice) == "robert to you: hello\n");
        chat.go(alice);
        chat.do_(bob, Kind::rename, {}, "bob");
        CHECK(chat.heard(bob).ends_with("You are now known as bob\n"));
    }

    TEST_CASE("the muted are not heard by other words, nor by another name") {
        TestChat chat;
        const Member alice = chat.enter("alice"), bob = chat.enter("bob"), eve = chat.enter("eve");
        chat.do_(alice, Kind::become_operator, {}, "root");
        chat.do_(alice, Kind::mute, {}, "bob", {}, 60);
        chat.do_(eve, Kind::join, "nest", {}, {}, 1);
        for (const Member member : {alice, bob, eve})
            chat.heard(member);
        const auto is_refused = [&](Kind kind, std::string_view target, std::string_view text) {
            chat.do_(bob, kind, {}, target, text, 1);
            CHECK(chat.heard(bob) == "You are muted\n");
            CHECK(chat.heard(alice).empty());
            CHECK(chat.heard(eve).empty());
        };
        is_refused(Kind::say, {}, "hello");
        is_refused(Kind::say, "alice", "hello");
        is_refused(Kind::topic, {}, "hello");
        is_refused(Kind::rename, "robert", {});
        is_refused(Kind::rename, "BOB", {});
        is_refused(Kind::away, {}, "hello");
        is_refused(Kind::invite, "eve", {});
        chat.do_(bob, Kind::away);
        CHECK(chat.heard(bob) == "You are no longer marked as away\n");
        chat.time.passed += 61s;
        chat.do_(bob, Kind::rename, {}, "robert");
        CHECK(chat.heard(bob) == "You are now known as robert\n");
    }

    TEST_CASE("the muted leave without words") {
        TestChat chat(R"(, "phrases": {"left": "{name} left: {reason}"})");
        const Member alice = chat.enter("alice"), bob = chat.enter("bob");
        chat.do_(alice, Kind::become_operator, {}, "root");
        chat.do_(bob, Kind::part, {}, {}, "loud");
        CHECK(chat.heard(alice).ends_with("bob left: loud\n"));
        chat.do_(alice, Kind::mute, {}, "bob");
        for (const Kind kind : {Kind::part, Kind::quit}) {
            chat.do_(bob, Kind::join, "lobby");
            chat.heard(alice);
            chat.do_(bob, kind, {}, {}, "loud");
            CHECK(chat.heard(alice) == "bob left: \n");
        }
    }

    TEST_CASE("a penalty is for a name, an address or a range") {
        TestChat chat;
        const Member alice = chat.enter("alice");
        chat.do_(alice, Kind::become_operator, {}, "root");
        chat.heard(alice);
        for (const char* const bad : {"", "192.0.2.0/33", "300.1.1.1/8", "::1/129", "a b", "::g"}) {
            CAPTURE(bad);
            chat.do_(alice, Kind::ban, {}, bad, {}, 60);
            CHECK(chat.heard(alice) == "That is not how /ban is used: see /help\n");
            chat.do_(alice, Kind::mute, {}, bad, {}, 60);
            CHECK(chat.heard(alice) == "That is not how /mute is used: see /help\n");
        }
        for (const char* const good : {"198.51.100.0/24", "198.51.100.1", "2001:db8::/32", "zoë"}) {
            chat.do_(alice, Kind::ban, {}, good, {}, 60);
            CHECK(chat.heard(alice) == std::string(good) + " is banned\n");
        }
    }
}

} // namespace tern::unwanted_test
