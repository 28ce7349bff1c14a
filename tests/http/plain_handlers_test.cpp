#include "common/base/json_text.h"
#include "servers/http/echo_handlers.h"
#include "servers/http/plain_handlers.h"
#include "tests/http/requests.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace tern::plain_handlers_test {

namespace {

using tern::parse_json;
using namespace tern::http;
using nlohmann::json;
using tern::test::status_of;
using tern::test::TestRequest;
using tern::test::value_of;

} // namespace

TEST_SUITE("http/plain_handlers") {

    TEST_CASE("fixed: status, headers and content as they were given") {
        FixedSettings settings;
        settings.status = Status::unavailable;
        settings.fields.add("Retry-After", "60");
        settings.fields.add("Content-Type", "text/x-own");
        settings.content = "back soon";
        FixedHandler handler(settings);
        for (const Method method : {Method::get, Method::post}) {
            const Response response = handler.respond(TestRequest("/a", method));
            CHECK(status_of(response) == 503);
            CHECK(value_of(response, "Retry-After") == "60");
            CHECK(value_of(response, "Content-Type") == "text/x-own");
            CHECK(response.bytes == "back soon");
        }
    }

    TEST_CASE("redirect: to one place") {
        RedirectHandler handler({"/new", Status::moved_permanently}, "/old");
        const Response response = handler.respond(TestRequest("/old").query("a=b"));
        CHECK(status_of(response) == 301);
        CHECK(value_of(response, "Location") == "/new");
    }

    TEST_CASE("redirect: with what the * stood for, encoded, and the query") {
        RedirectHandler handler({"https://b.example/x/*", Status::permanent_redirect}, "/old/*");
        const auto location = [&](std::string path, std::string_view query = "") {
            const Response response = handler.respond(TestRequest(std::move(path)).query(query));
            CHECK(status_of(response) == 308);
            return value_of(response, "Location");
        };
        CHECK(location("/old/") == "https://b.example/x/");
        CHECK(location("/old/a/b c\r\n?", "q=1") == "https://b.example/x/a/b%20c%0D%0A%3F?q=1");
        RedirectHandler root({"/*", Status::found}, "/old/*");
        CHECK(value_of(root.respond(TestRequest("/old/a")), "Location") == "/a");
    }

    TEST_CASE("time") {
        TimeHandler handler;
        const Response response =
            handler.respond(TestRequest("/time").at({{}, 784'111'777})); // RFC 9110 §5.6.7
        CHECK(response.bytes == "{\"time\":\"1994-11-06T08:49:37Z\",\"unix\":784111777}\n");
        CHECK(value_of(response, "Cache-Control") == "no-store");
    }

    TEST_CASE("echo of a request: what the server understood") {
        EchoRequestHandler handler;
        TestRequest asked("/a \"b\"", Method::post);
        asked.query("c=%20d").host("h.example").field("X-One", "1\t\xff").field("x-one", "");
        Request request = asked;
        request.method_name = "POST";
        request.content_length = 7;
        const json got = parse_json(handler.respond(request).bytes);
        CHECK(got["method"] == "POST");
        CHECK(got["host"] == "h.example");
        CHECK(got["path"] == "/a \"b\"");
        CHECK(got["query"] == "c=%20d");
        CHECK(got["body_bytes"] == 7);
        CHECK(got["headers"] == parse_json(R"([["X-One", "1\t\ufffd"], ["x-one", ""]])"));
        request.content_length.reset();
        CHECK(parse_json(handler.respond(request).bytes)["body_bytes"] == nullptr);
    }

    TEST_CASE("echo of headers: the lines, and nothing that a browser takes for a page") {
        EchoHeadersHandler handler;
        const Response response =
            handler.respond(TestRequest("/").field("Host", "h").field("X-One", "<script>"));
        CHECK(response.bytes == "Host: h\nX-One: <script>\n");
        CHECK(value_of(response, "Content-Type") == "text/plain; charset=utf-8");
        CHECK(value_of(response, "X-Content-Type-Options") == "nosniff");
    }

} // TEST_SUITE

} // namespace tern::plain_handlers_test
