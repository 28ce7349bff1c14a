// What routes answer besides files.

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace tern::conformance {

using test::difference;

TEST_SUITE_BEGIN("conformance/routes");

namespace {

std::vector<std::string> with_routes(const std::string& routes) {
    return {setting("routes", "[" + routes + "]")};
}

} // namespace

TEST_CASE("fixed answers, redirections, the time") {
    const Server server(with_routes(R"(
        {"path": "/fixed", "handler": "fixed",
         "fixed": {"status": 418, "text": "a teapot", "headers": {"X-Tea": "green"}}},
        {"path": "/old/*", "handler": "redirect",
         "redirect": {"target": "/folder/*", "status": 301}},
        {"path": "/time", "handler": "time"})"));
    ClientSocket client = server.connect();
    const HttpResponse fixed = ask(client, "GET", "/fixed");
    CHECK(fixed.status == 418);
    CHECK(fixed.field("X-Tea") == "green");
    CHECK(fixed.body == "a teapot");
    const HttpResponse redirect = ask(client, "GET", "/old/below/page.html?a=b");
    CHECK(redirect.status == 301);
    CHECK(redirect.field("Location") == "/folder/below/page.html?a=b");
    CHECK(ask(client, "GET", "/time").body.starts_with("{\"time\":\"20"));
    CHECK(ask(client, "GET", "/text.txt").body == site().content("text.txt"));
}

TEST_CASE("echo of the request and of its headers") {
    const Server server(with_routes(R"(
        {"path": "/request", "handler": "echo", "echo": {"of": "request"}},
        {"path": "/headers", "handler": "echo", "echo": {"of": "headers"}})"));
    ClientSocket client = server.connect();
    const HttpResponse request = ask(client, "GET", "/./%72equest?a=%20", "X-One: 1\r\n");
    CHECK(request.body.find(R"("path":"/request","query":"a=%20")") != std::string::npos);
    CHECK(request.body.find(over_http2() ? R"(["x-one","1"])" : R"(["X-One","1"])") !=
          std::string::npos);
    const HttpResponse headers = ask(client, "GET", "/headers", "X-One:  1 \r\nx-two:\r\n");
    CHECK(headers.body.ends_with(over_http2() ? "x-one: 1\nx-two: \n" : "X-One: 1\nx-two: \n"));
}

TEST_CASE("a body comes back unchanged, by length and chunked, larger than any buffer") {
    if (over_http2())
        return;
    const Server server(with_routes(
        R"({"path": "/echo", "handler": "echo", "echo": {"of": "body"}, "body_bytes": 100000000})"));
    const std::string body = random_bytes(10 << 20);
    constexpr std::size_t piece = 64 << 10; // less than what the system buffers
    ClientSocket client = server.connect();
    client.send_all(
        test::request("POST", "/echo", "Content-Length: " + std::to_string(body.size()) + "\r\n"));
    std::string got;
    HttpResponse head;
    for (std::size_t at = 0; at < body.size(); at += piece) {
        client.send_all(body.substr(at, piece));
        if (at == 0)
            head = test::read_response_head(client);
        got += client.read_exactly(std::min(piece, body.size() - at));
    }
    CHECK(head.field("Content-Length") == std::to_string(body.size()));
    CHECK(difference(got, body).empty());

    client.send_all(test::request("POST", "/echo", "Transfer-Encoding: chunked\r\n") + "4000\r\n" +
                    body.substr(0, 0x4000) + "\r\n1\r\nx\r\n0\r\n\r\n");
    const HttpResponse chunked = test::read_response(client);
    CHECK(chunked.field("Transfer-Encoding") == "chunked");
    CHECK(difference(chunked.body, body.substr(0, 0x4000) + "x").empty());
    CHECK(ask(client, "GET", "/text.txt").status == 200);
}

TEST_CASE("a route may ask for a password, add headers, and let other origins in") {
    const Server server(with_routes(R"(
        {"path": "/folder/*", "handler": "files", "headers": {"X-One": "1"},
         "authentication": {"users": {"ann": "$5$tern$RgCskODogPKC0MfTiFEq28uhwB8h648eX8tyIBCpIW9"}},
         "cors": {"origins": ["https://a.example"]}})"));
    const std::string right = "Authorization: Basic YW5uOnNlY3JldA==\r\n"; // ann:secret
    ClientSocket client = server.connect();
    for (const char* const fields : {"", "Authorization: Basic YW5uOndyb25n\r\n"}) {
        const HttpResponse refused = ask(client, "GET", "/folder/", fields);
        CHECK(refused.status == 401);
        CHECK(refused.field("WWW-Authenticate").starts_with("Basic realm="));
        CHECK(refused.field("X-One") == "1");
    }
    const HttpResponse granted =
        ask(client, "GET", "/folder/", right + "Origin: https://a.example\r\n");
    CHECK(granted.status == 200);
    CHECK(granted.body == site().content("folder/index.html"));
    CHECK(granted.field("X-One") == "1");
    CHECK(granted.field("Access-Control-Allow-Origin") == "https://a.example");
    const HttpResponse preflight =
        ask(client, "OPTIONS", "/folder/",
            "Origin: https://a.example\r\nAccess-Control-Request-Method: GET\r\n");
    CHECK(preflight.status == 204);
    CHECK(preflight.field("Access-Control-Allow-Methods") == "GET, HEAD");
    CHECK(ask(client, "GET", "/text.txt").status == 200); // is not on that route
    const std::vector<std::string> lines = server.access_lines();
    CHECK(lines.size() >= 4);
    for (const std::string& line : lines)
        CHECK(line.find("YW5u") == std::string::npos);
}

TEST_CASE("an address that asks too often hears 429, on however many connections") {
    const Server server({setting("limits.rate", R"({"requests_per_second": 0.001, "burst": 6})"),
                         setting("routes", R"([
        {"path": "/limited", "handler": "time", "methods": ["GET"], "headers": {"X-One": "1"},
         "rate": {"requests_per_second": 0.001, "burst": 2}}])")});
    CHECK(server.get("/limited").status == 200);
    CHECK(server.get("/limited").status == 200);
    const HttpResponse limited = server.get("/limited");
    CHECK(limited.status == 429);
    CHECK(limited.field("X-One") == "1");
    const long wait = std::stol(limited.field("Retry-After"));
    CHECK(wait > 0);
    CHECK(wait <= 1000);
    ClientSocket client = server.connect();
    CHECK(ask(client, "GET", "/text.txt").status == 200); // the fourth of all
    CHECK(ask(client, "GET", "/text.txt").status == 200);
    CHECK(ask(client, "GET", "/nothing").status == 404);
    const HttpResponse last = ask(client, "GET", "/text.txt");
    CHECK(last.status == 429);
    CHECK_FALSE(last.closes());
    CHECK(ask(client, "GET", "/limited").status == 429);
    CHECK(server.get("/text.txt").status == 429);
}

TEST_CASE("refusals are counted") {
    const Server server({setting("routes", R"([
        {"path": "/limited", "handler": "time",
         "rate": {"requests_per_second": 0.001, "burst": 1}},
        {"path": "/metrics", "handler": "metrics"}])")});
    for (int i = 0; i < 4; ++i)
        server.get("/limited");
    CHECK(server.metric("tern_http_requests_limited_total") == 3);
}

TEST_CASE("error pages: of the site, of the server, for one status and for a class") {
    const TemporaryFolder folder;
    test::write_file(folder / "404.html", "gone astray");
    test::write_file(folder / "4xx.txt", "your fault");
    const std::string site_pages = "{\"404\": \"" + (folder / "404.html").string() + "\"}";
    const std::string pages = "{\"4xx\": \"" + (folder / "4xx.txt").string() + "\"}";
    const Server server(
        {setting("sites.0.error_pages", site_pages), setting("error_pages", pages)});
    ClientSocket client = server.connect();
    const HttpResponse missing = ask(client, "GET", "/nothing");
    CHECK(missing.status == 404);
    CHECK(missing.body == "gone astray");
    CHECK(missing.field("Content-Type").starts_with("text/html"));
    const HttpResponse wrong = ask(client, "DELETE", "/text.txt");
    CHECK(wrong.status == 405);
    CHECK(wrong.body == "your fault");
    CHECK(wrong.field("Content-Type").starts_with("text/plain"));
    CHECK(wrong.has("Allow"));
    CHECK(ask(client, "BREW", "/").body.find("501 Not Implemented") != std::string::npos);
    CHECK(ask(client, "GET", "/text.txt").body == site().content("text.txt"));
}

TEST_SUITE_END();

} // namespace tern::conformance
