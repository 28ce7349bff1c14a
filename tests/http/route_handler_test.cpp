#include "servers/http/echo_handlers.h"
#include "servers/http/plain_handlers.h"
#include "servers/http/route_handler.h"
#include "servers/http/router.h"
#include "tests/http/requests.h"

#include <doctest/doctest.h>

#include <memory>

namespace tern::route_handler_test {

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

/// A route's handler, and the counters that it needs.
struct Route {
    explicit Route(const RouteSettings& settings,
                   std::shared_ptr<Handler> inner = std::make_shared<TimeHandler>())
        : handler(settings, std::move(inner), make_request_rate(settings.rate, metrics)) {}

    /// As an exchange asks it.
    Response ask(const Request& request) {
        if (auto refusal = handler.refuse(request))
            return std::move(*refusal);
        return handler.respond(request);
    }
    tern::Metrics metrics;
    RouteHandler handler;
};

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
        Route route(settings);
        const Response refused = route.ask(TestRequest("/a"));
        CHECK(status_of(refused) == 401);
        CHECK(value_of(refused, "X-One") == "1");
        CHECK(value_of(refused, "WWW-Authenticate") == "Basic realm=\"r\", charset=\"UTF-8\"");
        const Response granted =
            route.ask(TestRequest("/a").field("Authorization", "Basic YW5uOnNlY3JldA=="));
        CHECK(status_of(granted) == 200);
        CHECK(value_of(granted, "X-One") == "1");
        CHECK(value_of(granted, "WWW-Authenticate").empty());
        CHECK(status_of(route.ask(TestRequest("/a")
                                      .field("Authorization", "Basic YW5uOnNlY3JldA==")
                                      .field("Authorization", "Basic YW5uOnNlY3JldA=="))) == 401);
    }

    TEST_CASE("a body is taken from those who may, and the answer to it has the lines too") {
        RouteSettings settings = with_users();
        settings.fields.add("X-One", "1");
        settings.body_bytes = 7;
        Route route(settings, std::make_shared<EchoBodyHandler>());
        CHECK(route.handler.largest_body() == 7);
        CHECK(route.handler.refuse(TestRequest("/a", Method::post)));
        const TestRequest friendly =
            TestRequest("/a", Method::post).field("Authorization", "Basic YW5uOnNlY3JldA==");
        CHECK_FALSE(route.handler.refuse(friendly));
        const auto sink = route.handler.receive(friendly);
        REQUIRE(sink != nullptr);
        const auto head = sink->begin();
        REQUIRE(head);
        CHECK(head->fields.text().ends_with("X-One: 1\r\n"));
        CHECK(sink->consume("abc"));
        CHECK(sink->produce() == "abc");
    }

    TEST_CASE("a rate holds for each address, and comes before the password") {
        RouteSettings settings = with_users();
        settings.rate = tern::RateSettings{1, 3};
        settings.fields.add("X-One", "1");
        Route route(settings);
        const TestRequest greedy = TestRequest("/a").from("192.0.2.1");
        for (int i = 0; i < 3; ++i)
            CHECK(status_of(route.ask(greedy)) == 401);
        const Response limited = route.ask(greedy);
        CHECK(status_of(limited) == 429);
        CHECK(value_of(limited, "Retry-After") == "1");
        CHECK(value_of(limited, "X-One") == "1");
        CHECK(status_of(route.ask(TestRequest("/a").from("192.0.2.2"))) == 401);
        CHECK(status_of(route.ask(TestRequest("/a").from("/a/unix/socket"))) == 401);
        CHECK(route.metrics.prometheus_text().find("tern_http_requests_limited_total 1") !=
              std::string::npos);
    }

    TEST_CASE("CORS: all origins") {
        Route route(with_cors({{"*"}, {}, {"X-A", "X-B"}}));
        const Response response = route.ask(TestRequest("/a").field("Origin", "https://b"));
        CHECK(value_of(response, "Access-Control-Allow-Origin") == "*");
        CHECK(value_of(response, "Access-Control-Expose-Headers") == "X-A, X-B");
        CHECK(value_of(response, "Vary").empty());
        CHECK(value_of(route.ask(TestRequest("/a")), "Access-Control-Allow-Origin").empty());
    }

    TEST_CASE("CORS: some origins, which caches tell apart") {
        Route route(with_cors({{"https://a", "https://b"}, {}, {}, true}));
        const Response response = route.ask(TestRequest("/a").field("Origin", "https://b"));
        CHECK(value_of(response, "Access-Control-Allow-Origin") == "https://b");
        CHECK(value_of(response, "Access-Control-Allow-Credentials") == "true");
        CHECK(value_of(response, "Vary") == "Origin");
        for (const char* other : {"https://c", "https://b.example", "http://b", "null", ""}) {
            CAPTURE(other);
            const Response denied = route.ask(TestRequest("/a").field("Origin", other));
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

} // namespace tern::route_handler_test
