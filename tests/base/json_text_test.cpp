#include "common/base/json_text.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace tern::json_text_test {

using namespace tern;

namespace {

std::string complaint(std::string_view text) {
    try {
        parse_json(text);
    } catch (const JsonTextError& error) {
        return error.what();
    }
    return "none";
}

} // namespace

TEST_CASE("comments are allowed") {
    CHECK(parse_json("// one\n{ /* two */ \"a\": [1, // three\n 2] }") ==
          nlohmann::json({{"a", {1, 2}}}));
}

TEST_CASE("a mistake is found by line and column") {
    CHECK(complaint("{\n  \"a\": 1,\n  }").starts_with("3:3: syntax error"));
    CHECK(complaint("{\"a\" 1}").starts_with("1:6: syntax error"));
    CHECK(complaint("").starts_with("1:1: syntax error"));
    CHECK(complaint("{").starts_with("1:2: syntax error"));
    CHECK(complaint("\n\n\x01").starts_with("3:1: syntax error"));
    CHECK(complaint("{\"a\": \"two\nlines\"}").find('\n') == std::string::npos);
    CHECK(complaint("{} {}").starts_with("1:4: syntax error"));
}

TEST_CASE("a key that is there twice is an error with its place") {
    CHECK(complaint(R"({"a": 1, "b": 2, "a": 1})") == "/a: found a second time, allowed: once");
    CHECK(complaint(R"({"l": [{"a": 1}, 7, {"x": {}, "a": 1, "a": 2}]})") ==
          "/l/2/a: found a second time, allowed: once");
    CHECK(complaint(R"({"a/b~": {"c": [[1, {"d": 1, "d": 2}]]}})") ==
          "/a~1b~0/c/0/1/d: found a second time, allowed: once");
}

TEST_CASE("the same key in other objects is none") {
    CHECK(complaint(R"({"a": {"a": [{"a": 1}, {"a": 2}]}, "b": {"a": 1}})") == "none");
}

TEST_CASE("values in messages are short and harmless") {
    CHECK(brief(nlohmann::json("a\nb")) == R"("a\nb")");
    CHECK(brief(nlohmann::json(1.5)) == "1.5");
    CHECK(brief(nlohmann::json::array({1})) == "an array");
    CHECK(brief(nlohmann::json::object()) == "{}");
    CHECK(brief(nlohmann::json(std::string(1000, 'x'))).size() < 100);
}

} // namespace tern::json_text_test
