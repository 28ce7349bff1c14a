#pragma once
// The FTP server's conversation, and what all of its conversations share.

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/net/tls.h"
#include "common/session/workshop.h"
#include "common/strategy/service.h"
#include "servers/ftp/exchange.h"
#include "servers/ftp/settings.h"
#include "servers/ftp/socket_door.h"
#include "servers/ftp/transfer_log.h"
#include "servers/ftp/user_book.h"

#include <memory>
#include <string_view>
#include <vector>

namespace tern::ftp {

class Transfer;

/// What is counted.
class FtpCounters {
public:
    explicit FtpCounters(Metrics& metrics);

    /// What became of somebody who wanted to log in.
    enum class Login : unsigned char {
        welcome,
        denied,  ///< a wrong name or password
        refused, ///< as many sessions as the user may have
        banned,  ///< before it was tried
    };
    void logged_in(Login result) const noexcept { logins_[static_cast<std::size_t>(result)].add(); }
    void transferred(const Transfer& transfer) const noexcept;

private:
    std::vector<Counter> logins_; ///< by Login
    Counter uploads_, uploads_failed_, downloads_, downloads_failed_;
    Counter received_, sent_;
    std::vector<Counter> failures_; ///< of transfers, as Transfer::results but for the first
};

/// The disk and the network; null for the real ones.
struct Surroundings {
    std::unique_ptr<UploadDisk> disk;
    std::unique_ptr<DataDoors> doors;
};

class FtpService final : public strategy::Service {
public:
    /// `tls` may be null.
    FtpService(FtpSettings settings, std::unique_ptr<UserBook> users,
               std::unique_ptr<net::TlsContext> tls, std::unique_ptr<TransferLog> transfer_log,
               Metrics& metrics, Log& log, Surroundings surroundings = {});

    Task<void> serve(net::Connection& connection, Runner& runner) override;
    std::size_t residents() const override;
    Task<void> reside(std::size_t index, Runner& runner) override;
    std::string_view refusal() const override {
        return "421 Too many are connected, in all or from your address. Please try again "
               "later.\r\n";
    }
    Clock::duration handshake_patience() const override { return settings_.login_timeout; }
    Clock::duration last_chance() const override { return settings_.last_chance; }

private:
    void run_commands(Exchange& exchange) const;
    Task<bool> do_next(Exchange& exchange);
    Task<bool> await_command(Exchange& exchange, Clock::time_point deadline);
    Task<bool> begin_tls(Exchange& exchange);
    Task<bool> end_tls(Exchange& exchange);
    Task<void> check_password(Exchange& exchange);
    Task<bool> transfer(Exchange& exchange);
    Task<void> welcome(Exchange& exchange, std::shared_ptr<const User> user);
    Surroundings complete(Surroundings surroundings) const;
    void note(Exchange& exchange, Transfer& transfer) const;
    void turn_away(Exchange& exchange);
    bool is_banned(const net::Connection& connection) const noexcept;

    const FtpSettings settings_;
    const std::unique_ptr<UserBook> users_;
    const std::unique_ptr<net::TlsContext> tls_;
    UserSessions sessions_;
    FailedLogins failed_logins_;
    const Surroundings surroundings_;
    const FtpCounters counters_;
    const std::unique_ptr<TransferLog> transfer_log_; ///< null: none
    Log& log_;
    Workshop workshop_; ///< for hashing passwords and counting quotas
    const ServerContext context_;
};

} // namespace tern::ftp
