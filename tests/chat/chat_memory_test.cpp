// What rooms keep: what was said in them, and what was set.

#include "tests/chat/test_chat.h"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <map>
#include <string>

namespace tern::chat_memory_test {

using namespace tern;
using namespace std::chrono_literals;
using chat::Door;
using test::TestChat;
using Kind = chat::Request::Kind;

namespace {

/// Keeps of each room what was set there last.
class LastStates final : public chat::Journal {
public:
    void record(std::string_view, const chat::Said&) noexcept override {}
    void record(std::string_view room, const chat::RoomState& state) noexcept override {
        states[std::string(room)] = state;
        ++count;
    }

    std::map<std::string, chat::RoomState> states;
    std::size_t count = 0;
};

} // namespace

TEST_SUITE("chat/memory") {
    TEST_CASE("the history between two messages is told from either end") {
        TestChat chat;
        const Member alice = chat.enter("alice");
        for (const char* const text : {"one", "two", "three", "four", "five"})
            chat.say(alice, text);
        const auto between = [&](const std::string& ids, std::uint64_t most) {
            chat.heard(alice);
            chat.do_(alice, Kind::history, "lobby", {}, "between " + ids, most);
            std::string told = chat.heard(alice), words;
            for (const char* const text : {"one", "two", "three", "four", "five"})
                if (told.find(text) != std::string::npos)
                    words.append(text).append(" ");
            return words;
        };
        CHECK(between("1 4", 9) == "two three ");
        CHECK(between("4 1", 9) == "two three ");
        CHECK(between("1 5", 2) == "two three ");
        CHECK(between("5 1", 2) == "three four ");
        CHECK(between("2 2", 9) == "");
        CHECK(between("9 7", 9) == "");
    }

    TEST_CASE("history is told from a message or a time on, in either direction") {
        TestChat chat;
        const Member alice = chat.enter("alice");
        const std::array<const char*, 5> texts = {"one", "two", "three", "four", "five"};
        const auto since_1970 = chat.time.wall().time_since_epoch();
        for (const char* const text : texts) {
            chat.time.passed += 1s;
            chat.say(alice, text);
        }
        const auto at = [&](std::chrono::milliseconds time) { // 1s: when "one" was said
            const auto all = std::chrono::floor<std::chrono::milliseconds>(since_1970) + time;
            return '@' + std::to_string(all.count());
        };
        const auto told = [&](const std::string& which, std::uint64_t most = 9) {
            chat.heard(alice);
            chat.do_(alice, Kind::history, "lobby", {}, which, most);
            const std::string all = chat.heard(alice);
            std::string words;
            for (const char* const text : texts)
                if (all.find(text) != std::string::npos)
                    words.append(text).append(" ");
            return words;
        };
        CHECK(told("latest", 2) == "four five ");
        for (const std::string& second : {std::string("2"), at(2s)}) {
            CHECK(told("before " + second) == "one ");
            CHECK(told("after " + second, 2) == "three four ");
            CHECK(told("since " + second, 2) == "four five ");
            CHECK(told("around " + second, 3) == "one two three ");
            CHECK(told("between " + second + " " + at(5s)) == "three four ");
            CHECK(told("between " + at(5s) + " " + second, 1) == "four ");
        }
        CHECK(told("before " + at(2500ms), 1) == "two ");
        CHECK(told("after " + at(2500ms), 1) == "three ");
        CHECK(told("around " + at(2500ms), 2) == "two three ");
        CHECK(told("before " + at(0s)) == "");
        CHECK(told("after " + at(5s)) == "");
        CHECK(told("after 0 nonsense").find("one two three ") == 0);
        CHECK(told("before @") == "");
        CHECK(told("between " + at(9s)) == "one two three four five ");
    }

    TEST_CASE("one is told which of one's rooms were spoken in last") {
        TestChat chat;
        const Member alice = chat.connect("192.0.2.1", Door::irc);
        chat.do_(alice, Kind::enter, {}, "alice");
        const auto began =
            std::chrono::floor<std::chrono::milliseconds>(chat.time.wall().time_since_epoch());
        for (const char* const room : {"sea", "air", "lobby", "mute"})
            chat.do_(alice, Kind::join, room);
        for (const char* const room : {"sea", "air", "lobby", "sea"}) {
            chat.time.passed += 1s;
            chat.do_(alice, Kind::say, room, {}, "hello");
        }
        const auto told = [&](std::chrono::seconds from, std::chrono::seconds to,
                              std::uint64_t most = 9) {
            chat.heard(alice);
            chat.do_(alice, Kind::histories, {}, {},
                     std::to_string((began + from).count()) + ' ' +
                         std::to_string((began + to).count()),
                     most);
            const std::string all = chat.heard(alice);
            std::string rooms;
            for (std::size_t at = all.find('#'); at != std::string::npos;
                 at = all.find('#', at + 1))
                rooms += all.substr(at + 1, all.find(' ', at) - at);
            return rooms;
        };
        CHECK(told(0s, 9s) == "air lobby sea ");
        CHECK(told(0s, 9s, 2) == "air lobby ");
        CHECK(told(9s, 0s, 2) == "lobby sea ");
        CHECK(told(2s, 4s) == "lobby ");
        CHECK(told(5s, 9s) == "");
    }

    TEST_CASE("what is too old is not history") {
        TestChat chat(R"(, "history": {"days": 1})");
        const Member alice = chat.enter("alice");
        chat.say(alice, "old");
        chat.time.passed = 25h;
        const Member bob = chat.connect();
        chat.do_(bob, Kind::enter, {}, "bob");
        CHECK(chat.heard(bob).find("old") == std::string::npos);
    }

    TEST_CASE("what was set in a room outlives its members, but not that one must be invited") {
        TestChat chat;
        const Member alice = chat.enter("alice");
        const Member bob = chat.enter("bob");
        chat.do_(alice, Kind::join, "club", {}, {}, 1);
        chat.do_(alice, Kind::topic, {}, {}, "birds", 1);
        for (const char letter : {'k', 'i'})
            chat.do_(alice, Kind::mode, {}, "sesame", {}, chat::change_of(true, letter));
        chat.do_(alice, Kind::join, "lobby", {}, {}, 1);
        chat.heard(bob);
        chat.do_(bob, Kind::join, "club", {}, {}, 1);
        CHECK(chat.heard(bob) == "club needs the right key: /join ROOM KEY\n");
        chat.do_(bob, Kind::join, "club", {}, "sesame", 1);
        CHECK(chat.heard(bob).find("The topic of club: birds\n") != std::string::npos);
        chat.do_(bob, Kind::topic, {}, {}, {}, 1);
        chat.do_(bob, Kind::mode, {}, {}, {}, chat::change_of(false, 'k'));
        chat.do_(bob, Kind::join, "lobby", {}, {}, 1); // nothing is left that is worth a room
        chat.do_(alice, Kind::join, "CLUB", {}, {}, 1);
        CHECK(chat.heard(alice).find("In CLUB now: alice\n") != std::string::npos);
    }

    TEST_CASE("what was set so long ago that all that was said is forgotten holds no more") {
        TestChat chat(R"(, "history": {"days": 1})");
        const Member alice = chat.enter("alice");
        chat.do_(alice, Kind::join, "club", {}, {}, 1);
        chat.do_(alice, Kind::mode, {}, "sesame", {}, chat::change_of(true, 'k'));
        chat.do_(alice, Kind::join, "lobby", {}, {}, 1);
        chat.time.passed = 23h;
        const Member bob = chat.enter("bob");
        chat.do_(bob, Kind::join, "club", {}, {}, 1);
        CHECK(chat.heard(bob) == "club needs the right key: /join ROOM KEY\n");
        chat.time.passed = 25h;
        chat.do_(bob, Kind::join, "club", {}, {}, 1);
        CHECK(chat.heard(bob).find("In club now: bob\n") != std::string::npos);
    }

    TEST_CASE("what was set in a room is kept for the next life of the server") {
        LastStates kept;
        {
            TestChat chat({}, &kept);
            const Member alice = chat.enter("alice");
            chat.do_(alice, Kind::topic, {}, {}, "first", 1);
            chat.do_(alice, Kind::topic, {}, {}, "birds", 1);
            chat.do_(alice, Kind::join, "club", {}, {}, 1);
            for (const char letter : {'k', 'i', 's'})
                chat.do_(alice, Kind::mode, {}, "sesame", {}, chat::change_of(true, letter));
            CHECK(kept.count == 5);
            chat.do_(alice, Kind::mode, {}, {}, {}, chat::change_of(true, 's')); // it was so
            chat.do_(alice, Kind::mode, {}, "alice", {}, chat::change_of(true, 'v'));
            CHECK(kept.count == 5); // voices are the members'
        }
        TestChat chat;
        for (const auto& [room, state] : kept.states)
            chat.hub.restore(room, state);
        const Member bob = chat.connect();
        chat.do_(bob, Kind::enter, {}, "bob");
        CHECK(chat.heard(bob).find("The topic of lobby: birds\n") != std::string::npos);
        chat.do_(bob, Kind::join, "club", {}, {}, 1);
        CHECK(chat.heard(bob) == "club needs the right key: /join ROOM KEY\n");
        chat.do_(bob, Kind::join, "club", {}, "sesame", 1);
        CHECK(chat.heard(bob).find("In club now: bob\n") != std::string::npos);
        const Member carol = chat.enter("carol");
        chat.do_(carol, Kind::rooms);
        CHECK(chat.heard(carol).find("club") == std::string::npos); // secret
    }
}

} // namespace tern::chat_memory_test
