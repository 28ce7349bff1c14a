#include "clients/chat/appearance.h"

#include <doctest/doctest.h>

namespace tern::chat_client {
namespace {

TEST_CASE("without colour a harmless message is shown as it is") {
    const Appearance plain(false, false, false);
    CHECK(plain.message("ann: 你好 🐦", "bob", 0) == "ann: 你好 🐦");
    CHECK(plain.notice("lost", 0) == "-- lost");
}

TEST_CASE("a message cannot control the terminal") {
    for (const bool has_colour : {false, true}) {
        const Appearance appearance(has_colour, false, false);
        const std::string shown = appearance.message("ann: \x1b]0;x\x07\x9b 2J\xc2\x9b", "", 0);
        CHECK(shown.find("\x1b]") == std::string::npos);
        CHECK(shown.find('\x07') == std::string::npos);
        CHECK(shown.find("\xc2\x9b") == std::string::npos);
        CHECK(shown.find("\\x1b]0;x\\x07\\x9b 2J\\u009b") != std::string::npos);
    }
}

TEST_CASE("the bell rings for one's own name in the mouth of others") {
    const Appearance rings(false, false, true);
    CHECK(rings.message("bob: hi ann", "ann", 0).ends_with('\a'));
    CHECK_FALSE(rings.message("ann: I am ann", "ann", 0).ends_with('\a'));
    CHECK_FALSE(rings.message("bob: hi", "ann", 0).ends_with('\a'));
    CHECK_FALSE(rings.message("ann entered the room", "ann", 0).ends_with('\a'));
    CHECK_FALSE(Appearance(false, false, false).message("bob: ann", "ann", 0).ends_with('\a'));
}

TEST_CASE("a timestamp has hours and minutes") {
    const std::string shown = Appearance(false, true, false).message("x", "", 1'000'000'000);
    REQUIRE(shown.size() == 7);
    CHECK(shown[2] == ':');
    CHECK(shown.ends_with(" x"));
}

} // namespace
} // namespace tern::chat_client
