// Reading up to a mark, however it comes.

#include "common/net/read_through.h"
#include "common/simulation/conversation.h"

#include <doctest/doctest.h>

#include <string>

using namespace tern;
using namespace std::chrono_literals;
using simulation::Conversation;

namespace {

/// Tells what it has read, in brackets.
Task<void> serve_heads(net::Connection& connection) {
    const Clock::time_point deadline = connection.now() + 5s;
    const std::string head = co_await net::read_through(connection, "\r\n\r\n", 20, deadline);
    const std::string answer = '[' + head + ']';
    co_await connection.write(answer, 10s);
}

} // namespace

TEST_SUITE("net/read_through") {
    TEST_CASE("what comes before the mark is read, and the mark") {
        Conversation()
            .client("one\r\ntwo\r\n\r")
            .client("\n")
            .server("[one\r\ntwo\r\n\r\n]")
            .server_ends()
            .prove(serve_heads);
    }

    TEST_CASE("nothing is read if the client ends, is too late or says too much") {
        Conversation().client("one\r\n").client_ends().server("[]").server_ends().prove(
            serve_heads);
        Conversation()
            .client("one\r\n")
            .time_passes(4s)
            .client("\r")
            .time_passes(2s)
            .server("[]")
            .server_ends()
            .prove(serve_heads);
        Conversation().client(std::string(20, 'x')).server("[]").server_ends().prove(serve_heads);
    }
}
