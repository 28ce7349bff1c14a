#include "tests/conformance/irc/irc_server.h"

#include <doctest/doctest.h>

#include <crypt.h>

#include <cstdlib>
#include <memory>

namespace tern::conformance::irc {
namespace {

std::string environment(const char* name, const char* otherwise) {
    const char* const value = std::getenv(name);
    return value != nullptr ? value : otherwise;
}

/// A cheap one: the tests are not about how long hashing takes.
std::string hash_of(const char* password) {
    const auto work = std::make_unique<crypt_data>();
    return ::crypt_r(password, "$5$rounds=1000$tern$", work.get());
}

} // namespace

const Model& model() {
    static const std::string strategy = environment("TERN_STRATEGY", "epoll");
    static const Model model = model_of(strategy);
    return model;
}

bool encrypted() { return environment("TERN_TRANSPORT", "plain") == "tls"; }

bool has_room_for(std::size_t members) {
    const std::size_t most = model().clients_at_once(workers);
    return most == 0 || members <= most;
}

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
    test::Launch launch{"tern-chatd", {"--config", (folder_ / "chat.json").string()}, 0};
    std::vector<std::string> all = {"concurrency.strategy=" + std::string(model().strategy),
                                    "concurrency.workers=" + std::to_string(workers)};
    all.insert(all.end(), settings.begin(), settings.end());
    for (std::string& one : all)
        launch.arguments.insert(launch.arguments.end(), {"--set", std::move(one)});
    process_.emplace(std::move(launch));
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

LinePerson::LinePerson(const Server& server, const std::string& name)
    : socket_(server.endpoint("line"), test::SocketOptions{encrypted()}) {
    say(name);
    hear_until("In lobby now: ");
}

std::string LinePerson::hear() {
    std::string line = socket_.read_until("\n");
    line.pop_back();
    return line;
}

std::string LinePerson::hear_until(std::string_view part) {
    for (;;) {
        std::string line = hear();
        if (line.find(part) != std::string::npos)
            return line;
    }
}

} // namespace tern::conformance::irc
