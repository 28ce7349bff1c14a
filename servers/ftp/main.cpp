// tern-ftpd: serves files over FTP.

#include "common/base/password.h"
#include "common/daemon/daemon.h"
#include "generated/ftp_schema.h"
#include "servers/ftp/ftp_service.h"
#include "servers/ftp/settings.h"

#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

namespace {

std::unique_ptr<tern::strategy::Service> make_service(const tern::daemon::Equipment& equipment) {
    using namespace tern::ftp;
    FtpSettings settings = settings_from(equipment.configuration);
    Users users(settings, equipment.configuration);
    std::unique_ptr<tern::net::TlsContext> tls;
    if (settings.tls) {
        try {
            tls = std::make_unique<tern::net::TlsContext>(*settings.tls);
        } catch (const std::exception& error) {
            throw equipment.configuration.error("/tls", error.what());
        }
    }
    return std::make_unique<FtpService>(std::move(settings), std::move(users), std::move(tls),
                                        equipment.metrics, equipment.log);
}

/// `tern-ftpd hash-password`: one line in, its hash out, for `users`.
int print_password_hash() try {
    std::string password;
    if (!std::getline(std::cin, password) || password.empty()) {
        std::cerr << "tern-ftpd: hash-password: no password on standard input\n";
        return 2;
    }
    std::cout << tern::hash_password(password) << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "tern-ftpd: hash-password: " << error.what() << '\n';
    return 1;
}

} // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "hash-password")
        return print_password_hash();
    const tern::daemon::DaemonDescription description = {
        .program = "tern-ftpd",
        .server = "ftpd",
        .schema = tern::generated::ftp_schema,
        .default_configuration = "config/ftp.json",
        .alpn = {},
        .make_service = make_service,
    };
    return tern::daemon::run_daemon(description, argc, argv);
}
