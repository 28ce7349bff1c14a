#include "servers/ftp/transfer.h"

#include "common/net/tls.h"
#include "common/protocol/ftp/reply.h"

#include <algorithm>
#include <utility>

namespace tern::ftp {
namespace {

using Outcome = net::Progress::Outcome;

/// For the peer to take our TLS goodbye.
constexpr std::chrono::seconds closing_patience{2};

} // namespace

Transfer::Transfer(Exchange& exchange)
    : exchange_(exchange), control_(exchange.control.connection()), door_(std::move(exchange.door)),
      cargo_(std::move(*exchange.cargo)), is_upload_(cargo_.upload != nullptr),
      is_listing_(cargo_.is_listing), path_(cargo_.path), began_(control_.now()),
      deadline_(control_.now() + exchange.context.settings.connect_timeout) {
    exchange.cargo.reset();
}

Transfer::~Transfer() = default;

Task<bool> Transfer::run() {
    while (phase_ != Phase::over) {
        attend_control();
        advance();
        if (exchange_.control.has_replies()) {
            const bool sent = co_await exchange_.control.flush();
            if (!sent)
                finish(End::client_is_gone);
            continue; // much may have happened meanwhile
        }
        if (phase_ == Phase::over)
            break;
        Wait& wait = prepare();
        co_await until(wait);
        observe();
    }
    if (data_ && (end_ == End::complete || end_ == End::refused))
        co_await data_->close(closing_patience);
    data_.reset(); // RFC 959 §3.3: the end of the connection is the end of the file
    door_.reset();
    conclude();
    co_return end_ != End::client_is_gone;
}

// --- The control connection ---------------------------------------------------------------------

void Transfer::attend_control() {
    CommandParser& commands = exchange_.control.commands();
    while (!is_deferring_ && phase_ != Phase::over) {
        Command command;
        const CommandParser::Outcome next = commands.peek(command);
        if (next == CommandParser::Outcome::command && answer(command)) {
            commands.next(command);
        } else if (next != CommandParser::Outcome::need_more) {
            is_deferring_ = true;
        } else if (control_is_quiet_) {
            return;
        } else {
            const net::Progress progress = exchange_.control.read_some();
            if (progress.outcome == Outcome::ended || progress.outcome == Outcome::failed)
                return finish(End::client_is_gone);
            if (progress.outcome == Outcome::blocked) {
                control_is_quiet_ = progress.interest != 0;
                return;
            }
        }
    }
}

/// False: the command is for later.
bool Transfer::answer(const Command& command) {
    if (command.verb == "ABOR") {
        finish(End::aborted);
        return true;
    }
    if (command.verb == "NOOP") {
        exchange_.reply(200, "Yes, and the transfer goes on.");
        return true;
    }
    if (command.verb != "STAT" || !command.argument.empty())
        return false;
    // RFC 959 §4.1.3: during a transfer, how far it is.
    exchange_.reply(213, std::string(is_upload() ? "Receiving " : "Sending ") +
                             in_one_line(cargo_.path) + ", " + std::to_string(moved_) +
                             " bytes so far.");
    return true;
}

// --- The data connection ------------------------------------------------------------------------

void Transfer::advance() {
    while (phase_ != Phase::over)
        if (step() == Step::wait)
            return;
}

Transfer::Step Transfer::step() {
    switch (phase_) {
    case Phase::opening:
        return open();
    case Phase::shaking_hands:
        return shake_hands();
    case Phase::copying:
        return copy();
    case Phase::moving:
        return move();
    case Phase::over:
        break;
    }
    return Step::wait;
}

Transfer::Step Transfer::open() {
    DataDoor::Attempt attempt = door_->attempt();
    // The client may connect only once it has heard 150, and begins TLS only then.
    if (!attempt.error && !std::exchange(announced_, true))
        exchange_.reply(150, cargo_.about);
    if (attempt.error) {
        finish(End::unconnected);
    } else if (attempt.connection) {
        begin(std::move(attempt.connection));
        return Step::go_on;
    }
    return Step::wait;
}

/// As the control connection is, or was before CCC.
std::unique_ptr<net::Transport> Transfer::encrypted(UniqueFd socket) {
    if (control_.endpoints().encrypted)
        return control_.companion(std::move(socket));
    return std::make_unique<net::TlsTransport>(std::move(socket), *exchange_.context.tls,
                                               net::Tickets::none);
}

void Transfer::begin(std::unique_ptr<net::Transport> transport) {
    door_.reset();
    net::Endpoints endpoints = control_.endpoints();
    endpoints.encrypted = exchange_.protects_data;
    if (exchange_.protects_data)
        transport = encrypted(transport->release());
    data_ = std::make_unique<net::Connection>(control_.session(), std::move(transport),
                                              std::move(endpoints));
    phase_ = exchange_.protects_data ? Phase::shaking_hands : Phase::copying;
    made_progress();
}

Transfer::Step Transfer::shake_hands() {
    const net::Progress progress = data_->try_handshake();
    if (progress.outcome != Outcome::moved)
        return blocked(progress);
    const SessionReuse reuse = exchange_.context.settings.session_reuse;
    lacks_resumption_ = reuse != SessionReuse::off && !data_->is_resumed();
    if (lacks_resumption_ && reuse == SessionReuse::require) {
        finish(End::refused);
        return Step::wait;
    }
    if (reuse != SessionReuse::off)
        control_.renew_ticket(); // it has used one, perhaps its last
    phase_ = Phase::copying;
    made_progress();
    return Step::go_on;
}

/// What is kept of the present file: its beginning for REST and APPE, its tail for RANG.
Transfer::Step Transfer::copy() {
    if (cargo_.upload && cargo_.upload->has_to_copy()) {
        const Result<void> copied = cargo_.upload->copy_some();
        if (!copied)
            finish(End::failed_here, copied.error());
        interest_ = 0;
        made_progress();
        return Step::wait;
    }
    if (all_has_come_) {
        finish(End::complete);
        return Step::wait;
    }
    phase_ = Phase::moving;
    return Step::go_on;
}

Transfer::Step Transfer::blocked(const net::Progress& progress) {
    if (progress.outcome == Outcome::blocked)
        interest_ = progress.interest;
    else if (progress.error == std::errc::io_error) // of the file: it has shrunk
        finish(End::failed_here, progress.error);
    else
        finish(End::broken, progress.error);
    return Step::wait;
}

void Transfer::made_progress() noexcept {
    deadline_ = control_.now() + exchange_.context.settings.stall_timeout;
}

void Transfer::finish(End end, std::error_code error) noexcept {
    phase_ = Phase::over;
    end_ = end;
    error_ = error;
}

// --- The wait -----------------------------------------------------------------------------------

Wait& Transfer::prepare() noexcept {
    const bool is_paced = is_too_fast();
    const bool only_a_turn = phase_ != Phase::opening && interest_ == 0 && !is_paced;
    wait_.interests = interests_;
    wait_.deadline = deadline_;
    if (only_a_turn || !(control_is_quiet_ || is_deferring_)) {
        wait_.interests = {};
        wait_.deadline = Clock::time_point::min();
        return wait_;
    }
    interests_[0] = is_deferring_ ? pollfd{-1, 0, 0} : control_.interest(POLLIN);
    if (is_paced) {
        interests_[1] = {-1, 0, 0};
        wait_.deadline = next_portion_;
    } else {
        interests_[1] = data_ ? data_->interest(interest_) : door_->interest();
    }
    return wait_;
}

void Transfer::observe() noexcept {
    const bool had_interests = !wait_.interests.empty();
    const auto seen = [&](std::size_t at) {
        return static_cast<short>(had_interests ? interests_[at].revents & ~still_armed : 0);
    };
    if (seen(0) != 0 || !had_interests) // a client that is never waited for must be heard as well
        control_is_quiet_ = false;
    if (!had_interests || interests_[0].fd >= 0)
        control_.observe(seen(0));
    if (data_)
        data_->observe(seen(1));
    if (had_interests && control_.now() >= deadline_ && seen(1) == 0)
        finish(phase_ == Phase::opening ? End::unconnected : End::broken);
}

// --- The end ------------------------------------------------------------------------------------

void Transfer::conclude() {
    switch (end_) {
    case End::complete:
        return commit();
    case End::aborted:
        // RFC 959 §4.1.3; without 150 before it there is nothing to break off.
        if (announced_)
            exchange_.reply(426, "The transfer was aborted.");
        exchange_.reply(226, "Aborted.");
        break;
    case End::unconnected:
        exchange_.reply(425, "There is no data connection.");
        break;
    case End::broken:
        exchange_.reply(426, "The data connection broke; the transfer is not complete.");
        break;
    case End::refused:
        exchange_.reply(522, "Data must resume the TLS session of the control connection.");
        break;
    case End::failed_here:
        if (cargo_.upload)
            cargo_.upload->discard();
        exchange_.reply_error(error_);
        break;
    case End::client_is_gone:
        break;
    }
    cargo_ = Cargo{};
}

std::string Transfer::take_digest() {
    if (!is_complete() || !cargo_.digest)
        return {};
    const auto digest = std::move(cargo_.digest);
    return digest->finish();
}

void Transfer::commit() {
    if (cargo_.upload) {
        const Result<void> committed =
            cargo_.upload->commit(exchange_.context.settings.sync_uploads);
        if (!committed) {
            end_ = End::failed_here;
            cargo_.upload->discard();
            cargo_.upload.reset();
            return exchange_.reply_error(committed.error());
        }
    }
    exchange_.reply(226, "The transfer is complete.");
}

} // namespace tern::ftp
