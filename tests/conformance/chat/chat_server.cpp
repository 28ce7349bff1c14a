#include "tests/conformance/chat/chat_server.h"

#include <doctest/doctest.h>

#include <crypt.h>

#include <cstdlib>
#include <memory>

namespace tern::conformance::chat {
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
    test::write_file(folder_ / "chat.json",
                     R"({"listeners": [{"name": "line", "address": "127.0.0.1", "tls": )" + tls +
                         R"(}, {"name": "udp", "protocol": "udp", "address": "127.0.0.1"}],
                         "control_socket": "control",
                         "operators": [{"name": "root", "password": ")" +
                         hash_of("secret") + R"("}], "limits": {"login_delay_s": 0}})");
    test::Launch launch{"tern-chatd", {"--config", configuration()}, 0};
    std::vector<std::string> all = {"concurrency.strategy=" + std::string(model().strategy),
                                    "concurrency.workers=" + std::to_string(workers)};
    all.insert(all.end(), settings.begin(), settings.end());
    for (std::string& one : all)
        launch.arguments.insert(launch.arguments.end(), {"--set", std::move(one)});
    process_.emplace(std::move(launch));
}

Person::Person(const Server& server, int receive_buffer)
    : socket_(server.endpoint(), test::SocketOptions{encrypted(), receive_buffer}) {
    CHECK(hear() == "Welcome to the chat. What is your name?");
}

Person::Person(const Server& server, const std::string& name) : Person(server) {
    CHECK(ask(name) == "Hello " + name + ". Type /help to see what you can do.");
    CHECK(hear().starts_with("In lobby now: "));
}

} // namespace tern::conformance::chat
