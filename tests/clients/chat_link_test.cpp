#include "clients/chat/back_off.h"
#include "clients/chat/datagram_link.h"
#include "clients/chat/destination.h"

#include <doctest/doctest.h>

namespace tern::chat_client {
namespace {

TEST_CASE("a destination is a host, perhaps with a port") {
    const auto check = [](const char* text, const char* host, unsigned port) {
        const auto destination = destination_from(text, 4000);
        REQUIRE_MESSAGE(destination.has_value(), text);
        CHECK(destination->host == host);
        CHECK(destination->port == port);
    };
    check("localhost", "localhost", 4000);
    check("localhost:99", "localhost", 99);
    check("::1", "::1", 4000);
    check("[::1]", "::1", 4000);
    check("[::1]:99", "::1", 99);
    for (const char* const text :
         {"", ":99", "a:", "a:0", "a:70000", "a:x", "[::1", "[::1]99", "[]:9"})
        CHECK_FALSE_MESSAGE(destination_from(text, 1).has_value(), text);
}

TEST_CASE("a token is found whatever the words around it, and only its own words renew it") {
    TokenFinder finder;
    CHECK(finder.find_first("no token: 0123456789abcde or 0123456789abcdef0\n") == std::nullopt);
    CHECK(finder.find_first("你的令牌是 0123456789abcdef。0123456789abcdef 名字\n") ==
          "0123456789abcdef");
    CHECK(finder.find_again("你的令牌是 fedcba9876543210。fedcba9876543210 名字\n") ==
          "fedcba9876543210");
    CHECK(finder.find_again("fedcba9876543210\n") == "fedcba9876543210");
    CHECK(finder.find_again("ann: fedcba9876543210\n") == std::nullopt);
    CHECK(finder.find_again("pong\n") == std::nullopt);
}

TEST_CASE("attempts become rarer up to a limit, and frequent again after success") {
    BackOff back_off(1);
    BackOff::Duration before(0);
    for (int attempt = 0; attempt < 6; ++attempt) {
        const BackOff::Duration pause = back_off.next();
        CHECK(pause > before);
        before = pause;
    }
    for (int attempt = 0; attempt < 10; ++attempt)
        CHECK(back_off.next() <= BackOff::longest * 5 / 4);
    back_off.reset();
    CHECK(back_off.next() <= BackOff::shortest * 5 / 4);
}

} // namespace
} // namespace tern::chat_client
