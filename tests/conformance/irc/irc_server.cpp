#include "tests/conformance/irc/irc_server.h"

#include <doctest/doctest.h>

namespace tern::conformance::irc {

Server::Server(const std::vector<std::string>& settings) {
    std::string tls = "null";
    if (encrypted()) {
        const test::Certificate files = test::make_certificate(folder_.path());
        tls = R"({"certificate": ")" + files.certificate.string() + R"(", "key": ")" +
              files.key.string() + "\"}";
    }
    const std::string secret = hash_of("secret");
    test::write_file(folder_ / "chat.json",
                     R"({"listeners": [
                           {"name": "irc", "protocol": "irc", "address": "127.0.0.1", "tls": )" +
                         tls + R"(},
                           {"name": "line", "address": "127.0.0.1", "tls": )" +
                         tls + R"(}],
                         "operators": [{"name": "root", "password": ")" +
                         secret + R"("}],
                         "irc": {"message_of_the_day": ["hello"],
                                 "accounts": [{"name": "jilles", "password": ")" +
                         secret + R"("}]},
                         "limits": {"login_delay_s": 0}})");
    process_.emplace(launch_of("tern-chatd", folder_ / "chat.json", chat_workers, settings));
}

Client::Client(const Server& server, const std::string& name) : Client(server) {
    say("NICK " + name);
    say("USER " + name + " 0 * :" + name);
    CHECK(hear() == ":tern.local 001 " + name + " :Welcome to the Tern network, " + name);
    hear_until(" 376 ");
}

std::string Client::hear_until(std::string_view part) {
    for (;;) {
        std::string line = hear();
        if (line.find(part) != std::string::npos)
            return line;
    }
}

std::string Client::ask(const std::string& line) {
    say(line);
    say("PING fence");
    std::string all;
    for (;;) {
        const std::string heard = hear();
        if (heard == ":tern.local PONG tern.local fence")
            return all;
        all.append(all.empty() ? "" : "\r\n").append(heard);
    }
}

} // namespace tern::conformance::irc

void tern::conformance::start_server_once() { const irc::Server server; }
