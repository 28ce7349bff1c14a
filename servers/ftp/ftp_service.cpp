#include "servers/ftp/ftp_service.h"

#include "common/base/password.h"
#include "servers/ftp/command_table.h"
#include "servers/ftp/commands.h"
#include "servers/ftp/transfer.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tern::ftp {
namespace {

using net::Awakening;
using net::Progress;

/// Commands that came in one go are answered in one go, but for so many others get their turn.
constexpr unsigned commands_per_turn = 16;

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

} // namespace

FtpCounters::FtpCounters(Metrics& metrics)
    : logins_(metrics.counter("tern_ftp_logins_total", "Logins.", {{"result", "welcome"}})),
      failures_(metrics.counter("tern_ftp_logins_total", "Logins.", {{"result", "denied"}})),
      uploads_(metrics.counter("tern_ftp_transfers_total", "Transfers.",
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
                            {{"direction", "down"}})) {}

void FtpCounters::transferred(const Transfer& transfer) const noexcept {
    if (transfer.is_upload())
        (transfer.is_complete() ? uploads_ : uploads_failed_).add();
    else
        (transfer.is_complete() ? downloads_ : downloads_failed_).add();
    (transfer.is_upload() ? received_ : sent_).add(transfer.moved());
}

FtpService::FtpService(FtpSettings settings, Users users, std::unique_ptr<net::TlsContext> tls,
                       Metrics& metrics, Log& log)
    : settings_(std::move(settings)), users_(std::move(users)), tls_(std::move(tls)),
      counters_(metrics), log_(log), context_{settings_, users_, tls_.get()} {}

Task<void> FtpService::serve(net::Connection& connection, Runner& /*runner*/) {
    take_urgent_data_in_line(connection);
    Exchange exchange(context_, connection);
    // With implicit TLS, clients expect their data to be protected without a word.
    exchange.protects_data = exchange.protection_announced = connection.endpoints().encrypted;
    exchange.reply(220, settings_.welcome);
    const Clock::time_point login_ends = connection.now() + settings_.login_timeout;
    bool goes_on = true;
    while (goes_on) {
        run_commands(exchange);
        goes_on = exchange.next != Next::close;
        if (exchange.control.has_replies()) {
            const bool sent = co_await exchange.control.flush();
            if (!sent)
                co_return;
        }
        if (!goes_on)
            break;
        if (exchange.next != Next::command) {
            goes_on = co_await do_next(exchange);
        } else {
            Clock::time_point deadline = connection.now() + settings_.idle_timeout;
            if (!exchange.is_logged_in())
                deadline = std::min(deadline, login_ends);
            goes_on = co_await await_command(exchange, deadline);
        }
    }
    if (exchange.control.has_replies()) {
        const bool sent = co_await exchange.control.flush();
        if (!sent)
            co_return;
    }
    connection.linger(); // what the client still sends must not cost it our last words
}

void FtpService::run_commands(Exchange& exchange) const {
    for (unsigned i = 0; i < commands_per_turn && exchange.next == Next::command; ++i) {
        Command command;
        switch (exchange.control.commands().next(command)) {
        case CommandParser::Outcome::need_more:
            return;
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
    case Next::transfer:
        co_return co_await transfer(exchange);
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
    co_return true;
}

Task<void> FtpService::check_password(Exchange& exchange) {
    net::Connection& connection = exchange.control.connection();
    const User* const user = users_.find(*exchange.claimed_name);
    const std::string hash(user != nullptr ? user->password : users_.decoy());
    bool fits = false;
    if (!hash.empty()) {
        PasswordCheck check(std::move(exchange.password), hash);
        std::array<pollfd, 1> interests = {pollfd{check.descriptor(), POLLIN, 0}};
        Wait wait;
        wait.interests = interests;
        while (!check.is_done()) {
            interests[0].revents = 0;
            co_await until(wait);
        }
        connection.session().closing(check.descriptor());
        fits = user != nullptr && check.fits();
    }
    exchange.password.clear();
    if (!fits)
        co_await pause(connection, connection.now() + settings_.failed_login_delay);
    judge_login(exchange, fits);
}

void FtpService::judge_login(Exchange& exchange, bool fits) {
    counters_.logged_in(fits);
    if (fits)
        return log_in(exchange, *users_.find(*exchange.claimed_name));
    log_.info("login of \"{}\" denied, from {}", *exchange.claimed_name,
              exchange.control.connection().endpoints().peer.host());
    exchange.claimed_name.reset();
    if (++exchange.failed_logins < settings_.login_attempts)
        return exchange.reply(530, "Wrong name or password.");
    exchange.reply(421, "Too many wrong passwords. Goodbye.");
    exchange.next = Next::close;
}

Task<bool> FtpService::transfer(Exchange& exchange) {
    Transfer transfer(exchange);
    const bool goes_on = co_await transfer.run();
    counters_.transferred(transfer);
    co_return goes_on;
}

} // namespace tern::ftp
