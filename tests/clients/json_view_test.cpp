#include "clients/http/json_view.h"

#include <doctest/doctest.h>

namespace tern::http_client {
namespace {

const terminal::Paint plain(false);

TEST_CASE("JSON is indented, and keeps its order and its numbers as they are written") {
    CHECK(json_view(R"({"b":[1,-2,1.50,1e300],"a":{"x":null,"y":true},"e":{},"f":[]})", plain) ==
          "{\n"
          "  \"b\": [\n"
          "    1,\n"
          "    -2,\n"
          "    1.50,\n"
          "    1e300\n"
          "  ],\n"
          "  \"a\": {\n"
          "    \"x\": null,\n"
          "    \"y\": true\n"
          "  },\n"
          "  \"e\": {},\n"
          "  \"f\": []\n"
          "}\n");
    CHECK(json_view("17", plain) == "17\n");
}

TEST_CASE("a member that is there twice is shown twice") {
    CHECK(json_view(R"({"a":1,"a":2})", plain) == "{\n  \"a\": 1,\n  \"a\": 2\n}\n");
}

TEST_CASE("a string cannot control the terminal") {
    const auto view = json_view(R"(["\u001b[31m","\u202e","\n"])", plain);
    REQUIRE(view);
    CHECK(view->find('\x1b') == std::string::npos);
    CHECK(*view == "[\n  \"\\u001b[31m\",\n  \"\\u202e\",\n  \"\\n\"\n]\n");
}

TEST_CASE("colours are there when they are wanted") {
    CHECK(json_view("[true]", terminal::Paint(true)) == "[\n  \x1b[33mtrue\x1b[0m\n]\n");
}

TEST_CASE("what is not JSON has no view") {
    for (const char* const text : {"", "{", "[1,]", "nothing", "{}x"})
        CHECK(json_view(text, plain) == std::nullopt);
}

TEST_CASE("depth costs no stack") {
    CHECK(json_view(std::string(1'000'000, '['), plain) == std::nullopt);
    CHECK(json_view(std::string(100, '[') + std::string(100, ']'), plain).has_value());
}

} // namespace
} // namespace tern::http_client
