#include "tests/conformance/chat/chat_server.h"

#include <doctest/doctest.h>

namespace tern::conformance::chat {

Server::Server(const std::vector<std::string>& settings) {
    std::string tls = "null";
    if (encrypted()) {
        const test::Certificate files = test::make_certificate(folder_.path());
        tls = R"({"certificate": ")" + files.certificate.string() + R"(", "key": ")" +
              files.key.string() + "\"}";
    }
    test::write_file(folder_ / "chat.json",
                     R"({"listeners": [{"name": "line", "address": "127.0.0.1", "tls": )" + tls +
                         R"(}, {"name": "udp", "protocol": "udp", "address": "127.0.0.1"}],
                         "control_socket": "control",
                         "operators": [{"name": "root", "password": ")" +
                         hash_of("secret") + R"("}], "limits": {"login_delay_s": 0}})");
    process_.emplace(launch_of("tern-chatd", configuration(), chat_workers, settings));
}

Person::Person(const Server& server, int receive_buffer)
    : socket_(server.endpoint(), test::SocketOptions{encrypted(), receive_buffer}) {
    CHECK(hear() == "Welcome to the chat. What is your name?");
}

Person::Person(const Server& server, const std::string& name) : Person(server) {
    CHECK(ask(name) == "Hello " + name + ". Type /help to see what you can do.");
    CHECK(hear().starts_with("In lobby now: "));
}

std::string scrape(const Server& server, const std::string& request) {
    ClientSocket socket(server.endpoint("metrics"));
    socket.send_all(request + "\r\nHost: x\r\n\r\n");
    return socket.read_to_end();
}

bool comes_to_have(const Server& server, const std::string& line) {
    return test::eventually([&] {
        return scrape(server, "GET /metrics HTTP/1.1").find("\n" + line + "\n") !=
               std::string::npos;
    });
}

} // namespace tern::conformance::chat

void tern::conformance::start_server_once() { const chat::Server server; }
