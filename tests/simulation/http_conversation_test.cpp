// Scripted HTTP conversations, each run in every way that Conversation::prove() knows: cut
// everywhere, failing at every attempt, interrupted and destroyed at every wait.

#include "tests/simulation/http_site.h"
#include "tests/simulation/live_allocations.h"

#include "common/simulation/conversation.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <iterator>
#include <string>

namespace tern::http_conversation_test {

using namespace tern;
using namespace std::chrono_literals;
using simulation::Conversation;
using simulation::Mismatch;

namespace {

const std::string host = "Host: a\r\n\r\n";

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// Proves the script on the service, and that no run of it leaves anything behind.
void prove(Conversation script) {
    test::HttpSite site;
    const Conversation::Serve serve = [&](net::Connection& connection) {
        return site.serve(connection);
    };
    script.counting([] { return test::live_allocations() + open_descriptors(); });
    try {
        const std::size_t runs = script.prove(serve);
        MESSAGE(runs << " runs");
    } catch (const Mismatch& mismatch) {
        FAIL_CHECK(std::string(mismatch.what()));
    }
}

} // namespace

TEST_SUITE("simulation/http_conversation") {
    TEST_CASE("requests one after another on one connection") {
        prove(Conversation()
                  .client("GET /hello HTTP/1.1\r\n" + host)
                  .server("HTTP/1.1 200 OK\r\n*Content-Length: 5*\r\n\r\nhello")
                  .client("HEAD /hello HTTP/1.1\r\n" + host)
                  .server("HTTP/1.1 200 OK\r\n*Content-Length: 5*\r\n\r\n")
                  .client("GET /nothing HTTP/1.1\r\n" + host)
                  .server("HTTP/1.1 404 Not Found\r\n*\r\n\r\n*</html>\n")
                  .client_ends()
                  .server_ends());
    }

    TEST_CASE("pipelined requests, answered in order") {
        prove(Conversation()
                  .client("GET /hello HTTP/1.1\r\n" + host + "GET /stored HTTP/1.1\r\n" + host +
                          "GET /bug HTTP/1.1\r\n" + host + "GET /hello HTTP/1.1\r\n" + host)
                  .client_ends()
                  .server("HTTP/1.1 200 OK\r\n*\r\n\r\nhello")
                  .server("HTTP/1.1 200 OK\r\n*\r\n\r\n" + test::HttpSite::stored())
                  .server("HTTP/1.1 500 *\r\n\r\n*</html>\n")
                  .server("HTTP/1.1 200 OK\r\n*\r\n\r\nhello")
                  .server_ends());
    }

    TEST_CASE("a file that the kernel sends, between two answers from memory") {
        prove(Conversation()
                  .client("GET /hello HTTP/1.1\r\n" + host + "GET /file HTTP/1.1\r\n" + host +
                          "GET /hello HTTP/1.1\r\n" + host)
                  .server("HTTP/1.1 200 OK\r\n*\r\n\r\nhello")
                  .server("HTTP/1.1 200 OK\r\n*\r\n\r\n" + test::HttpSite::file())
                  .server("HTTP/1.1 200 OK\r\n*\r\n\r\nhello")
                  .client_ends()
                  .server_ends());
    }

    TEST_CASE("bodies by length and in chunks") {
        prove(Conversation()
                  .client("POST /echo HTTP/1.1\r\nContent-Length: 11\r\n" + host + "hello there")
                  .server("HTTP/1.1 200 OK\r\n*\r\n\r\nhello there")
                  .client("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + host +
                          "5\r\nhello\r\n6\r\n there\r\n0\r\n\r\n")
                  .server("HTTP/1.1 200 OK\r\n*\r\n\r\nhello there")
                  .client("GET /hello HTTP/1.1\r\n" + host)
                  .server("HTTP/1.1 200 OK\r\n*\r\n\r\nhello")
                  .client_ends()
                  .server_ends());
    }

    TEST_CASE("a client that asks before it sends") {
        prove(Conversation()
                  .client("POST /echo HTTP/1.1\r\nContent-Length: 5\r\n"
                          "Expect: 100-continue\r\n" +
                          host)
                  .server("HTTP/1.1 100 Continue\r\n\r\n")
                  .client("hello")
                  .server("HTTP/1.1 200 OK\r\n*\r\n\r\nhello")
                  .client_ends()
                  .server_ends());
    }

    TEST_CASE("a client that wants the connection closed, and an old one") {
        prove(Conversation()
                  .client("GET /hello HTTP/1.1\r\nConnection: close\r\n" + host)
                  .server("HTTP/1.1 200 OK\r\n*Connection: close*\r\n\r\nhello")
                  .server_ends());
        prove(Conversation()
                  .client("GET /hello HTTP/1.0\r\n\r\n")
                  .server("HTTP/1.1 200 OK\r\n*\r\n\r\nhello")
                  .server_ends());
    }

    TEST_CASE("a request that is none is answered, and the connection closed") {
        prove(Conversation()
                  .client("GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\nand more")
                  .server("HTTP/1.1 400 Bad Request\r\n*\r\n\r\n*</html>\n")
                  .server_ends());
    }

    TEST_CASE("a client that takes too long over its request") {
        prove(Conversation()
                  .client("GET /hel")
                  .time_passes(test::HttpSite::header_timeout + 1s)
                  .server("HTTP/1.1 408 Request Timeout\r\n*\r\n\r\n*</html>\n")
                  .server_ends());
    }

    TEST_CASE("a client that has nothing more to ask") {
        prove(Conversation()
                  .client("GET /hello HTTP/1.1\r\n" + host)
                  .server("HTTP/1.1 200 OK\r\n*\r\n\r\nhello")
                  .time_passes(test::HttpSite::idle_timeout - 1s)
                  .client("GET /hello HTTP/1.1\r\n" + host)
                  .server("HTTP/1.1 200 OK\r\n*\r\n\r\nhello")
                  .time_passes(test::HttpSite::idle_timeout + 1s)
                  .server_ends());
    }

    TEST_CASE("a server that stops between two requests, and in the middle of one") {
        prove(Conversation()
                  .client("GET /hello HTTP/1.1\r\n" + host)
                  .server("HTTP/1.1 200 OK\r\n*\r\n\r\nhello")
                  .server_stops()
                  .time_passes(100ms) // a next request might have been on its way
                  .server_ends());
        prove(Conversation()
                  .client("GET /hel")
                  .server_stops()
                  .client("lo HTTP/1.1\r\n" + host)
                  .server("HTTP/1.1 200 OK\r\n*Connection: close*\r\n\r\nhello")
                  .server_ends());
    }
}

} // namespace tern::http_conversation_test
