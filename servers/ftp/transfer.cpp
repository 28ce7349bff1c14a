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

/// How long an upload waits for news of its client's death (docs/decisions/0048): one percent of
/// the time that it took, where that is worth a timer; and a file that is there a moment at least.
Clock::duration settling_time(Clock::duration taken, bool replaces) noexcept {
    constexpr std::chrono::milliseconds worth_a_timer{20}, longest{100}, moment{1};
    const Clock::duration least = replaces ? moment : Clock::duration::zero();
    const Clock::duration part = taken < worth_a_timer ? Clock::duration::zero() : taken / 100;
    return std::clamp<Clock::duration>(part, least, longest);
}

} // namespace

Transfer::Transfer(Exchange& exchange)
    : exchange_(exchange), control_(exchange.control.connection()), door_(std::move(exchange.door)),
      cargo_(std::move(*exchange.cargo)), is_upload_(cargo_.upload != nullptr),
      is_listing_(cargo_.is_listing), path_(cargo_.path), began_(control_.now()),
      meanwhile_(exchange), deadline_(control_.now() + exchange.context.settings.connect_timeout) {
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
    if (end_ == End::complete && cargo_.upload) { // as late as can be (docs/decisions/0048)
        meanwhile_.look_again();
        attend_control();
    }
    conclude();
    co_return end_ != End::client_is_gone;
}

// --- The control connection ---------------------------------------------------------------------

void Transfer::attend_control() {
    switch (meanwhile_.hear([this] { return progress(); })) {
    case Meanwhile::Heard::nothing_new:
        break;
    case Meanwhile::Heard::abort:
        finish(End::aborted);
        break;
    case Meanwhile::Heard::client_is_gone:
        if (announced_) // it may listen yet
            exchange_.reply(426, "The control connection has ended; so has the transfer.");
        finish(End::client_is_gone);
        break;
    }
}

/// RFC 959 §4.1.3: how far it is.
std::string Transfer::progress() const {
    return std::string(is_upload() ? "Receiving " : "Sending ") + in_one_line(cargo_.path) + ", " +
           std::to_string(moved_) + " bytes so far.";
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
    case Phase::settling:
        return settle();
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
    if (all_has_come_)
        return begin_settling();
    phase_ = Phase::moving;
    return Step::go_on;
}

/// A client that is killed ends its data connection as properly as one that is done, and its
/// control connection right behind it (docs/decisions/0048).
Transfer::Step Transfer::begin_settling() {
    phase_ = Phase::settling;
    interest_ = 0; // a turn, after which the clock knows how long the disk took
    deadline_ = control_.now() + settling_time(taken(), cargo_.upload->replaces());
    const Result<void> prepared = cargo_.upload->prepare(exchange_.context.settings.sync_uploads);
    if (!prepared) {
        finish(End::failed_here, prepared.error());
        return Step::wait;
    }
    return deadline_ > control_.now() ? Step::wait : Step::go_on;
}

Transfer::Step Transfer::settle() {
    interest_ = POLLIN;
    if (control_.now() >= deadline_)
        finish(End::complete);
    return Step::wait;
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
    if (only_a_turn || !meanwhile_.is_quiet()) {
        wait_.interests = {};
        wait_.deadline = Clock::time_point::min();
        return wait_;
    }
    interests_[0] = meanwhile_.interest();
    interests_[1] = {-1, 0, 0};
    if (is_paced)
        wait_.deadline = next_portion_;
    else if (phase_ != Phase::settling)
        interests_[1] = data_ ? data_->interest(interest_) : door_->interest();
    return wait_;
}

void Transfer::observe() noexcept {
    const bool had_interests = !wait_.interests.empty();
    const auto seen = [&](std::size_t at) {
        return static_cast<short>(had_interests ? interests_[at].revents & ~still_armed : 0);
    };
    if (!had_interests)
        meanwhile_.look_again(); // a client that is never waited for must be heard as well
    else if (interests_[0].fd >= 0)
        meanwhile_.observe(seen(0));
    if (data_)
        data_->observe(seen(1));
    const bool is_late = had_interests && control_.now() >= deadline_ && seen(1) == 0;
    if (is_late && phase_ != Phase::settling)
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
        if (meanwhile_.took_abort())
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
        const Result<void> committed = cargo_.upload->commit();
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
