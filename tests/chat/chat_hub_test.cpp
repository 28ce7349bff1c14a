// The rules of the chat: names, rooms, who hears what, and in which words.

#include "tests/chat/test_chat.h"

#include <doctest/doctest.h>

namespace tern::chat_hub_test {

using namespace tern;
using namespace std::chrono_literals;
using chat::Answer;
using chat::Door;
using test::TestChat;
using Kind = chat::Request::Kind;

TEST_SUITE("chat/hub") {
    TEST_CASE("a client is asked for a name until it has one that is free and allowed") {
        TestChat chat;
        chat.enter("Élise");
        const Member client = chat.connect();
        CHECK(chat.heard(client) == "Welcome to the chat. What is your name?\n");
        for (const char* const bad : {"", "a b", "administrator", "e\xCC\x81LISE", "ELISE\n",
                                      "/who", "0123456789012345678901234567890123"}) {
            CAPTURE(bad);
            chat.do_(client, Kind::enter, {}, bad);
            CHECK(chat.answer(client) == Answer::not_named);
            CHECK_FALSE(chat.heard(client).empty());
        }
        chat.do_(client, Kind::enter, {}, "bob");
        CHECK(chat.heard(client) == "Hello bob. Type /help to see what you can do.\n"
                                    "In lobby now: Élise, bob\n");
        CHECK(chat.hub.members() == 2);
    }

    TEST_CASE("others hear who enters, what they say and that they leave, in words of their own") {
        TestChat chat;
        const Member alice = chat.enter("alice");
        const Member bob = chat.enter("bob");
        CHECK(chat.heard(alice) == "bob entered the room\n");
        chat.say(bob, "hello");
        CHECK(chat.heard(alice) == "bob: hello\n");
        CHECK(chat.heard(bob).empty());
        chat.go(bob);
        CHECK(chat.heard(alice) == "bob left the room\n");
        chat.enter("Bob"); // the name is free again
        CHECK(chat.heard(alice) == "Bob entered the room\n");
    }

    TEST_CASE("a member that says goodbye and then loses its session leaves once") {
        TestChat chat;
        const Member alice = chat.enter("alice");
        const Member bob = chat.enter("bob");
        chat.heard(alice);
        chat.do_(bob, Kind::quit);
        CHECK(chat.answer(bob) == Answer::closing);
        chat.say(bob, "still here?");
        chat.go(bob);
        CHECK(chat.heard(alice) == "bob left the room\n");
    }

    TEST_CASE("a name that was free after a goodbye stays with who has taken it") {
        TestChat chat;
        const Member first = chat.enter("alice");
        chat.do_(first, Kind::quit);
        chat.enter("alice");
        chat.go(first);
        CHECK(chat.hub.members() == 1);
        const Member third = chat.connect();
        chat.do_(third, Kind::enter, {}, "alice");
        CHECK(chat.answer(third) == Answer::not_named);
    }

    TEST_CASE("a session's own words come back behind the answers to what was asked before") {
        TestChat chat;
        const Member alice = chat.enter("alice");
        const Member bob = chat.enter("bob");
        chat.heard(alice);
        chat.say(bob, "first");
        chat.do_(alice, Kind::echo, {}, {}, "second\n");
        chat.say(bob, "third");
        CHECK(chat.heard(alice) == "bob: first\nsecond\nbob: third\n");
        CHECK(chat.heard(bob).empty());
    }

    TEST_CASE("requests that come together are done one after the other, but some alone") {
        TestChat world;
        const Member irene = world.connect("192.0.2.1", Door::irc);
        const Member leo = world.enter("leo");
        const auto together = [&](std::initializer_list<chat::Request> requests) {
            std::string all;
            for (const chat::Request& one : requests)
                chat::append_request(all, one);
            world.do_(irene, Kind::together, {}, {}, all);
        };
        chat::Request enter, join, inner;
        enter.kind = Kind::enter;
        enter.target = "irene";
        join.kind = Kind::join;
        join.room = "lobby";
        inner.kind = Kind::together;
        chat::Request resume;
        resume.kind = Kind::resume;
        together({join, inner, resume, enter, join});
        CHECK(world.answer(irene) == Answer::named);
        CHECK(world.heard(irene).find(" 366 irene #lobby ") != std::string::npos);
        CHECK(world.heard(leo).find("irene entered") != std::string::npos);
        chat::Request quit;
        quit.kind = Kind::quit;
        together({quit, join});
        CHECK(world.answer(irene) == Answer::closing);
        CHECK(world.heard(leo).find("irene left") != std::string::npos);
        world.do_(leo, Kind::together, {}, {}, "nonsense");
        CHECK(world.heard(leo).empty());
    }
    TEST_CASE("one buffer serves a whole room") {
        TestChat chat;
        const Member speaker = chat.enter("speaker");
        for (int i = 0; i < 50; ++i)
            chat.enter("member" + std::to_string(i));
        const std::size_t before = chat.buffers();
        chat.say(speaker, "hello");
        CHECK(chat.buffers() == before + 1);
    }

    TEST_CASE("rooms hear only their own, and the line door is in one at a time") {
        TestChat chat;
        const Member alice = chat.enter("alice");
        const Member bob = chat.enter("bob");
        chat.heard(alice);
        chat.do_(bob, Kind::join, "Garden", {}, {}, 1);
        CHECK(chat.heard(alice) == "bob left the room\n");
        CHECK(chat.heard(bob) == "You left lobby\nIn Garden now: bob\n");
        chat.say(bob, "alone");
        CHECK(chat.heard(alice).empty());
        chat.do_(alice, Kind::join, "garden", {}, {}, 1);
        CHECK(chat.heard(alice).ends_with("alone\n")); // the history
        CHECK(chat.heard(bob) == "alice entered the room\n");
        chat.do_(bob, Kind::join, "garden", {}, {}, 1);
        CHECK(chat.heard(bob) == "Already in the room\n");
        chat.do_(bob, Kind::join, "a room", {}, {}, 1);
        CHECK(chat.heard(bob) == "A room cannot be called that\n");
        chat.do_(bob, Kind::part);
        CHECK(chat.heard(bob) == "You left Garden\n");
        chat.say(bob, "nowhere");
        CHECK(chat.heard(bob) == "You are in no room: /join ROOM\n");
        chat.do_(alice, Kind::rooms);
        CHECK(chat.heard(alice) == "bob left the room\nGarden (1) \n");
    }

    TEST_CASE("who shares several rooms with somebody hears of their going once") {
        TestChat chat;
        const Member alice = chat.enter("alice");
        const Member bob = chat.enter("bob");
        for (const Member member : {alice, bob})
            chat.do_(member, Kind::join, "second");
        chat.heard(alice);
        chat.do_(bob, Kind::rename, {}, "robert");
        CHECK(chat.heard(alice) == "bob is now known as robert\n");
        chat.go(bob);
        CHECK(chat.heard(alice) == "robert left the room\n");
    }

    TEST_CASE("who leaves all rooms is still there") {
        TestChat chat;
        const Member alice = chat.enter("alice");
        const Member bob = chat.enter("bob");
        chat.heard(alice);
        chat.do_(bob, Kind::join, "sea");
        chat.do_(bob, Kind::part, {}, {}, {}, 1);
        CHECK(chat.heard(alice) == "bob left the room\n");
        CHECK(chat.hub.members() == 2);
        chat.say(alice, "alone");
        CHECK(chat.heard(bob).find("alone") == std::string::npos);
    }

    TEST_CASE("names are changed to what is free, or to another spelling of one's own") {
        TestChat chat;
        const Member alice = chat.enter("alice");
        const Member bob = chat.enter("bob");
        chat.heard(alice);
        chat.do_(bob, Kind::rename, {}, "ALICE");
        CHECK(chat.heard(bob) == "The name ALICE is in use. Please choose another one:\n");
        chat.do_(bob, Kind::rename, {}, "Bob");
        CHECK(chat.heard(bob) == "You are now known as Bob\n");
        CHECK(chat.heard(alice) == "bob is now known as Bob\n");
    }

    TEST_CASE("newcomers are told the topic, who is there and what was said last") {
        TestChat chat(R"(, "history": {"messages": 3, "shown": 2})");
        const Member alice = chat.enter("alice");
        chat.do_(alice, Kind::topic, {}, {}, "birds", 1);
        for (const char* const word : {"one", "two", "three", "four"})
            chat.say(alice, word);
        const Member bob = chat.connect();
        chat.do_(bob, Kind::enter, {}, "bob");
        const std::string told = chat.heard(bob);
        CHECK(told.find("The topic of lobby: birds\nIn lobby now: alice, bob\n") !=
              std::string::npos);
        CHECK(told.find("two") == std::string::npos);
        CHECK(told.find("] alice: three\n") < told.find("] alice: four\n"));
        chat.do_(bob, Kind::history, {}, {}, {}, 100);
        CHECK(chat.heard(bob).find("alice: two") != std::string::npos);
    }

    TEST_CASE("who is ignored is not heard, in rooms and in private, until no longer ignored") {
        TestChat chat;
        const Member alice = chat.enter("alice");
        const Member bob = chat.enter("bob");
        const Member carol = chat.enter("carol");
        chat.do_(alice, Kind::ignore, {}, "BOB", {}, 1);
        chat.heard(alice);
        chat.heard(carol);
        chat.say(bob, "hello");
        chat.do_(bob, Kind::say, {}, "alice", "psst");
        CHECK(chat.heard(alice).empty());
        CHECK(chat.heard(carol) == "bob: hello\n");
        chat.do_(alice, Kind::ignore, {}, "bob", {}, 2);
        CHECK(chat.heard(alice) == "You hear bob again\n");
        chat.do_(bob, Kind::say, {}, "alice", "psst");
        CHECK(chat.heard(alice) == "bob to you: psst\n");
    }

    TEST_CASE("who speaks too fast is told so, and not heard") {
        TestChat chat(R"(, "limits": {"speech_per_member": {"per_second": 1, "burst": 2}})");
        const Member alice = chat.enter("alice");
        const Member bob = chat.enter("bob");
        chat.heard(alice);
        for (int i = 0; i < 3; ++i)
            chat.say(bob, "x");
        CHECK(chat.heard(alice) == "bob: x\nbob: x\n");
        CHECK(chat.heard(bob) == "You are too fast: not said. Wait 1 s.\n");
        chat.time.passed += 1s;
        chat.say(bob, "y");
        CHECK(chat.heard(alice) == "bob: y\n");
    }

    TEST_CASE("a storm of joins from one address is held up, and nobody else's") {
        TestChat chat(R"(, "limits": {"joins_per_address": {"per_second": 1, "burst": 2}})");
        const Member one = chat.enter("one");
        chat.enter("two");
        chat.do_(one, Kind::join, "more");
        CHECK(chat.heard(one).ends_with("Too many joins: wait 1 s\n"));
        const Member other = chat.connect("198.51.100.1");
        chat.do_(other, Kind::enter, {}, "other");
        CHECK(chat.heard(other).find("In lobby now") != std::string::npos);
    }

    TEST_CASE("rooms, members and names are limited") {
        TestChat chat(R"(, "limits": {"members": 3}, "rooms": {"most": 2, "most_members": 2})");
        const Member alice = chat.enter("alice");
        chat.enter("bob");
        const Member carol = chat.connect();
        chat.do_(carol, Kind::enter, {}, "carol");
        CHECK(chat.heard(carol).ends_with("lobby is full\n"));
        const Member dave = chat.connect();
        chat.do_(dave, Kind::enter, {}, "dave");
        CHECK(chat.heard(dave).ends_with("The server is full. Please try again later.\n"));
        chat.do_(alice, Kind::join, "second");
        chat.heard(alice);
        chat.do_(alice, Kind::join, "third");
        CHECK(chat.heard(alice) == "There are too many rooms\n");
    }

    TEST_CASE("what is said is limited in length") {
        TestChat chat(R"(, "limits": {"line_bytes": 64})");
        const Member alice = chat.enter("alice");
        chat.say(alice, std::string(65, 'x'));
        CHECK(chat.heard(alice) == "The line is too long: not said\n");
    }

    TEST_CASE("only who has a name may ask, and nothing harms the hub") {
        TestChat chat;
        const Member client = chat.connect();
        chat.heard(client);
        chat.say(client, "hello");
        CHECK(chat.heard(client) == "First say who you are. What is your name?\n");
        chat.do_(client, Kind::hello);            // a second one
        chat.do_(4711, Kind::say);                // nobody
        chat.do_(client, static_cast<Kind>(200)); // no request
        CHECK(chat.heard(client).empty());
    }
}

TEST_SUITE("chat/operators") {
    TEST_CASE("operators kick, and the kicked leaves once") {
        TestChat chat;
        const Member alice = chat.enter("alice");
        const Member bob = chat.enter("bob");
        const Member carol = chat.enter("carol");
        chat.do_(alice, Kind::kick, {}, "bob", "enough");
        CHECK(chat.heard(alice).ends_with("Only operators may do that\n"));
        chat.do_(alice, Kind::become_operator, {}, "root");
        chat.heard(alice);
        chat.heard(carol);
        chat.do_(alice, Kind::kick, {}, "bob", "enough");
        CHECK(chat.heard(bob).ends_with("You have been removed from the chat. enough\n"));
        CHECK(chat.answer(bob) == Answer::closing);
        CHECK(chat.heard(carol) == "bob left the room\n");
        chat.go(bob);
        CHECK(chat.heard(carol).empty());
        chat.enter("bob"); // the name is free
    }

    TEST_CASE("bans hit names, addresses and ranges, those present too, and expire") {
        TestChat chat;
        const Member alice = chat.enter("alice", "192.0.2.1");
        chat.do_(alice, Kind::become_operator, {}, "root");
        const Member bob = chat.enter("bob", "198.51.100.7");
        chat.do_(alice, Kind::ban, {}, "198.51.100.0/24", "no", 60);
        CHECK(chat.answer(bob) == Answer::closing);
        const Member again = chat.connect("198.51.100.8");
        CHECK(chat.answer(again) == Answer::closing);
        chat.time.passed += 61s;
        CHECK(chat.heard(chat.connect("198.51.100.8")).starts_with("Welcome"));
        chat.do_(alice, Kind::ban, {}, "Mallory", {}, 0);
        const Member mallory = chat.connect();
        chat.do_(mallory, Kind::enter, {}, "mallory");
        CHECK(chat.heard(mallory).ends_with("You are banned\n"));
        chat.do_(alice, Kind::unban, {}, "MALLORY");
        chat.do_(mallory, Kind::enter, {}, "mallory");
        CHECK(chat.heard(mallory).starts_with("Hello mallory"));
    }

    TEST_CASE("the muted are not heard") {
        TestChat chat;
        const Member alice = chat.enter("alice");
        const Member bob = chat.enter("bob");
        chat.do_(alice, Kind::become_operator, {}, "root");
        chat.do_(alice, Kind::mute, {}, "bob", "hush", 60);
        chat.heard(alice);
        chat.say(bob, "hello");
        CHECK(chat.heard(bob).ends_with("You are muted\n"));
        CHECK(chat.heard(alice).empty());
        chat.time.passed += 61s;
        chat.say(bob, "hello");
        CHECK(chat.heard(alice) == "bob: hello\n");
    }

    TEST_CASE("the administrator speaks to everybody, in every room and in none") {
        TestChat chat;
        const Member alice = chat.enter("alice");
        const Member bob = chat.enter("bob");
        chat.do_(bob, Kind::part);
        chat.heard(alice);
        chat.heard(bob);
        const Member administrator = chat.connect("local", Door::administrator);
        chat.do_(administrator, Kind::announce, {}, {}, "lunch");
        CHECK(chat.heard(alice) == "ADMINISTRATOR: lunch\n");
        CHECK(chat.heard(bob) == "ADMINISTRATOR: lunch\n");
        CHECK(chat.heard(administrator) == "Announced\n");
        chat.do_(bob, Kind::announce, {}, {}, "me too");
        CHECK(chat.heard(bob) == "Only operators may do that\n");
    }

    TEST_CASE("what came through other doors cannot harm a terminal") {
        TestChat chat;
        const Member alice = chat.enter("alice");
        const Member bob = chat.enter("bob");
        chat.heard(alice);
        chat.say(bob, "\x02"
                      "bold\x1b[2J");
        CHECK(chat.heard(alice) == "bob: bold[2J\n");
        chat.say(bob, "a\xC2\x9B" // one code point, as good as ESC [
                      "2Jb");
        CHECK(chat.heard(alice) == "bob: a2Jb\n");
        chat.do_(bob, Kind::away, {}, {}, "tea\x1b[2J");
        chat.do_(alice, Kind::say, {}, "bob", "there?");
        CHECK(chat.heard(alice).find('\x1b') == std::string::npos);
        chat.do_(bob, Kind::join, "sea", {}, {}, 1);
        chat.do_(alice, Kind::join, "sea", {}, {}, 1);
        chat.heard(alice);
        chat.do_(bob, Kind::mode, "sea", "x\x1b[2J", {}, chat::change_of(true, 'b'));
        CHECK(chat.heard(alice).find("x[2J") != std::string::npos);
    }
}

TEST_SUITE("chat/rooms") {
    TEST_CASE("modes: who may come in, who may speak, who may set the topic") {
        TestChat chat;
        const Member owner = chat.enter("owner");
        const Member guest = chat.enter("guest");
        chat.do_(owner, Kind::join, "club", {}, {}, 1);
        const auto mode = [&](Member who, bool set, char letter, const char* argument = "") {
            chat.heard(who);
            chat.do_(who, Kind::mode, "club", argument, {}, chat::change_of(set, letter));
            return chat.heard(who);
        };
        const auto guest_joins = [&](std::string_view key = {}) {
            chat.heard(guest);
            chat.do_(guest, Kind::join, "club", {}, key, 1);
            return chat.heard(guest);
        };
        CHECK(mode(owner, true, 'k', "sesame") == "owner set +k *\n");
        CHECK(guest_joins() == "club needs the right key: /join ROOM KEY\n");
        CHECK(mode(owner, false, 'k') == "owner set -k *\n");
        CHECK(mode(owner, true, 'i') == "owner set +i \n");
        CHECK(guest_joins() == "club is for those who are invited\n");
        chat.do_(owner, Kind::invite, "club", "guest");
        CHECK(chat.heard(guest) == "owner invites you to club\n");
        CHECK(guest_joins().ends_with("In club now: owner, guest\n"));
        CHECK(mode(guest, true, 'm') == "Only operators of the room may do that\n");
        CHECK(mode(owner, true, 'm') == "owner set +m \n");
        chat.heard(guest);
        chat.say(guest, "hello");
        CHECK(chat.heard(guest) == "In club only some may speak\n");
        CHECK(mode(owner, true, 'v', "guest") == "owner set +v guest\n");
        chat.say(guest, "hello");
        CHECK(chat.heard(owner) == "guest: hello\n");
        CHECK(mode(owner, true, 't') == "owner set +t \n");
        chat.heard(guest);
        chat.do_(guest, Kind::topic, "club", {}, "mine", 1);
        CHECK(chat.heard(guest) == "Only operators of the room may do that\n");
        chat.do_(owner, Kind::kick, "club", "guest", "bye");
        CHECK(chat.heard(guest) == "guest was removed from the room by owner bye\n");
        CHECK(mode(owner, false, 'i') == "owner set -i \n");
        CHECK(mode(owner, true, 'b', "guest!*@*") == "owner set +b guest!*@*\n");
        CHECK(guest_joins() == "You are banned from club\n");
        CHECK(mode(owner, false, 'b', "guest!*@*") == "owner set -b guest!*@*\n");
        CHECK(mode(owner, true, 'l', "1") == "owner set +l 1\n");
        CHECK(guest_joins() == "club is full\n");
        CHECK(mode(owner, true, 's') == "owner set +s \n");
        chat.do_(guest, Kind::rooms);
        CHECK(chat.heard(guest) == "There are no rooms\n");
    }

    TEST_CASE(
        "a room that lets outsiders speak hears them, a lone member too, and they themselves") {
        TestChat chat;
        const Member owner = chat.enter("owner");
        const Member outsider = chat.enter("outsider");
        chat.do_(owner, Kind::join, "club", {}, {}, 1);
        chat.heard(owner);
        chat.heard(outsider);
        chat.do_(outsider, Kind::say, "club", {}, "hello?");
        CHECK(chat.heard(owner).empty());
        CHECK(chat.heard(outsider) == "You are in no room: /join ROOM\n");
        chat.do_(owner, Kind::mode, "club", {}, {}, chat::change_of(false, 'n'));
        chat.heard(owner);
        chat.do_(outsider, Kind::say, "club", {}, "hello?");
        CHECK(chat.heard(owner) == "outsider: hello?\n");
        CHECK(chat.heard(outsider).empty()); // as any speaker at the line door
    }

    TEST_CASE("masks have stars and question marks") {
        using chat::mask_fits;
        CHECK(mask_fits("*", ""));
        CHECK(mask_fits("*!*@192.0.2.*", "Bob!bob@192.0.2.7"));
        CHECK(mask_fits("b?b!*@*", "BOB!x@y"));
        CHECK_FALSE(mask_fits("b?b!*@*", "bb!x@y"));
        CHECK_FALSE(mask_fits("", "a"));
        CHECK(mask_fits("a*b*c", "aXbYbZc"));
        const std::string hostile(200, 'a');
        CHECK_FALSE(mask_fits("*a*a*a*a*a*a*a*b", hostile));
    }

    TEST_CASE("ranges of addresses") {
        using chat::AddressRange;
        const auto fits = [](const char* range, const char* address) {
            const auto one = AddressRange::parse(range);
            const auto other = AddressRange::parse(address);
            REQUIRE(one);
            REQUIRE(other);
            return one->contains(*other);
        };
        CHECK(fits("192.0.2.0/24", "192.0.2.255"));
        CHECK_FALSE(fits("192.0.2.0/25", "192.0.2.128"));
        CHECK(fits("0.0.0.0/0", "10.1.2.3"));
        CHECK_FALSE(fits("0.0.0.0/0", "::1"));
        CHECK(fits("2001:db8::/33", "2001:db8:7fff::1"));
        CHECK_FALSE(fits("2001:db8::/33", "2001:db8:8000::1"));
        CHECK(fits("::ffff:192.0.2.1", "192.0.2.1"));
        for (const char* const bad :
             {"", "bob", "1.2.3", "1.2.3.4/33", "1.2.3.4/", "::/129", "1.2.3.4/x"})
            CHECK_FALSE(AddressRange::parse(bad));
    }
}

} // namespace tern::chat_hub_test
