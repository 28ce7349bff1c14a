// The same chat by datagrams, also while a TCP client is being served under `iterative`.

#include "tests/conformance/chat/chat_server.h"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <csignal>

using namespace tern::conformance::chat;

/// Tokens do not change during a test.
static const std::string one_period = "limits.udp_token_s=31622400";

namespace {

/// Somebody with `nc -u`.
class Caller {
public:
    explicit Caller(const Server& server) : socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_port = htons(server.endpoint("udp").port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) ==
                0);
    }
    Caller(const Server& server, const std::string& name) : Caller(server) {
        token = ask_for_token();
        say(name);
        const std::string hello = "Hello " + name + ". Type /help to see what you can do.";
        for (std::string heard = hear(); heard != hello; heard = hear())
            if (heard.starts_with("Nothing was said for too long.")) // on a busy machine
                say(name);
    }
    std::string ask_for_token() const {
        send("Hello. I would like to enter, please.\n");
        const std::string words = "Begin lines with ";
        const std::string answer = hear();
        REQUIRE(answer.starts_with(words));
        return answer.substr(words.size());
    }
    void send(const std::string& text) const {
        CHECK(::send(socket_.get(), text.data(), text.size(), 0) ==
              static_cast<ssize_t>(text.size()));
    }
    void say(const std::string& line) const { send(token + " " + line + "\n"); }
    std::string hear() const {
        pollfd readable = {socket_.get(), POLLIN, 0};
        REQUIRE(::poll(&readable, 1, 60'000) == 1);
        std::array<char, 65536> text;
        const ssize_t size = ::recv(socket_.get(), text.data(), text.size(), 0);
        REQUIRE(size > 0);
        return std::string(text.data(), static_cast<std::size_t>(size - 1)); // without the LF
    }
    void hear_until(const std::string& text) const {
        while (hear() != text) {
        }
    }
    std::string token;

private:
    tern::UniqueFd socket_;
};

} // namespace

TEST_SUITE("chat/udp") {
    TEST_CASE("members over UDP and TCP share a room, any number of them beside one over TCP") {
        const Server server;
        Person terminal(server, "terminal");
        const Caller one(server, "one");
        CHECK(terminal.hear() == "one entered the room");
        const Caller two(server, "two");
        CHECK(terminal.hear() == "two entered the room");
        one.hear_until("two entered the room");
        one.say("hello");
        two.hear_until("one: hello");
        CHECK(terminal.hear() == "one: hello");
        terminal.say("welcome");
        one.hear_until("terminal: welcome");
        two.hear_until("terminal: welcome");
        one.say("/ping");
        CHECK(one.hear() == "pong");
        one.say("/quit");
        one.hear_until("Goodbye one");
        CHECK(terminal.hear() == "one left the room");
        two.hear_until("one left the room");
    }

    TEST_CASE("nobody speaks for a member without its token, and silence is leaving") {
        const Server server({"limits.udp_timeout_s=0.5", one_period});
        Person terminal(server, "terminal");
        const Caller silent(server, "silent");
        CHECK(terminal.hear() == "silent entered the room");
        silent.send("0123456789abcdef I am silent\n"); // no room for more than the token
        silent.hear_until(silent.token);
        CHECK(terminal.hear() == "silent left the room");
        silent.hear_until("Nothing was said for too long. Goodbye.");
    }
    TEST_CASE("who has no token is sent less than it sends, and nothing for another's answer") {
        const Server server;
        const Caller stranger(server);
        for (std::size_t size = 1; size < 100; ++size) {
            stranger.send(std::string(size, '?'));
            if (size > std::string_view("More?\n").size()) // or else there is no answer
                CHECK(stranger.hear().size() + 1 < size);
        }
        const std::string token = stranger.ask_for_token();
        stranger.send("Begin lines with fedcba9876543210\n");
        stranger.send("fedcba9876543210\n");
        stranger.send("More?\n");
        stranger.send(token); // what comes next is about this
        CHECK(stranger.hear() == "Welcome to the chat. What is your name?");
    }

    TEST_CASE("a token is good at no other port, and for no other member") {
        const Server server;
        Person terminal(server, "terminal");
        const Caller ann(server, "ann");
        CHECK(terminal.hear() == "ann entered the room");
        const Caller thief(server);
        thief.send(ann.token + " /quit\n");
        CHECK(thief.hear() != ann.token);
        thief.send(ann.token + " I am ann\n");
        CHECK(thief.hear() != ann.token);
        ann.say("still here");
        CHECK(terminal.hear() == "ann: still here");
    }

    TEST_CASE("only so many datagrams without a token are answered") {
        const Server server({"limits.udp_answers_per_address.per_second=0.001",
                             "limits.udp_answers_per_address.burst=2", one_period});
        const Caller flood(server);
        for (int i = 0; i < 10; ++i)
            flood.send("May I come in, please, if it is not too late?");
        const std::string token = flood.ask_for_token();
        CHECK(flood.ask_for_token() == token);
        flood.send(token); // whose token is good is answered
        CHECK(flood.hear() == "Welcome to the chat. What is your name?");
    }

    TEST_CASE("who finds no name in so many datagrams is sent away, and may come again") {
        const Server server({"limits.name_tries=2", one_period});
        Caller caller(server);
        caller.token = caller.ask_for_token();
        caller.say("two words");
        caller.hear_until("A name consists of letters and digits of one script, without blanks. "
                          "Please choose another one:");
        caller.say("\xFF");
        caller.hear_until("That was no name either. Goodbye.");
        caller.say("ann");
        caller.hear_until("Hello ann. Type /help to see what you can do.");
        caller.say("/quit");
        caller.hear_until("Goodbye ann");
    }

    TEST_CASE("members hear that the server stops") {
        Server server;
        const Caller ann(server, "ann");
        const Caller unnamed(server);
        const std::string token = unnamed.ask_for_token();
        unnamed.send(token + " /help");
        unnamed.hear_until("Welcome to the chat. What is your name?");
        server.process().signal(SIGTERM);
        ann.hear_until("The server stops. Goodbye.");
        unnamed.hear_until("The server stops. Goodbye.");
    }
}
