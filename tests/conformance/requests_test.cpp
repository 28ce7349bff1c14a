// Methods, and requests that are none (RFC 9112).

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace tern::conformance {

using namespace std::string_view_literals;

TEST_SUITE_BEGIN("conformance/requests");

TEST_CASE("a method that files do not have is 405, with those that they have") {
    const Server server;
    ClientSocket client = server.connect();
    for (const char* const method : {"POST", "PUT", "DELETE", "PATCH"}) {
        CAPTURE(method);
        const HttpResponse response = ask(client, method, "/text.txt");
        CHECK(response.status == 405);
        CHECK(response.field("Allow").find("GET") != std::string::npos);
        CHECK(response.field("Allow").find("HEAD") != std::string::npos);
    }
    CHECK(ask(client, "POST", "/metrics").status == 405);
}

TEST_CASE("OPTIONS tells what is allowed") {
    const Server server;
    ClientSocket client = server.connect();
    for (const char* const target : {"/text.txt", "*"}) {
        CAPTURE(target);
        const HttpResponse response = ask(client, "OPTIONS", target);
        CHECK(response.status == 204);
        CHECK(response.field("Allow").find("GET") != std::string::npos);
    }
}

TEST_CASE("a method that nobody knows is 501") { // RFC 9110 §9.1
    const Server server;
    ClientSocket client = server.connect();
    for (const char* const method : {"BREW", "get", "GETT", "M-SEARCH", "TRACE"}) {
        CAPTURE(method);
        CHECK(ask(client, method, "/text.txt").status == 501);
    }
}

TEST_CASE("the body of a refused request is not taken for the next request") {
    const Server server;
    const std::string body = test::request("GET", "/data.json");
    const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
    ClientSocket client = server.connect();
    client.send_all(test::request("POST", "/text.txt", length) + body +
                    test::request("POST", "/text.txt", "Transfer-Encoding: chunked\r\n") +
                    "5\r\nhello\r\n0\r\n\r\n" + test::request("GET", "/text.txt"));
    CHECK(test::read_response(client).status == 405);
    CHECK(test::read_response(client).status == 405);
    const HttpResponse next = test::read_response(client);
    CHECK(next.status == 200);
    CHECK(next.body == site().content("text.txt"));
}

namespace {

/// Sends what is not a request, and a request after it, which nobody must answer.
void check_rejected(const Server& server, std::string_view bytes, int status) {
    ClientSocket client = server.connect();
    client.send_all(std::string(bytes) + test::request("GET", "/text.txt"));
    const HttpResponse response = test::read_response(client);
    CHECK(response.status == status);
    CHECK(response.closes());
    CHECK(client.read_to_end().empty());
}

constexpr std::string_view malformed[] = {
    "GET / HTTP/1.1\nHost: a\n\n",                     // bare LF
    "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",         // here only
    "GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n",    // bare CR
    "GET / HTTP/1.1\r\n\r\n",                          // no Host
    "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",    // two
    "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",             // not a host
    "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",             //
    "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"sv,    // NUL in a field
    "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"sv,           // NUL in the target
    "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n",           // a control character
    "GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n",    //
    "GET / HTTX/1.1\r\nHost: a\r\n\r\n",               // not a version
    "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",              //
    "GET / HTTP/11\r\nHost: a\r\n\r\n",                //
    "GET / http/1.1\r\nHost: a\r\n\r\n",               //
    "GET /\r\nHost: a\r\n\r\n",                        // no version
    "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",              // two blanks
    "GET / a HTTP/1.1\r\nHost: a\r\n\r\n",             // a blank in the target
    "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",              // a tab
    "GET index.html HTTP/1.1\r\nHost: a\r\n\r\n",      // not a target
    "GET * HTTP/1.1\r\nHost: a\r\n\r\n",               //
    "G\xc3\xa4T / HTTP/1.1\r\nHost: a\r\n\r\n",        // not a token
    "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", // obs-fold
    "GET / HTTP/1.1\r\n X: b\r\nHost: a\r\n\r\n",      // before any field
    "GET / HTTP/1.1\r\nHost : a\r\n\r\n",              // blank before the colon
    "GET / HTTP/1.1\r\nHost: a\r\nX y: b\r\n\r\n",     // blank in a name
    "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",        // no name
    "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",          // no colon
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", // conflict
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\nab",                   //
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",                       // no length
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na",                      //
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\na",                     //
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",  //
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",                          //
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
    "0\r\n\r\n", // both
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    "0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n0\r\n\r\n", // no size
    "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
};

} // namespace

TEST_CASE("what is not a request is 400, and the end") { // RFC 9112 §2.2, §3.2, §5.1, §5.2, §6.3
    const Server server;
    for (const std::string_view bytes : malformed) {
        CAPTURE(std::string(bytes));
        check_rejected(server, bytes, 400);
    }
    CHECK(server.get("/text.txt").status == 200);
}

TEST_CASE("other versions of HTTP are 505, and the end") { // RFC 9110 §15.6.6
    const Server server;
    for (const char* const version : {"HTTP/2.0", "HTTP/0.9", "HTTP/3.1"}) {
        CAPTURE(version);
        check_rejected(server, test::request("GET", "/", "", version), 505);
    }
}

TEST_CASE("empty lines before a request are ignored") { // RFC 9112 §2.2
    const Server server;
    ClientSocket client = server.connect();
    client.send_all("\r\n\r\n" + test::request("GET", "/text.txt"));
    CHECK(test::read_response(client).body == site().content("text.txt"));
}

TEST_CASE("the wrong transport does no harm") {
    const Server server;
    ClientSocket other(server.process().endpoint("main"), {.tls = !encrypted()});
    if (encrypted()) {
        other.send_all(test::request("GET", "/text.txt"));
        other.wait_for_the_end();
    } else {
        CHECK_THROWS_AS(other.handshake(), test::ConnectionLost);
    }
    CHECK(server.get("/text.txt").status == 200);
}

TEST_SUITE_END();

} // namespace tern::conformance
