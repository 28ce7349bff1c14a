#include "servers/ftp/ftp_service.h"

#include "common/base/password.h"
#include "common/session/password_check.h"
#include "servers/ftp/command_table.h"
#include "servers/ftp/commands.h"
#include "servers/ftp/last_word.h"
#include "servers/ftp/stale_partials.h"
#include "servers/ftp/transfer.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <memory>
#include <span>
#include <thread>
#include <utility>

namespace tern::ftp {
namespace {

using net::Awakening;
using net::Progress;

/// Commands that came in one go are answered in one go, but for so many others get their turn.
constexpr unsigned commands_per_turn = 16;

/// For a client to end TLS first; some wait for the server to, and then hear it this much later.
constexpr std::chrono::milliseconds goodbye_patience{200};

/// Clients send ABOR as urgent data, whose last byte would else be left out of the stream.
void take_urgent_data_in_line(net::Connection& connection) {
    const int on = 1;
    ::setsockopt(connection.interest(0).fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
}

/// Waits until something happens or the deadline is over; only the latter is certain.
Task<void> pause(net::Connection& connection, Clock::time_point deadline) {
    Wait wait;
    wait.deadline = deadline;
    while (connection.now() < deadline && !connection.finishing())
        co_await until(wait);
}

std::function<void()> counting(std::shared_ptr<const User> user) {
    return [user = std::move(user)] {
        Account(user->page, user->limits).count_stored(user->home.get());
    };
}

/// Only to be asked while there is one thread, for the kernel tells it only in exchange.
mode_t process_umask() noexcept {
    const mode_t mask = ::umask(0);
    ::umask(mask);
    return mask;
}

} // namespace

FtpCounters::FtpCounters(Metrics& metrics)
    : uploads_(metrics.counter("tern_ftp_transfers_total", "Transfers.",
                               {{"direction", "up"}, {"result", "complete"}})),
      uploads_failed_(metrics.counter("tern_ftp_transfers_total", "Transfers.",
                                      {{"direction", "up"}, {"result", "failed"}})),
      downloads_(metrics.counter("tern_ftp_transfers_total", "Transfers.",
                                 {{"direction", "down"}, {"result", "complete"}})),
      downloads_failed_(metrics.counter("tern_ftp_transfers_total", "Transfers.",
                                        {{"direction", "down"}, {"result", "failed"}})),
      received_(metrics.counter("tern_ftp_data_bytes_total", "Bytes over data connections.",
                                {{"direction", "up"}})),
      sent_(metrics.counter("tern_ftp_data_bytes_total", "Bytes over data connections.",
                            {{"direction", "down"}})) {
    for (const char* const result : {"welcome", "denied", "refused", "banned"})
        logins_.push_back(
            metrics.counter("tern_ftp_logins_total", "Logins.", {{"result", result}}));
    for (const std::string_view reason : std::span(Transfer::results).subspan(1))
        failures_.push_back(metrics.counter("tern_ftp_transfers_failed_total",
                                            "Transfers that were not completed, by what happened.",
                                            {{"reason", std::string(reason)}}));
}

void FtpCounters::transferred(const Transfer& transfer) const noexcept {
    if (transfer.is_upload())
        (transfer.is_complete() ? uploads_ : uploads_failed_).add();
    else
        (transfer.is_complete() ? downloads_ : downloads_failed_).add();
    (transfer.is_upload() ? received_ : sent_).add(transfer.moved());
    for (std::size_t i = 0; i < failures_.size(); ++i)
        if (Transfer::results[i + 1] == transfer.result())
            failures_[i].add();
}

FtpService::FtpService(FtpSettings settings, std::unique_ptr<UserBook> users,
                       std::unique_ptr<net::TlsContext> tls,
                       std::unique_ptr<TransferLog> transfer_log, Metrics& metrics, Log& log,
                       Surroundings surroundings)
    : settings_(std::move(settings)), users_(std::move(users)), tls_(std::move(tls)),
      sessions_(settings_.max_connections), failed_logins_(settings_.ban),
      surroundings_(complete(std::move(surroundings))), counters_(metrics),
      transfer_log_(std::move(transfer_log)), log_(log), workshop_(hashing_threads()),
      context_{settings_,  *users_,        sessions_, *surroundings_.disk, *surroundings_.doors,
               tls_.get(), process_umask()} {}

Surroundings FtpService::complete(Surroundings surroundings) const {
    if (!surroundings.disk)
        surroundings.disk = std::make_unique<UploadDisk>();
    if (!surroundings.doors)
        surroundings.doors =
            std::make_unique<SocketDoors>(settings_.passive, settings_.foreign_data);
    return surroundings;
}

bool FtpService::is_banned(const net::Connection& connection) const noexcept {
    return failed_logins_.is_banned(connection.endpoints().peer.limit_key(), connection.now());
}

Task<void> FtpService::serve(net::Connection& connection, Runner& /*runner*/) {
    take_urgent_data_in_line(connection);
    Exchange exchange(context_, connection);
    // With implicit TLS, clients expect their data to be protected without a word.
    exchange.protection_announced = connection.endpoints().encrypted;
    exchange.protects_data =
        exchange.protection_announced && settings_.data_protection != DataProtection::forbidden;
    if (is_banned(connection)) {
        counters_.logged_in(FtpCounters::Login::banned);
        exchange.reply(421, "Too many wrong passwords came from your address. Try again later.");
        exchange.next = Next::close;
    } else {
        exchange.reply(220, settings_.welcome);
    }
    LastWord last_word(exchange, log_);
    const Clock::time_point login_ends = connection.now() + settings_.login_timeout;
    bool goes_on = true;
    bool is_heard = true; // by the client, as far as we know
    while (goes_on) {
        run_commands(exchange);
        goes_on = exchange.next != Next::close;
        if (exchange.control.has_replies())
            is_heard = co_await exchange.control.flush();
        if (!goes_on || !is_heard)
            break;
        if (exchange.next != Next::command) {
            goes_on = co_await do_next(exchange);
        } else if (exchange.pace.is_over()) {
            co_await pause(connection, exchange.pace.next_begins());
            goes_on = !connection.finishing();
        } else {
            Clock::time_point deadline =
                connection.now() + exchange.idle_timeout.value_or(settings_.idle_timeout);
            if (!exchange.is_logged_in())
                deadline = std::min(deadline, login_ends);
            goes_on = co_await await_command(exchange, deadline);
        }
    }
    if (is_heard && exchange.control.has_replies())
        is_heard = co_await exchange.control.flush();
    if (is_heard)
        connection.linger(); // what the client still sends must not cost it our last words
    last_word.withdraw();
}

/// One, where partial files are kept, and not for ever.
std::size_t FtpService::residents() const {
    return settings_.keep_partial && settings_.partial_expiry > Clock::duration::zero() ? 1 : 0;
}

Task<void> FtpService::reside(std::size_t /*index*/, Runner& /*runner*/) {
    return remove_stale_partials(*users_, settings_.partial_expiry, log_);
}

void FtpService::run_commands(Exchange& exchange) const {
    const Clock::time_point now = exchange.control.connection().now();
    for (unsigned i = 0; i < commands_per_turn && exchange.next == Next::command; ++i) {
        if (!exchange.pace.allows(now))
            return;
        Command command;
        switch (exchange.control.commands().next(command)) {
        case CommandParser::Outcome::need_more:
            return exchange.pace.take_back();
        case CommandParser::Outcome::too_long:
            exchange.reply(500, "The line is too long.");
            break;
        case CommandParser::Outcome::bad:
            exchange.reply(500, "Not a command.");
            break;
        case CommandParser::Outcome::command:
            run_command(exchange, command);
            break;
        }
    }
}

/// What a command has left to do. False: the conversation is over.
Task<bool> FtpService::do_next(Exchange& exchange) {
    switch (std::exchange(exchange.next, Next::command)) {
    case Next::check_password:
        co_await check_password(exchange);
        co_return exchange.next != Next::close;
    case Next::begin_tls:
        co_return co_await begin_tls(exchange);
    case Next::end_tls:
        co_return co_await end_tls(exchange);
    case Next::transfer:
        co_return co_await transfer(exchange);
    case Next::labour:
        co_return co_await run_labour(exchange);
    case Next::command:
    case Next::close:
        break;
    }
    co_return true;
}

/// False: there will be no more.
Task<bool> FtpService::await_command(Exchange& exchange, Clock::time_point deadline) {
    net::Connection& connection = exchange.control.connection();
    bool hurried = false;
    for (;;) {
        Command ignored;
        if (exchange.control.commands().peek(ignored) != CommandParser::Outcome::need_more)
            co_return true;
        const Progress progress = exchange.control.read_some();
        if (progress.outcome == Progress::Outcome::moved)
            continue;
        if (progress.outcome != Progress::Outcome::blocked)
            co_return false;
        // Between two commands of one task a client is idle for a moment: that is not the end.
        if (connection.finishing() && !std::exchange(hurried, true))
            deadline = std::min(deadline, connection.now() + settings_.last_chance);
        Awakening awakening = Awakening::ready;
        if (hurried || progress.interest == 0)
            awakening = co_await connection.progress_possible(progress, deadline);
        else
            awakening = co_await connection.input_while_idle(deadline);
        if (awakening == Awakening::late) {
            exchange.reply(421, hurried ? "The server needs your place. Goodbye."
                                        : "Nothing was said for too long. Goodbye.");
            co_return false;
        }
    }
}

Task<bool> FtpService::begin_tls(Exchange& exchange) {
    net::Connection& connection = exchange.control.connection();
    exchange.control.commands().clear(); // whoever sent it, it was not protected
    if (!connection.start_tls(*tls_))
        co_return false;
    const Clock::time_point deadline = connection.now() + settings_.login_timeout;
    const Result<void> shaken = co_await connection.handshake(deadline, settings_.last_chance);
    if (!shaken)
        co_return false;
    exchange.log_out(); // RFC 4217 §11.1
    exchange.tls_by_command = true;
    co_return true;
}

/// After CCC or REIN: the control connection goes on in the clear (docs/decisions/0050).
Task<bool> FtpService::end_tls(Exchange& exchange) {
    net::Connection& connection = exchange.control.connection();
    exchange.control.commands().clear(); // what comes now is anybody's, and what came is over
    exchange.tls_by_command = false;
    net::Goodbye goodbye = net::Goodbye::peer_first;
    Clock::time_point deadline = connection.now() + goodbye_patience;
    bool hurried = false;
    for (;;) {
        const Progress progress = connection.try_stop_tls(goodbye);
        if (progress.outcome == Progress::Outcome::moved)
            co_return true;
        if (progress.outcome != Progress::Outcome::blocked)
            co_return false;
        if (connection.finishing() && !std::exchange(hurried, true))
            deadline = std::min(deadline, connection.now() + settings_.last_chance);
        const Awakening awakening = co_await connection.progress_possible(progress, deadline);
        if (awakening != Awakening::late)
            continue;
        if (hurried || std::exchange(goodbye, net::Goodbye::now) == net::Goodbye::now)
            co_return false;
        deadline = connection.now() + exchange.idle_timeout.value_or(settings_.idle_timeout);
    }
}

Task<void> FtpService::check_password(Exchange& exchange) {
    net::Connection& connection = exchange.control.connection();
    const std::shared_ptr<const Users> users = users_->current(connection.now());
    const User* const known = users->find(*exchange.claimed_name);
    std::shared_ptr<const User> user(users, known); // lives as long as all of them
    bool fits = known != nullptr && known->anonymous;
    if (!fits) {
        const bool has_hash = known != nullptr && is_password_hash(known->password);
        const std::string hash = has_hash ? known->password : std::string(users->decoy());
        const bool matches =
            co_await tern::check_password(workshop_, std::move(exchange.password), hash);
        fits = has_hash && matches;
    }
    exchange.password.clear();
    if (fits) {
        co_await welcome(exchange, std::move(user));
    } else {
        counters_.logged_in(FtpCounters::Login::denied);
        failed_logins_.add(connection.endpoints().peer.limit_key(), connection.now());
        co_await pause(connection, connection.now() + settings_.failed_login_delay);
        turn_away(exchange);
    }
}

Task<void> FtpService::welcome(Exchange& exchange, std::shared_ptr<const User> user) {
    const bool has_place = log_in(exchange, user);
    counters_.logged_in(has_place ? FtpCounters::Login::welcome : FtpCounters::Login::refused);
    if (!has_place)
        co_return;
    // While the user has no other session, others have changed the numbers least.
    const bool is_alone = user->limits.has_quota() && sessions_.count(user->name) == 1;
    if (is_alone || exchange.account.needs_count())
        co_await workshop_.run(counting(user));
    exchange.reply(230, user->writable ? "Welcome." : "Welcome. You may look and fetch.");
}

void FtpService::turn_away(Exchange& exchange) {
    log_.info("login of \"{}\" denied, from {}", *exchange.claimed_name,
              exchange.control.connection().endpoints().peer.host());
    exchange.claimed_name.reset();
    if (++exchange.failed_logins < settings_.login_attempts &&
        !is_banned(exchange.control.connection()))
        return exchange.reply(530, "Wrong name or password.");
    exchange.reply(421, "Too many wrong passwords. Goodbye.");
    exchange.next = Next::close;
}

void FtpService::note(Exchange& exchange, Transfer& transfer) const {
    const net::Endpoints& endpoints = exchange.control.connection().endpoints();
    if (transfer.lacks_resumption() && !std::exchange(exchange.told_of_resumption, true))
        log_.warning("data from {} does not resume the TLS session of the control connection",
                     endpoints.peer.host());
    if (!transfer_log_ || transfer.is_listing())
        return;
    TransferRecord record;
    record.time = std::time(nullptr);
    record.seconds = std::chrono::duration<double>(transfer.taken()).count();
    record.client = endpoints.peer.host();
    record.user = exchange.user->name;
    record.path = transfer.path();
    record.bytes = transfer.moved();
    record.is_upload = transfer.is_upload();
    record.is_text = exchange.is_text;
    record.is_anonymous = exchange.user->anonymous;
    record.is_encrypted = exchange.protects_data;
    record.is_complete = transfer.is_complete();
    record.result = transfer.result();
    if (const std::string digest = transfer.take_digest(); !digest.empty())
        record.digest = std::string(name_of(*settings_.transfer_digest)) + ' ' + digest;
    transfer_log_->write(record);
}

Task<bool> FtpService::transfer(Exchange& exchange) {
    Transfer transfer(exchange);
    const bool goes_on = co_await transfer.run();
    counters_.transferred(transfer);
    note(exchange, transfer);
    co_return goes_on;
}

} // namespace tern::ftp
