#include "common/base/escape.h"

#include "common/base/json_text.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace tern::escape_test {

using tern::printable;

namespace {

std::string json_string(std::string_view text) {
    std::string result;
    tern::append_json_string(result, text);
    return result;
}

} // namespace

TEST_CASE("ordinary text stays as it is") {
    CHECK(printable("GET /caf\u00e9?x=\"1\" \u4f60\u597d \U0001f426") ==
          "GET /caf\u00e9?x=\"1\" \u4f60\u597d \U0001f426");
}

TEST_CASE("control characters become visible") {
    CHECK(printable("a\nb\rc\td") == "a\\nb\\rc\\td");
    CHECK(printable(std::string_view("\0\x1b[2J\x7f", 6)) == "\\x00\\x1b[2J\\x7f");
    CHECK(printable("\u0085") == "\\u0085");
}

TEST_CASE("what would rearrange a line becomes visible") {
    CHECK(printable("\u202e") == "\\u202e");
    CHECK(printable("\u2066") == "\\u2066");
    CHECK(printable("\u2028") == "\\u2028");
}

TEST_CASE("bytes that are not UTF-8 become visible") {
    CHECK(printable("\xff") == "\\xff");
    CHECK(printable("\xc3") == "\\xc3");                   // cut off
    CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");          // overlong
    CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80"); // a surrogate
    CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
    CHECK(printable("\xe2\x82x") == "\\xe2\\x82x");
}

TEST_CASE("every byte and every pair of bytes makes a valid JSON string") {
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            const std::string text = {static_cast<char>(first), static_cast<char>(second)};
            REQUIRE(nlohmann::json::accept(json_string(text)));
        }
    }
}

TEST_CASE("JSON strings give back what went in") {
    for (const std::string text : {"plain", "quote \" backslash \\ \n \x01", "\u202e\u4f60"})
        CHECK(tern::parse_json(json_string(text)).get<std::string>() == text);
    CHECK(json_string("a\xff") == "\"a\xEF\xBF\xBD\"");
}

} // namespace tern::escape_test
