// tern-chatd: group chat.

#include "common/base/password.h"
#include "common/daemon/daemon.h"
#include "generated/chat_schema.h"
#include "servers/chat/chat_service.h"
#include "servers/chat/settings.h"

#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

namespace {

std::unique_ptr<tern::strategy::Service> make_service(const tern::daemon::Equipment& equipment) {
    using namespace tern::chat;
    return std::make_unique<ChatService>(
        settings_from(equipment.configuration), irc_settings_from(equipment.configuration),
        Phrases(equipment.configuration), equipment.metrics, equipment.log);
}

/// `tern-chatd hash-password`: one line in, its hash out, for `operators`.
int print_password_hash() try {
    std::string password;
    if (!std::getline(std::cin, password) || password.empty()) {
        std::cerr << "tern-chatd: hash-password: no password on standard input\n";
        return 2;
    }
    std::cout << tern::hash_password(password) << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "tern-chatd: hash-password: " << error.what() << '\n';
    return 1;
}

} // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "hash-password")
        return print_password_hash();
    const tern::daemon::DaemonDescription description = {
        .program = "tern-chatd",
        .server = "chatd",
        .schema = tern::generated::chat_schema,
        .default_configuration = "config/chat.json",
        .alpn = {},
        .make_service = make_service,
    };
    return tern::daemon::run_daemon(description, argc, argv);
}
