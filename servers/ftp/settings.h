#pragma once
// What the server's own part of the configuration says.

#include "common/base/clock.h"
#include "common/base/configuration.h"
#include "common/net/listener.h"
#include "servers/ftp/advertised_address.h"
#include "servers/ftp/digest.h"
#include "servers/ftp/failed_logins.h"
#include "servers/ftp/transfer_log.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace tern::ftp {

struct PassiveSettings {
    std::uint16_t first_port = 0; ///< 0: any that is free
    std::uint16_t last_port = 0;
    AdvertisedAddress address; ///< to tell clients
};

/// A name by which clients may ask for the server (RFC 7151).
struct VirtualHost {
    std::string name;    ///< as parse_host() gives it
    std::string welcome; ///< empty: the server's
};

/// Whether data must, or must not, be encrypted where the control connection is.
enum class DataProtection : unsigned char { any, required, forbidden };
/// What of TLS data connections that do not resume the TLS session of the control connection.
enum class SessionReuse : unsigned char { off, warn, require };

struct FtpSettings {
    Clock::duration login_timeout{}, idle_timeout{}, connect_timeout{}, stall_timeout{};
    Clock::duration failed_login_delay{}, last_chance{};
    unsigned login_attempts = 3;
    std::size_t command_bytes = 4096;
    unsigned commands_per_second = 0; ///< 0: any number
    bool mode_z = true;
    int compression_level = 6;
    bool allow_clear_control = false;       ///< CCC
    std::vector<VirtualHost> virtual_hosts; ///< empty: any name
    PassiveSettings passive;
    bool active_mode = true;
    bool foreign_data = false; ///< data connections with others than the client itself
    bool sync_uploads = true;  ///< fsync before an upload is confirmed
    bool require_close_notify = false;
    bool keep_partial = false;
    Clock::duration partial_expiry{};    ///< after which partial files are removed; 0: never
    std::optional<net::TlsSettings> tls; ///< for AUTH TLS
    bool require_tls = false;
    DataProtection data_protection = DataProtection::any;
    SessionReuse session_reuse = SessionReuse::warn;
    std::string transfer_log_file; ///< empty: none
    TransferLogForm transfer_log_form = TransferLogForm::xferlog;
    std::optional<DigestKind> transfer_digest; ///< for the transfer log
    std::size_t max_connections = 1024;
    BanSettings ban;
    std::string welcome;
};

/// `configuration` fulfils the schema of the FTP server. Throws ConfigurationError for what a
/// schema cannot say.
FtpSettings settings_from(const Configuration& configuration);

} // namespace tern::ftp
