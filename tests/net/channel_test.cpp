// The message pipe between a process and its child.

#include "common/net/channel.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <string>

using namespace tern;
using net::Channel;

TEST_SUITE("net/channel") {
    TEST_CASE("messages keep their boundaries and their order, both ways") {
        const auto [one, other] = Channel::make();
        REQUIRE(one.send("first"));
        REQUIRE(one.send(std::string("a\0b", 3)));
        REQUIRE(other.send("back"));
        CHECK(other.receive().value() == "first");
        CHECK(other.receive().value() == std::string("a\0b", 3));
        CHECK(one.receive().value() == "back");
        CHECK(other.receive().error() == std::errc::operation_would_block);
    }

    TEST_CASE("both ends are non-blocking and closed on exec") {
        const auto [one, other] = Channel::make();
        for (const Channel* end : {&one, &other}) {
            CHECK((::fcntl(end->descriptor(), F_GETFL) & O_NONBLOCK) != 0);
            CHECK((::fcntl(end->descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
        }
    }

    TEST_CASE("the longest message arrives whole, a longer one is refused") {
        const auto [one, other] = Channel::make();
        const std::string longest(net::channel_message_limit, 'x');
        REQUIRE(one.send(longest));
        CHECK((other.receive().value() == longest));
        CHECK(one.send(longest + "x").error() == std::errc::message_size);
        CHECK(other.receive().error() == std::errc::operation_would_block);
    }

    TEST_CASE("a full channel takes a message whole or not at all") {
        const auto [one, other] = Channel::make();
        const std::string message(1000, 'm');
        std::size_t sent = 0;
        Result<void> result = Result<void>();
        while ((result = one.send(message)))
            ++sent;
        CHECK(result.error() == std::errc::operation_would_block);
        CHECK(sent > 10);
        for (std::size_t i = 0; i < sent; ++i)
            CHECK((other.receive().value() == message));
        CHECK(other.receive().error() == std::errc::operation_would_block);
        CHECK(one.send(message));
    }

    TEST_CASE("what was said before the end can still be read") {
        auto [one, other] = Channel::make();
        REQUIRE(one.send("last words"));
        { const Channel gone = std::move(one); }
        CHECK(other.receive().value() == "last words");
        CHECK(other.receive().error() == Condition::closed);
        CHECK(other.receive().error() == Condition::closed);
        CHECK(other.send("anybody?").error() == Condition::closed);
    }

    TEST_CASE("an end that dies with unread messages looks closed") {
        auto [one, other] = Channel::make();
        REQUIRE(one.send("nobody reads this"));
        { const Channel gone = std::move(other); }
        CHECK(one.send("anybody?").error() == Condition::closed);
        CHECK(one.receive().error() == Condition::closed);
    }
}
