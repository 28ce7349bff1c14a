// The same chat by datagrams, also while a TCP client is being served under `iterative`.

#include "tests/conformance/chat/chat_server.h"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>

using namespace tern::conformance::chat;

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
        send("hello\n");
        const std::string answer = hear();
        REQUIRE(answer.starts_with("Your token is "));
        token = answer.substr(14, 16);
        say(name);
        const std::string hello = "Hello " + name + ". Type /help to see what you can do.";
        for (std::string heard = hear(); heard != hello; heard = hear())
            if (heard.starts_with("Nothing was said for too long.")) // on a busy machine
                say(name);
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
        const Server server({"limits.udp_timeout_s=0.5"});
        Person terminal(server, "terminal");
        const Caller silent(server, "silent");
        CHECK(terminal.hear() == "silent entered the room");
        silent.send("0123456789abcdef I am silent\n");
        silent.hear_until("Your token is " + silent.token +
                          ". Put it before every line, the first of which is your name: " +
                          silent.token + " NAME");
        CHECK(terminal.hear() == "silent left the room");
        silent.hear_until("Nothing was said for too long. Goodbye.");
    }
}
