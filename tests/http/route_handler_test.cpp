#include "servers/http/echo_handlers.h"
#include "servers/http/plain_handlers.h"
#include "servers/http/route_handler.h"
#include "servers/http/router.h"
#include "tests/http/requests.h"

#include <doctest/doctest.h>

#include <memory>

namespace {

using namespace tern::http;
using tern::test::status_of;
using tern::test::TestRequest;
using tern::test::value_of;

RouteSettings with_users() {
    RouteSettings settings;
    settings.authentication = AuthenticationSettings{
        "r", {{"ann", "$5$tern$RgCskODogPKC0MfTiFEq28uhwB8h648eX8tyIBCpIW9"}}};
    return settings;
}

RouteSettings with_cors(CorsSettings cors) {
    RouteSettings settings;
    settings.methods = {Method::get, Method::put};
    settings.cors = std::move(cors);
    return settings;
}

RouteHandler over_time(const RouteSettings& settings) {
    return RouteHandler(settings, std::make_shared<TimeHandler>());
}

Response preflight(const RouteSettings& settings, const TestRequest& request) {
    Router router;
    router.add("/a", settings.methods,
               std::make_shared<RouteHandler>(settings, std::make_shared<TimeHandler>()));
    Router::Match match = router.find(request);
    REQUIRE(match.handler == nullptr);
    return std::move(match.answer);
}

TestRequest asking(std::string_view origin, std::string_view method = "PUT") {
    return TestRequest("/a", Method::options)
        .field("Origin", origin)
        .field("Access-Control-Request-Method", method)
        .field("Access-Control-Request-Headers", "x-one,x-two");
}

} // namespace

TEST_SUITE("http/route_handler") {

    TEST_CASE("header lines are added to every answer") {
        RouteSettings settings = with_users();
        settings.fields.add("X-One", "1");
        RouteHandler handler = over_time(settings);
        const Response refused = handler.respond(TestRequest("/a"));
        CHECK(status_of(refused) == 401);
        CHECK(value_of(refused, "X-One") == "1");
        CHECK(value_of(refused, "WWW-Authenticate") == "Basic realm=\"r\", charset=\"UTF-8\"");
        const Response granted =
            handler.respond(TestRequest("/a").field("Authorization", "Basic YW5uOnNlY3JldA=="));
        CHECK(status_of(granted) == 200);
        CHECK(value_of(granted, "X-One") == "1");
        CHECK(value_of(granted, "WWW-Authenticate").empty());
        CHECK(status_of(handler.respond(TestRequest("/a")
                                            .field("Authorization", "Basic YW5uOnNlY3JldA==")
                                            .field("Authorization", "Basic YW5uOnNlY3JldA=="))) ==
              401);
    }

    TEST_CASE("a body is taken from those who may, and the answer to it has the lines too") {
        RouteSettings settings = with_users();
        settings.fields.add("X-One", "1");
        settings.body_bytes = 7;
        RouteHandler handler(settings, std::make_shared<EchoBodyHandler>());
        CHECK(handler.largest_body() == 7);
        CHECK(handler.receive(TestRequest("/a", Method::post)) == nullptr);
        const auto sink = handler.receive(
            TestRequest("/a", Method::post).field("Authorization", "Basic YW5uOnNlY3JldA=="));
        REQUIRE(sink != nullptr);
        const auto head = sink->begin();
        REQUIRE(head);
        CHECK(head->fields.text().ends_with("X-One: 1\r\n"));
        CHECK(sink->consume("abc"));
        CHECK(sink->produce() == "abc");
    }

    TEST_CASE("CORS: all origins") {
        RouteHandler handler = over_time(with_cors({{"*"}, {}, {"X-A", "X-B"}}));
        const Response response = handler.respond(TestRequest("/a").field("Origin", "https://b"));
        CHECK(value_of(response, "Access-Control-Allow-Origin") == "*");
        CHECK(value_of(response, "Access-Control-Expose-Headers") == "X-A, X-B");
        CHECK(value_of(response, "Vary").empty());
        CHECK(value_of(handler.respond(TestRequest("/a")), "Access-Control-Allow-Origin").empty());
    }

    TEST_CASE("CORS: some origins, which caches tell apart") {
        RouteHandler handler = over_time(with_cors({{"https://a", "https://b"}, {}, {}, true}));
        const Response response = handler.respond(TestRequest("/a").field("Origin", "https://b"));
        CHECK(value_of(response, "Access-Control-Allow-Origin") == "https://b");
        CHECK(value_of(response, "Access-Control-Allow-Credentials") == "true");
        CHECK(value_of(response, "Vary") == "Origin");
        for (const char* other : {"https://c", "https://b.example", "http://b", "null", ""}) {
            CAPTURE(other);
            const Response denied = handler.respond(TestRequest("/a").field("Origin", other));
            CHECK(value_of(denied, "Access-Control-Allow-Origin").empty());
            CHECK(value_of(denied, "Access-Control-Allow-Credentials").empty());
            CHECK(value_of(denied, "Vary") == "Origin");
        }
    }

    TEST_CASE("CORS: preflights, which need no password") {
        RouteSettings settings = with_cors({{"https://b"}, {"X-One"}, {}, false, 60});
        settings.authentication = with_users().authentication;
        const Response response = preflight(settings, asking("https://b"));
        CHECK(status_of(response) == 204);
        CHECK(value_of(response, "Access-Control-Allow-Origin") == "https://b");
        CHECK(value_of(response, "Access-Control-Allow-Methods") == "GET, HEAD, PUT");
        CHECK(value_of(response, "Access-Control-Allow-Headers") == "X-One");
        CHECK(value_of(response, "Access-Control-Max-Age") == "60");
        CHECK(value_of(preflight(settings, asking("https://c")), "Access-Control-Allow-Methods")
                  .empty());
        CHECK(value_of(preflight(settings, asking("https://b", "DELETE")),
                       "Access-Control-Allow-Origin")
                  .empty());
        settings.cors->headers = {"*"};
        CHECK(value_of(preflight(settings, asking("https://b")), "Access-Control-Allow-Headers") ==
              "x-one,x-two");
        const RouteSettings none = with_cors({{"https://b"}, {}, {}});
        CHECK(
            value_of(preflight(none, asking("https://b")), "Access-Control-Allow-Headers").empty());
    }

} // TEST_SUITE
