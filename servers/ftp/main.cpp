// tern-ftpd: serves files over FTP.

#include "common/daemon/daemon.h"
#include "common/daemon/hash_password.h"
#include "common/daemon/listeners.h"
#include "generated/ftp_schema.h"
#include "servers/ftp/ftp_service.h"
#include "servers/ftp/settings.h"

#include <nlohmann/json_fwd.hpp>

#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace {

/// For AUTH TLS; read before privileges are dropped, for the key is not for everybody's eyes.
std::unique_ptr<tern::net::TlsContext> read_tls(const tern::Configuration& configuration) {
    const tern::ftp::FtpSettings settings = tern::ftp::settings_from(configuration);
    return settings.tls ? tern::daemon::read_tls(*settings.tls, configuration, "/tls") : nullptr;
}

std::unique_ptr<tern::ftp::TransferLog>
open_transfer_log(const tern::ftp::FtpSettings& settings,
                  const tern::daemon::Equipment& equipment) {
    if (settings.transfer_log_file.empty())
        return nullptr;
    try {
        return std::make_unique<tern::ftp::TransferLog>(
            settings.transfer_log_form, settings.transfer_log_file, &equipment.reopen);
    } catch (const std::exception& error) {
        throw equipment.configuration.error("/transfer_log/file", error.what());
    }
}

std::unique_ptr<tern::strategy::Service> make_service(const tern::daemon::Equipment& equipment,
                                                      std::unique_ptr<tern::net::TlsContext> tls) {
    using namespace tern::ftp;
    FtpSettings settings = settings_from(equipment.configuration);
    auto users = std::make_unique<UserBook>(equipment.configuration, equipment.log);
    users->remove_leftovers();
    std::unique_ptr<TransferLog> transfers = open_transfer_log(settings, equipment);
    return std::make_unique<FtpService>(std::move(settings), std::move(users), std::move(tls),
                                        std::move(transfers), equipment.metrics, equipment.log);
}

} // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "hash-password")
        return tern::daemon::print_password_hash("tern-ftpd");
    std::unique_ptr<tern::net::TlsContext> tls;
    const tern::daemon::DaemonDescription description = {
        .program = "tern-ftpd",
        .server = "ftpd",
        .schema = tern::generated::ftp_schema,
        .default_configuration = "config/ftp.json",
        .alpn = {},
        .prepare = [&](const tern::Configuration& configuration) { tls = read_tls(configuration); },
        .make_service =
            [&](const tern::daemon::Equipment& equipment) {
                return make_service(equipment, std::move(tls));
            },
        .greeting = [](const nlohmann::json&) -> tern::daemon::Greeting {
            return {"", {"220", "421"}}; // who is full is well
        },
    };
    return tern::daemon::run_daemon(description, argc, argv);
}
