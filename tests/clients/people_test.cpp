#include "clients/chat/people.h"

#include "clients/chat/completion.h"

#include <doctest/doctest.h>

#include <string>

namespace tern::chat_client {
namespace {

using Names = std::vector<std::string>;

TEST_CASE("the speaker is the word before the first colon") {
    CHECK(speaker_of("ann: hello: you") == "ann");
    CHECK(speaker_of("小明：你好") == "小明");
    CHECK(speaker_of("ann to you: hello") == "");
    CHECK(speaker_of("hello") == "");
    CHECK(speaker_of(": hello") == "");
    CHECK(speaker_of("") == "");
}

TEST_CASE("a mention is a word of its own") {
    CHECK(mentions("bob: hi Ann!", "ann"));
    CHECK(mentions("bob: ann", "ann"));
    CHECK_FALSE(mentions("bob: the channel", "ann"));
    CHECK_FALSE(mentions("bob: anna", "ann"));
    CHECK(mentions("bob: 你好小明吗", "小明"));
    CHECK_FALSE(mentions("bob: hi", ""));
    CHECK_FALSE(mentions("", "ann"));
}

TEST_CASE("names are learnt from speech, lists and arrivals") {
    People people;
    people.learn_from("In lobby now: ann, bob");
    people.learn_from("carol entered the room");
    people.learn_from("大厅 中现在有：小明、小红");
    people.learn_from("dave: hello, all");
    CHECK(people.matching("") == Names{"dave", "小红", "小明", "carol", "bob", "ann"});
    CHECK(people.matching("A") == Names{"ann"});
    people.learn_from("ann: hi");
    CHECK(people.matching("").front() == "ann");
    CHECK(people.matching("").size() == 6);
}

TEST_CASE("no more names are kept than anybody needs") {
    People people;
    for (int i = 0; i < 10'000; ++i)
        people.learn("name" + std::to_string(i));
    CHECK(people.matching("").size() == 500);
    CHECK(people.matching("").front() == "name9999");
}

TEST_CASE("a word at the front becomes a command or somebody who is spoken to") {
    People people;
    people.learn("ann");
    CHECK(completions("/hi", 0, people) == Names{"/history"});
    CHECK(completions("a", 0, people) == Names{"ann:"});
    CHECK(completions("/msg a", 5, people) == Names{"ann"});
    CHECK(completions("x /h", 2, people) == Names{});
}

} // namespace
} // namespace tern::chat_client
