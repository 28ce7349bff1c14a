#include "clients/chat/conversation.h"

#include <doctest/doctest.h>

namespace tern::chat_client {
namespace {

using Lines = Conversation::Lines;
using First = Conversation::First;

TEST_CASE(
    "a name that is known is said as soon as the server asks, and speech waits for the answer") {
    Conversation conversation("ann");
    CHECK(conversation.connected(First::server) == Lines{});
    CHECK(conversation.typed("hello") == Lines{});
    CHECK(conversation.heard() == Lines{"ann"});
    CHECK(conversation.heard() == Lines{});
    CHECK_FALSE(conversation.is_in());
    CHECK(conversation.heard() == Lines{"hello"});
    CHECK(conversation.is_in());
    CHECK(conversation.typed("again") == Lines{"again"});
}

TEST_CASE("the first line that is typed is the name where none is known") {
    Conversation conversation("");
    CHECK(conversation.connected(First::server) == Lines{});
    CHECK(conversation.heard() == Lines{});
    CHECK(conversation.typed(" ann ") == Lines{"ann"});
    CHECK(conversation.name() == "ann");
    CHECK(conversation.heard() == Lines{});
    CHECK(conversation.heard() == Lines{});
    CHECK(conversation.is_in());
}

TEST_CASE("after a refusal another name can be typed, and what was held back waits on") {
    Conversation conversation("ann");
    conversation.connected(First::server);
    conversation.heard();
    CHECK(conversation.heard() == Lines{}); // one line: refused
    CHECK(conversation.typed("bob") == Lines{"bob"});
    CHECK(conversation.heard() == Lines{});
    CHECK_FALSE(conversation.is_in());
    CHECK(conversation.heard() == Lines{});
    CHECK(conversation.is_in());
    CHECK(conversation.name() == "bob");
}

TEST_CASE("over datagrams the client speaks first, and the greeting comes late") {
    Conversation conversation("ann");
    CHECK(conversation.connected(First::client) == Lines{"ann"});
    CHECK(conversation.heard() == Lines{}); // the greeting
    CHECK(conversation.heard() == Lines{});
    CHECK_FALSE(conversation.is_in());
    CHECK(conversation.heard() == Lines{});
    CHECK(conversation.is_in());
}

TEST_CASE("who comes back enters by the same name, or by the one that was taken since") {
    Conversation conversation("ann");
    conversation.connected(First::server);
    for (int line = 0; line < 3; ++line)
        conversation.heard();
    CHECK(conversation.typed("/nick eve") == Lines{"/nick eve"});
    conversation.disconnected();
    CHECK_FALSE(conversation.is_in());
    conversation.connected(First::server);
    CHECK(conversation.heard() == Lines{"eve"});
}

TEST_CASE("leaving comes after what was said before it") {
    Conversation conversation("ann");
    conversation.connected(First::server);
    CHECK(conversation.typed("hello") == Lines{});
    CHECK(conversation.leave() == Lines{});
    CHECK_FALSE(conversation.is_leaving());
    CHECK(conversation.heard() == Lines{"ann"});
    conversation.heard();
    CHECK(conversation.heard() == Lines{"hello", "/quit"});
    CHECK(conversation.is_leaving());
}

TEST_CASE("leaving now waits for nothing") {
    Conversation conversation("ann");
    conversation.connected(First::server);
    conversation.typed("hello");
    CHECK(conversation.leave_now() == Lines{"/quit"});
    CHECK(conversation.is_leaving());
}

} // namespace
} // namespace tern::chat_client
