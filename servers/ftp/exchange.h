#pragma once
// One client's session, as commands see it: who it is, where it is, how it wants its data. Commands
// change it and queue replies; none of them waits. What takes time they leave to be done next
// (conversation.cpp).

#include "common/protocol/ftp/list_line.h"
#include "servers/ftp/control.h"
#include "servers/ftp/data_door.h"
#include "servers/ftp/digest.h"
#include "servers/ftp/home.h"
#include "servers/ftp/labour.h"
#include "servers/ftp/pace.h"
#include "servers/ftp/producer.h"
#include "servers/ftp/settings.h"
#include "servers/ftp/upload.h"
#include "servers/ftp/user_book.h"
#include "servers/ftp/user_sessions.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tern::net {
class TlsContext;
}

namespace tern::ftp {

/// What all sessions of the server have in common.
struct ServerContext {
    const FtpSettings& settings;
    UserBook& users;
    UserSessions& sessions;
    UploadDisk& disk;
    DataDoors& doors;
    const net::TlsContext* tls = nullptr; ///< null: no AUTH TLS
    mode_t umask = 0;                     ///< the process's
};

/// What is to be moved over the next data connection: exactly one of the three.
struct Cargo {
    std::string path;  ///< for replies and logs
    std::string about; ///< the text of the 150 reply
    UniqueFd file;     ///< to be sent from `offset` to `end`
    off_t offset = 0;
    off_t end = 0;
    std::unique_ptr<Producer> producer;
    std::unique_ptr<Upload> upload;
    std::unique_ptr<Digest> digest; ///< of what is moved, if the log is to tell it
    bool is_text = false;           ///< an upload in TYPE A
    bool is_listing = false;
    bool is_compressed = false; ///< an upload in MODE Z
};

/// What the session does after a command.
enum class Next : unsigned char {
    command,
    check_password,
    begin_tls,
    end_tls,
    transfer,
    labour,
    close,
};

/// Where a file ends that is wanted to its end.
inline constexpr std::uint64_t whole_file = std::numeric_limits<std::uint64_t>::max();

struct Exchange {
    Exchange(const ServerContext& its_context, net::Connection& connection) noexcept
        : context(its_context), control(connection, its_context.settings.command_bytes),
          pace(its_context.settings.commands_per_second),
          compression_level(its_context.settings.compression_level) {}

    void reply(unsigned code, std::string_view text) { control.reply(code, text); }
    /// In the client's words: no system path, no number.
    void reply_error(const std::error_code& error);
    bool is_logged_in() const noexcept { return user != nullptr; }
    /// Whether the user may; replies 550 if not.
    bool may(Right right);
    std::string path_of(std::string_view argument) const;
    /// Forgets the user, as REIN does.
    void log_out();

    const ServerContext& context;
    Control control;
    Next next = Next::command;
    Pace pace;

    std::optional<std::string> claimed_name; ///< by USER
    std::string password;                    ///< while it is checked
    std::shared_ptr<const User> user;        ///< once logged in; shared with the book
    UserSessions::Place place;               ///< among the user's sessions
    std::optional<Home> home;
    Account account;
    unsigned failed_logins = 0;

    std::string folder = "/";
    std::optional<std::string> rename_from;
    bool is_text = true;        ///< RFC 959 §5.1: TYPE A, until the client says otherwise
    bool is_compressed = false; ///< MODE Z
    int compression_level;      ///< of what is sent; set by OPTS MODE Z
    std::uint64_t restart = 0;  ///< by REST, or RANG
    std::uint64_t range_end = whole_file; ///< by RANG; the first byte that is not wanted
    DigestKind digest = DigestKind::sha256;
    std::optional<Clock::duration> idle_timeout; ///< by SITE IDLE
    FactSelection facts;

    bool extended_passive_only = false; ///< EPSV ALL
    bool protection_announced = false;  ///< PBSZ
    bool protects_data = false;         ///< PROT P
    bool tls_by_command = false;        ///< AUTH TLS, and not the listener's
    const VirtualHost* host = nullptr;  ///< by HOST
    bool told_of_resumption = false;    ///< the log, that data connections lack it
    std::unique_ptr<DataDoor> door;
    std::optional<Cargo> cargo;
    std::unique_ptr<Labour> labour;
};

} // namespace tern::ftp
