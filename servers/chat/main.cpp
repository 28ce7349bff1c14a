// tern-chatd: group chat.

#include "common/base/environment_settings.h"
#include "common/daemon/daemon.h"
#include "common/daemon/hash_password.h"
#include "generated/chat_schema.h"
#include "servers/chat/chat_service.h"
#include "servers/chat/control_door.h"
#include "servers/chat/settings.h"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace {

constexpr const char* default_configuration = "config/chat.json";

std::unique_ptr<tern::strategy::Service> make_service(const tern::daemon::Equipment& equipment) {
    using namespace tern::chat;
    ChatSettings settings = settings_from(equipment.configuration);
    std::optional<tern::net::Listener> control;
    if (!settings.control_socket.empty() && !equipment.is_check)
        control = control_listener(settings.control_socket);
    if (equipment.is_check)
        settings.journal.file.clear();
    return std::make_unique<ChatService>(
        std::move(settings), irc_settings_from(equipment.configuration),
        web_settings_from(equipment.configuration), Phrases(equipment.configuration),
        equipment.datagrams, std::move(control), equipment.metrics, equipment.log);
}

/// Line clients are asked for their name, in words that can be configured; UDP ones get a token; an
/// IRC client may ask for a sign of life before it is known; a browser asks for the page.
tern::daemon::Greeting greeting(const nlohmann::json& listener) {
    const auto protocol = listener.at("protocol").get<std::string>();
    if (protocol == "irc")
        return {"PING health\r\nQUIT\r\n", {":", "PONG", "ERROR"}};
    if (protocol == "web")
        return {"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", {"HTTP/1.1 200"}};
    if (protocol == "udp") // an answer is shorter than the question
        return {"Is the chat server in good health?", {""}};
    return {"", {""}};
}

/// `tern-chatd [--config FILE] announce TEXT`
int announce(const std::string& file, const std::string& text) try {
    const auto configuration = tern::Configuration::load(file, tern::generated::chat_schema,
                                                         tern::environment_settings(environ));
    const std::string path = tern::chat::settings_from(configuration).control_socket;
    if (path.empty())
        throw configuration.error("/control_socket", "found none, allowed here: the path of one");
    const tern::chat::Announcement announcement = tern::chat::announce(path, text);
    (announcement.is_done ? std::cout : std::cerr) << announcement.words << std::flush;
    return announcement.is_done ? 0 : 1;
} catch (const tern::ConfigurationError& error) {
    std::cerr << "tern-chatd: " << error.what() << '\n';
    return 2;
} catch (const std::exception& error) {
    std::cerr << "tern-chatd: announce: " << error.what() << '\n';
    return 1;
}

} // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "hash-password")
        return tern::daemon::print_password_hash("tern-chatd");
    if (argc == 3 && std::string_view(argv[1]) == "announce")
        return announce(default_configuration, argv[2]);
    if (argc == 5 && std::string_view(argv[1]) == "--config" &&
        std::string_view(argv[3]) == "announce")
        return announce(argv[2], argv[4]);
    const tern::daemon::DaemonDescription description = {
        .program = "tern-chatd",
        .server = "chatd",
        .schema = tern::generated::chat_schema,
        .default_configuration = default_configuration,
        .alpn = {},
        .make_service = make_service,
        .greeting = greeting,
    };
    return tern::daemon::run_daemon(description, argc, argv);
}
