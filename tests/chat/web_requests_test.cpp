#include "servers/chat/web_requests.h"

#include "servers/chat/json_writer.h"
#include "servers/chat/request.h"

#include <doctest/doctest.h>

#include <string>

namespace tern::web_requests_test {

using namespace tern::chat;

namespace {

/// A request as the hub is told of it; `encoded` keeps its texts.
Request hub_request(const std::string& json, std::string& encoded, bool has_name = true) {
    WebRequest read = read_web_request(json, has_name);
    CHECK(read.kind == (has_name ? WebRequest::Kind::hub : WebRequest::Kind::enter));
    encoded = std::move(read.encoded);
    const auto request = decode_request(encoded);
    REQUIRE(request);
    return *request;
}

} // namespace

TEST_CASE("a browser's messages are requests of the hub") {
    std::string encoded;
    Request request = hub_request(R"({"request":"enter","name":"ann"})", encoded, false);
    CHECK(request.kind == Request::Kind::enter);
    CHECK(request.target == "ann");
    request = hub_request(R"({"request":"resume","token":"t","received":7})", encoded, false);
    CHECK(request.kind == Request::Kind::resume);
    CHECK(request.target == "t");
    CHECK(request.number == 7);
    request = hub_request(
        R"({"request":"say","room":"r","text":"x","manner":"action","label":"1"})", encoded);
    CHECK(request.room == "r");
    CHECK(request.target.empty());
    CHECK(request.number == static_cast<std::uint64_t>(Manner::action));
    CHECK(request.label == "1");
    request = hub_request(R"({"request":"topic","room":"r"})", encoded);
    CHECK(request.number == 0);
    request = hub_request(R"({"request":"topic","room":"r","text":""})", encoded);
    CHECK(request.number == 1);
    request = hub_request(R"({"request":"history","room":"r","before":9,"most":100000})", encoded);
    CHECK(request.text == "before 9");
    CHECK(request.number == 200);
}

TEST_CASE("what is none says why") {
    CHECK(read_web_request("{", true).fault == "not_an_object");
    CHECK(read_web_request("[]", true).fault == "not_an_object");
    CHECK(read_web_request(R"({"request":"fly"})", true).fault == "unknown_command");
    CHECK(read_web_request(R"({"request":"say","text":"a\nb"})", true).fault == "text_control");
    CHECK(read_web_request(R"({"request":"rooms"})", false).fault == "not_named_yet");
    CHECK(read_web_request(R"({"request":"enter","name":"x"})", true).fault == "named_already");
}

TEST_CASE("what is meant for one is not said to all: an unclear addressee is refused") {
    for (const char* const unclear :
         {R"({"request":"say","text":"x"})", R"({"request":"say","text":"x","target":"ann"})",
          R"({"request":"say","text":"x","to":["ann"]})",
          R"({"request":"say","text":"x","to":null})",
          R"({"request":"say","text":"x","room":"r","to":"ann"})",
          R"({"request":"say","text":"x","room":""})", R"({"request":"say","text":"x","to":""})",
          R"({"request":"say","text":7,"room":"r"})",
          R"({"request":"history","room":"r","before":"9"})",
          R"({"request":"history","room":"r","most":-1})", R"({"request":7})"})
        CHECK(read_web_request(unclear, true).fault == "wrong_arguments");
    std::string encoded;
    const Request request = hub_request(R"({"request":"say","text":"x","to":"ann"})", encoded);
    CHECK(request.target == "ann");
    CHECK(request.room.empty());
}

TEST_CASE("JSON's strings are UTF-8 and end where they should, whatever is in them") {
    const auto quoted = [](std::string_view text) {
        std::string json;
        append_json_string(json, text);
        return json;
    };
    CHECK(quoted("a\"b\\c\n\x7F</script>") == R"("a\"b\\c\u000a\u007f</script>")");
    CHECK(quoted("€") == "\"€\"");
    CHECK(quoted("a\xFF") == "\"a\xEF\xBF\xBD\"");
}

} // namespace tern::web_requests_test
