// What a server adds to all of its answers: error pages, and a limit to how often one may ask.

#include "servers/http/authenticator.h"
#include "servers/http/echo_handlers.h"
#include "servers/http/plain_handlers.h"
#include "servers/http/route_handler.h"
#include "tests/http/exchange_peer.h"

#include <doctest/doctest.h>

namespace tern::policies_test {

namespace {

using namespace tern::http;
using tern::test::ExchangePeer;
using tern::test::ExchangeServer;

std::string get(std::string_view path, std::string_view host = "h", std::string_view fields = "") {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n" +
           std::string(fields) + "\r\n";
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

std::shared_ptr<const ErrorPage> page(std::string content) {
    return std::make_shared<const ErrorPage>(ErrorPage{"text/plain", std::move(content)});
}

struct Server : ExchangeServer {
    Server() {
        router.add("/time", {Method::get}, std::make_shared<TimeHandler>());
        FixedSettings fixed;
        fixed.status = Status::not_found;
        fixed.content = "its own";
        router.add("/fixed", {Method::get}, std::make_shared<FixedHandler>(fixed));
        router.add("/echo", {Method::post}, std::make_shared<EchoBodyHandler>());
        settings.limits.body_bytes = 100;
    }
    void use_pages() {
        error_pages = std::make_unique<const ErrorPages>(
            SiteErrorPages::Pages{{"4xx", page("common")}},
            std::vector<ErrorPages::Site>{{{"a"}, {{"404", page("of a")}}}, {{"*"}, {}}});
    }
};

} // namespace

TEST_SUITE("http/policies") {

    TEST_CASE("an error's page is the site's, its status and its other fields stay") {
        Server server;
        server.use_pages();
        ExchangePeer peer(server);
        const std::string missing = peer.say(get("/nothing", "a"));
        CHECK(missing.starts_with("HTTP/1.1 404 Not Found\r\n"));
        CHECK(has(missing, "Content-Type: text/plain\r\n"));
        CHECK(missing.ends_with("Content-Length: 4\r\n\r\nof a"));
        CHECK(peer.say(get("/nothing", "A:80")).ends_with("\r\n\r\nof a"));
        CHECK(peer.say(get("/nothing", "b")).ends_with("\r\n\r\ncommon"));
        const std::string method = peer.say("DELETE /time HTTP/1.1\r\nHost: a\r\n\r\n");
        CHECK(has(method, "Allow: GET, HEAD, OPTIONS\r\n"));
        CHECK(method.ends_with("\r\n\r\ncommon"));
        CHECK(peer.say("HEAD /nothing HTTP/1.1\r\nHost: a\r\n\r\n")
                  .ends_with("Content-Length: 4\r\n\r\n"));
        CHECK(has(peer.say(get("/time", "a")), "HTTP/1.1 200 OK\r\n"));
    }

    TEST_CASE("what a handler says itself is left alone, and so is an error without a page") {
        Server server;
        server.use_pages();
        ExchangePeer peer(server);
        CHECK(peer.say(get("/fixed", "a")).ends_with("\r\n\r\nits own"));
        CHECK(has(peer.say("BREW / HTTP/1.1\r\nHost: a\r\n\r\n"), "<h1>501 Not Implemented</h1>"));
    }

    TEST_CASE("errors that end the connection have pages too") {
        for (const std::string bad :
             {"GET / HTTP/1.1\r\n\r\n", "nonsense\r\n\r\n",
              "POST /echo HTTP/1.1\r\nHost: b\r\nContent-Length: 101\r\n\r\n"}) {
            CAPTURE(bad);
            Server server;
            server.use_pages();
            ExchangePeer peer(server);
            CHECK(peer.say(bad).ends_with("\r\n\r\ncommon"));
        }
    }

    TEST_CASE("too many requests") {
        Server server;
        server.client.peer = tern::net::Address::parse("192.0.2.1", 1).value();
        tern::Metrics metrics;
        server.rate = make_request_rate(tern::RateSettings{1, 3}, metrics);
        ExchangePeer peer(server);
        CHECK(peer.say(get("/time")).starts_with("HTTP/1.1 200 OK\r\n"));
        CHECK(peer.say(get("/nothing")).starts_with("HTTP/1.1 404 "));
        CHECK(peer.say("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 204 "));
        const std::string refused = peer.say(get("/time"));
        CHECK(refused.starts_with("HTTP/1.1 429 Too Many Requests\r\n"));
        CHECK(has(refused, "Retry-After: 1\r\n"));
        // The body of a refused request is passed over, and the connection stays.
        CHECK(peer.say("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
                  .starts_with("HTTP/1.1 429 "));
        server.moment.steady += std::chrono::seconds(1);
        CHECK(peer.say(get("/time")).starts_with("HTTP/1.1 200 OK\r\n"));
        CHECK(has(metrics.prometheus_text(), "tern_http_requests_limited_total 2\n"));
    }

    TEST_CASE("a route's rate counts a request with a body once") {
        Server server;
        server.client.peer = tern::net::Address::parse("192.0.2.1", 1).value();
        tern::Metrics metrics;
        server.router.add(
            "/limited", {Method::post},
            std::make_shared<RouteHandler>(RouteSettings(), std::make_shared<EchoBodyHandler>(),
                                           make_request_rate(tern::RateSettings{0.1, 2}, metrics)));
        ExchangePeer peer(server);
        const std::string request =
            "POST /limited HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
        CHECK(peer.say(request).ends_with("\r\n\r\nabc"));
        CHECK(peer.say(request).ends_with("\r\n\r\nabc"));
        const std::string refused = peer.say(request);
        CHECK(refused.starts_with("HTTP/1.1 429 "));
        CHECK(has(refused, "Retry-After: 10\r\n"));
        CHECK(peer.say(get("/time")).starts_with("HTTP/1.1 200 OK\r\n"));
    }

} // TEST_SUITE

} // namespace tern::policies_test
