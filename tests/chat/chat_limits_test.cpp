// How often members may ask for something.

#include "tests/chat/test_chat.h"

#include <doctest/doctest.h>

#include <string>

namespace tern::chat_limits_test {

using namespace tern;
using namespace std::chrono_literals;
using chat::Answer;
using test::TestChat;
using Kind = chat::Request::Kind;

TEST_SUITE("chat/limits") {
    TEST_CASE("whatever is asked for too fast is refused, and done again after a pause") {
        const std::string burst_of_3 = R"({"per_second": 1, "burst": 3})";
        for (const char* const limit : {"requests_per_member", "requests_per_address"}) {
            for (const Kind kind :
                 {Kind::rename, Kind::join, Kind::part, Kind::topic, Kind::names, Kind::rooms,
                  Kind::whois, Kind::find, Kind::search, Kind::history, Kind::ignore, Kind::away,
                  Kind::invite, Kind::mode, Kind::modes, Kind::kick, Kind::ban, Kind::announce}) {
                TestChat chat(std::string(R"(, "limits": {")") + limit + "\": " + burst_of_3 + "}");
                const Member alice = chat.enter("alice", "192.0.2.2");
                const Member bob = chat.enter("bob");
                for (int i = 0; i < 2; ++i)
                    chat.do_(bob, Kind::whois, {}, "nobody");
                chat.heard(alice);
                chat.heard(bob);
                chat.do_(bob, kind, "lobby", "bobby", "x", 1);
                CHECK(chat.heard(alice).empty());
                CHECK(chat.heard(bob) == "You are too fast: not done. Wait 1 s.\n");
                chat.say(bob, "that I may"); // which has limits of its own
                CHECK(chat.heard(alice) == "bob: that I may\n");
                chat.time.passed += 1s;
                chat.do_(bob, Kind::topic, {}, {}, "birds", 1);
                CHECK(chat.heard(alice) == "bob changed the topic to: birds\n");
            }
        }
    }

    TEST_CASE("a long answer counts as several requests") {
        TestChat chat(R"(, "limits": {"requests_per_member": {"per_second": 1, "burst": 7},
                                      "line_bytes": 16384})");
        const Member alice = chat.enter("alice");
        for (int i = 0; i < 12; ++i)
            chat.say(alice, std::string(16'000, 'x'));
        chat.do_(alice, Kind::history, {}, {}, {}, 100); // twice 64 KiB and more
        CHECK((chat.heard(alice).size() > 180'000));
        chat.do_(alice, Kind::history, {}, {}, {}, 100);
        CHECK((chat.heard(alice).size() > 180'000));
        chat.do_(alice, Kind::topic);
        CHECK(chat.heard(alice) == "You are too fast: not done. Wait 1 s.\n");
    }

    TEST_CASE("operators may ask for as much as they like, and a name costs a request too") {
        TestChat chat(R"(, "limits": {"requests_per_member": {"per_second": 1, "burst": 2}})");
        const Member nameless = chat.connect();
        for (int i = 0; i < 3; ++i)
            chat.do_(nameless, Kind::enter, {}, "server");
        CHECK(chat.heard(nameless).ends_with("You are too fast: not done. Wait 1 s.\n"));
        CHECK(chat.answer(nameless) == Answer::not_named);
        const Member root = chat.enter("root");
        chat.do_(root, Kind::become_operator, {}, "root");
        for (int i = 0; i < 10; ++i)
            chat.do_(root, Kind::topic);
        CHECK(chat.heard(root).ends_with("lobby has no topic\n"));
    }
}

} // namespace tern::chat_limits_test
