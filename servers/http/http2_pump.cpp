#include "servers/http/http2_pump.h"

#include "servers/http/moment_of.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace tern::http {
namespace {

using net::Awakening;
using net::Progress;

/// Moves bytes without ever waiting.
class Pump {
public:
    Pump(net::Connection& connection, const ExchangeContext& context)
        : connection_(connection), exchange_(context, connection.endpoints()) {}

    Http2Exchange& exchange() noexcept { return exchange_; }
    Moment moment() const noexcept { return moment_of(connection_); }

    /// Goes as far as it gets; `blocked` says then what on. Reads although writing is blocked, for
    /// the peer may have to write before it reads.
    void advance() {
        may_be_more_ = true;
        is_turn_over_ = false;
        bool moved = true;
        while (moved && !exchange_.is_over()) {
            moved = false;
            blocked_ = {};
            exchange_.fill(moment());
            if (!exchange_.pending().empty())
                moved = write_some();
            if (exchange_.wants_input() && may_be_more_ && !is_turn_over_)
                moved = read_some() || moved;
            if (is_turn_over_) {
                blocked_ = {};
                return;
            }
        }
        if (exchange_.wants_input())
            blocked_.interest |= POLLIN;
    }

    const Progress& blocked() const noexcept { return blocked_; }

private:
    /// Whether bytes were moved.
    bool judge(const Progress& progress) {
        if (progress.outcome == Progress::Outcome::failed)
            exchange_.broken();
        if (progress.outcome != Progress::Outcome::blocked)
            return progress.outcome == Progress::Outcome::moved;
        is_turn_over_ = progress.interest == 0;
        blocked_.interest = static_cast<short>(blocked_.interest | progress.interest);
        return false;
    }

    bool write_some() {
        std::array<iovec, Output::most_pieces> pieces;
        const Progress progress = connection_.try_write(exchange_.pending().memory(pieces));
        if (progress.outcome == Progress::Outcome::moved)
            exchange_.sent(progress.bytes);
        return judge(progress);
    }

    bool read_some() {
        const std::span<char> space = exchange_.space();
        const Progress progress = connection_.try_read(space);
        if (progress.outcome == Progress::Outcome::moved) {
            // Where less came than there was room for, there is no more for now; TLS may have some.
            may_be_more_ = connection_.endpoints().encrypted || progress.bytes == space.size();
            exchange_.received(progress.bytes, moment());
        }
        if (progress.outcome == Progress::Outcome::ended)
            exchange_.input_ended();
        if (progress.outcome == Progress::Outcome::blocked && progress.interest == POLLIN)
            may_be_more_ = false;
        return judge(progress);
    }

    net::Connection& connection_;
    Http2Exchange exchange_;
    Progress blocked_;
    bool may_be_more_ = true;
    bool is_turn_over_ = false;
};

} // namespace

Task<void> converse_http2(net::Connection& connection, const ExchangeContext& context,
                          const ConversationSettings& settings, LogAttendant& log_attendant,
                          const Http2Start& start) {
    const auto pump = std::make_unique<Pump>(connection, context);
    Http2Exchange& exchange = pump->exchange();
    exchange.begin(start, pump->moment());
    bool has_announced_end = false;
    Clock::time_point idle_ends = no_deadline;
    Clock::time_point last_chance_ends = no_deadline;
    for (;;) {
        pump->advance();
        if (exchange.is_over())
            break;
        if (!exchange.is_idle()) {
            idle_ends = no_deadline;
            if (connection.finishing() && !std::exchange(has_announced_end, true)) {
                exchange.announce_end();
                continue; // to say so now
            }
            const Clock::time_point deadline = exchange.deadline(connection.now());
            const Awakening awakening =
                co_await connection.progress_possible(pump->blocked(), deadline);
            if (awakening == Awakening::late)
                exchange.late(pump->moment());
            continue;
        }
        exchange.rest();
        if (idle_ends == no_deadline)
            idle_ends = connection.now() + settings.idle_timeout;
        const Clock::time_point deadline = std::min(idle_ends, log_attendant.due(connection.now()));
        Awakening awakening = co_await connection.input_while_idle(deadline);
        log_attendant.attend(connection.now());
        if (awakening == Awakening::finishing && exchange.requests() == 0) {
            last_chance_ends = std::min(last_chance_ends, connection.now() + settings.last_chance);
            awakening =
                co_await connection.progress_possible(Progress::blocked(POLLIN), last_chance_ends);
            if (awakening != Awakening::late)
                continue;
        }
        const bool is_late = awakening == Awakening::late && connection.now() >= last_chance_ends;
        if (awakening == Awakening::finishing || connection.now() >= idle_ends || is_late)
            exchange.refuse_more();
    }
    if (exchange.should_linger())
        connection.linger();
}

} // namespace tern::http
