// Names of people and rooms.

#include "common/protocol/chat/name.h"

#include <doctest/doctest.h>

namespace tern::chat_name_test {

using namespace tern::chat;

TEST_SUITE("protocol/chat") {
    TEST_CASE("names are letters and digits of any script, in one form") {
        const NameRules rules{8, "_-", false};
        CHECK(name_from("bob_1", rules).text == "bob_1");
        CHECK(name_from("张三", rules).text == "张三");
        CHECK(name_from("e\xCC\x81", rules).text == "\xC3\xA9"); // composed
        CHECK(name_from("", rules).fault == NameFault::empty);
        CHECK(name_from("123456789", rules).fault == NameFault::too_long);
        CHECK(name_from(std::string(100'000, 'x'), rules).fault == NameFault::too_long);
        for (const char* const bad : {"a b", "a\tb", "a:b",
                                      "\xCC\x81"
                                      "a",
                                      "\xFF",
                                      "a\xE2\x80\x8B"
                                      "b",
                                      "\xF0\x9F\x90\xA6", "a\x1b",
                                      "\xE2\x80\xAE"
                                      "x"}) {
            CAPTURE(bad);
            CHECK(name_from(bad, rules).fault == NameFault::not_allowed);
        }
        CHECK(name_from("é", {8, "", true}).fault == NameFault::not_allowed);
    }

    TEST_CASE("where scripts may not mix, no name looks like another by letters of several") {
        const NameRules rules{32, "_-", false, false};
        for (const char* const good :
             {"ann", "анна", "Ελένη", "张san", "さくらsakura", "ann_1", "1ann", "שרה", "שרה_7",
              "سارة", "_анна-2", "\xEF\xBD\x81nn"}) {
            CAPTURE(good);
            CHECK(name_from(good, rules).fault == NameFault::none);
        }
        for (const char* const bad : {"\xD0\xB0nn", "ann\xCE\xBF", "\xCE\x91\xD0\x90", "שרהann",
                                      "annשרה", "7שרה", "_سارة"}) {
            CAPTURE(bad);
            CHECK(name_from(bad, rules).fault == NameFault::not_allowed);
            CHECK(name_from(bad, {32, "_-"}).fault == NameFault::none);
        }
    }

    TEST_CASE("case, width and composition make no other name") {
        CHECK(key_of("BOB") == key_of("bob"));
        CHECK(key_of("STRASSE") == key_of("straße"));
        CHECK(key_of("\xEF\xBC\xA2ob") == key_of("bob")); // a wide B
        CHECK(key_of("e\xCC\x81") == key_of("\xC3\x89"));
        CHECK(key_of("bob") != key_of("b0b"));
        CHECK(key_of("\xFF") == "\xFF");
    }
}

} // namespace tern::chat_name_test
