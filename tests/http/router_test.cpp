#include "servers/http/router.h"
#include "tests/http/requests.h"

#include <doctest/doctest.h>

#include <stdexcept>

namespace tern::router_test {

namespace {

using namespace tern::http;
using tern::test::status_of;
using tern::test::TestRequest;
using tern::test::value_of;

class Named final : public Handler {
public:
    explicit Named(std::string name) : name_(std::move(name)) {}
    Response respond(const Request& request) override {
        return text_response(Status::ok, "text/plain", name_ + " " + std::string(request.path));
    }

private:
    std::string name_;
};

void add(Router& router, std::string_view pattern, Methods methods = {Method::get}) {
    router.add(pattern, methods, std::make_shared<Named>(std::string(pattern)));
}

Response respond(const Router& router, const Request& request) {
    Router::Match match = router.find(request);
    return match.handler != nullptr ? match.handler->respond(request) : std::move(match.answer);
}

/// The pattern that has answered, or "" if none.
std::string chosen(const Router& router, std::string path, Method method = Method::get) {
    const TestRequest request(std::move(path), method);
    const Response response = respond(router, request);
    return response.status == Status::ok
               ? std::string(response.bytes.substr(0, response.bytes.find(' ')))
               : "";
}

} // namespace

TEST_SUITE("http/router") {

    TEST_CASE("exact paths come before prefixes, and longer prefixes before shorter ones") {
        Router router;
        for (const char* pattern : {"/*", "/a/*", "/a/b/*", "/a/b", "/a"})
            add(router, pattern);
        CHECK(chosen(router, "/") == "/*");
        CHECK(chosen(router, "/x/y") == "/*");
        CHECK(chosen(router, "/a") == "/a");
        CHECK(chosen(router, "/ab") == "/*");
        CHECK(chosen(router, "/a/") == "/a/*");
        CHECK(chosen(router, "/a/x") == "/a/*");
        CHECK(chosen(router, "/a/b") == "/a/b");
        CHECK(chosen(router, "/a/b/") == "/a/b/*");
        CHECK(chosen(router, "/a/b/c/d") == "/a/b/*");
    }

    TEST_CASE("the order of adding does not matter") {
        Router router;
        for (const char* pattern : {"/a", "/a/b", "/a/b/*", "/a/*", "/*"})
            add(router, pattern);
        CHECK(chosen(router, "/x") == "/*");
        CHECK(chosen(router, "/a/b/c") == "/a/b/*");
        CHECK(chosen(router, "/a/b") == "/a/b");
    }

    TEST_CASE("what no route matches is not found") {
        Router router;
        add(router, "/a");
        CHECK(status_of(respond(router, TestRequest("/b"))) == 404);
        CHECK(status_of(respond(router, TestRequest(""))) == 404);
        add(router, "/*");
        CHECK(status_of(respond(router, TestRequest(""))) == 404); // an unreachable path
    }

    TEST_CASE("methods") {
        Router router;
        add(router, "/read");
        add(router, "/write", {Method::put, Method::post});
        CHECK(chosen(router, "/read", Method::head) == "/read");
        CHECK(chosen(router, "/write", Method::put) == "/write");

        const Response refused = respond(router, TestRequest("/read", Method::post));
        CHECK(status_of(refused) == 405);
        CHECK(value_of(refused, "Allow") == "GET, HEAD, OPTIONS");
        CHECK(value_of(respond(router, TestRequest("/write")), "Allow") == "OPTIONS, POST, PUT");
        CHECK(status_of(respond(router, TestRequest("/read", Method::other))) == 501);
        CHECK(status_of(respond(router, TestRequest("/nowhere", Method::other))) == 501);
        CHECK(status_of(respond(router, TestRequest("/nowhere", Method::put))) == 404);
    }

    TEST_CASE("OPTIONS says what is allowed, here or anywhere") {
        Router router;
        add(router, "/read");
        add(router, "/write", {Method::put});
        const Response here = respond(router, TestRequest("/read", Method::options));
        CHECK(status_of(here) == 204);
        CHECK(value_of(here, "Allow") == "GET, HEAD, OPTIONS");
        const Response anywhere = respond(router, TestRequest("*", Method::options));
        CHECK(status_of(anywhere) == 204);
        CHECK(value_of(anywhere, "Allow") == "GET, HEAD, OPTIONS, PUT");
    }

    TEST_CASE("one place may have a handler for each method") {
        Router router;
        router.add("/a", {Method::get}, std::make_shared<Named>("reader"));
        router.add("/a", {Method::put}, std::make_shared<Named>("writer"));
        CHECK(chosen(router, "/a") == "reader");
        CHECK(chosen(router, "/a", Method::put) == "writer");
        CHECK_THROWS_AS(add(router, "/a", {Method::head}), std::invalid_argument);
    }

    TEST_CASE("patterns that are none") {
        Router router;
        for (const char* pattern : {"", "a", "*", "/a*", "/*/b", "/a/**"}) {
            CAPTURE(std::string(pattern));
            CHECK_THROWS_AS(add(router, pattern), std::invalid_argument);
        }
    }

} // TEST_SUITE

} // namespace tern::router_test
