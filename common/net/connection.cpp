#include "common/net/connection.h"

#include "common/net/socket_transport.h"
#include "common/net/tls.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <limits>

namespace tern::net {
namespace {

// A peer on loopback never lets us block; without these limits one download would own a reactor.
constexpr unsigned operations_per_turn = 16;
constexpr std::size_t bytes_per_turn = std::size_t{1} << 20;

/// Blocked by our own fairness, not by the peer: nothing to wait for but one's next turn.
constexpr short only_a_turn = 0;

/// For a peer's end of a connection that is over, once the server asks to finish.
constexpr Clock::duration hurried_close = std::chrono::seconds(1);

/// A deadline that comes closer when the server asks the session to finish.
class HurriedDeadline {
public:
    HurriedDeadline(Clock::time_point deadline, Clock::duration hurried_patience) noexcept
        : deadline_(deadline), hurried_patience_(hurried_patience) {}

    /// To be asked before each wait.
    Clock::time_point of(const Session& session) noexcept {
        if (session.finish_requested() && !hurried_) {
            hurried_ = true;
            deadline_ = std::min(deadline_, session.now() + hurried_patience_);
        }
        return deadline_;
    }

private:
    Clock::time_point deadline_;
    const Clock::duration hurried_patience_;
    bool hurried_ = false;
};

std::error_code error_of(Awakening awakening) noexcept {
    return awakening == Awakening::late ? Condition::timed_out : Condition::stopping;
}

} // namespace

Connection::Connection(Session& session, std::unique_ptr<Transport> transport, Endpoints endpoints)
    : session_(session), transport_(std::move(transport)), endpoints_(std::move(endpoints)) {}

Connection::~Connection() {
    if (transport_->was_waited_for())
        session_.closing(transport_->descriptor());
}

Address Connection::local_address() const {
    sockaddr_storage storage = {};
    socklen_t length = sizeof storage;
    if (::getsockname(transport_->descriptor(), reinterpret_cast<sockaddr*>(&storage), &length) !=
        0)
        return endpoints_.local;
    return Address::from(storage, length);
}

bool Connection::start_tls(const TlsContext& context) {
    if (endpoints_.encrypted)
        return false;
    const int descriptor = transport_->descriptor();
    UniqueFd socket = transport_->release();
    if (!socket)
        return false;
    if (transport_->was_waited_for()) // the new transport knows nothing of old registrations
        session_.closing(descriptor);
    transport_ = std::make_unique<TlsTransport>(std::move(socket), context);
    endpoints_.encrypted = true;
    return true;
}

Progress Connection::try_stop_tls(Goodbye goodbye) {
    const Progress progress = transport_->end_encryption(goodbye);
    if (progress.outcome != Progress::Outcome::moved)
        return account(progress);
    const int descriptor = transport_->descriptor();
    if (transport_->was_waited_for()) // as above
        session_.closing(descriptor);
    transport_ = std::make_unique<SocketTransport>(transport_->release());
    endpoints_.encrypted = false;
    return progress;
}

Progress Connection::try_handshake() { return account(transport_->handshake()); }

bool Connection::turn_is_over() const noexcept {
    return operations_ >= operations_per_turn || moved_ >= bytes_per_turn;
}

Progress Connection::account(Progress progress) noexcept {
    using enum Progress::Outcome;
    ++operations_;
    moved_ += progress.bytes;
    if (progress.outcome == ended || progress.outcome == failed)
        over_ = true;
    return progress;
}

Progress Connection::try_read(std::span<char> into) {
    if (turn_is_over())
        return Progress::blocked(only_a_turn);
    if (transport_->is_silent())
        return Progress::blocked(POLLIN);
    return account(transport_->read(into));
}

Progress Connection::try_write(std::span<const iovec> pieces) {
    if (turn_is_over())
        return Progress::blocked(only_a_turn);
    return account(transport_->write(pieces));
}

Progress Connection::try_send_file(int file, off_t offset, std::size_t count) {
    if (turn_is_over())
        return Progress::blocked(only_a_turn);
    return account(transport_->send_file(file, offset, std::min(count, bytes_per_turn)));
}

void Connection::prepare(short events, Clock::time_point deadline) noexcept {
    interest_ = transport_->interest(events);
    wait_.interests = {&interest_, 1};
    wait_.deadline = deadline;
}

Connection::Waiting Connection::progress_possible(const Progress& blocked,
                                                  Clock::time_point deadline) noexcept {
    if (blocked.interest == only_a_turn) {
        wait_.interests = {};
        wait_.deadline = Clock::time_point::min();
    } else {
        prepare(blocked.interest, deadline);
    }
    return {*this, false};
}

Connection::Waiting Connection::input_while_idle(Clock::time_point deadline) noexcept {
    if (transport_->has_buffered_input()) {
        wait_.interests = {};
        wait_.deadline = Clock::time_point::min();
    } else {
        prepare(POLLIN, deadline);
    }
    return {*this, true};
}

bool Connection::Waiting::await_ready() const noexcept {
    return idle && connection.session_.finish_requested();
}

Awakening Connection::Waiting::await_resume() const noexcept {
    const Wait& wait = connection.wait_;
    if (wait.interests.empty()) { // a turn given to others, or input that is here already
        connection.observe(0);
        return Awakening::ready;
    }
    const auto revents = static_cast<short>(connection.interest_.revents & ~still_armed);
    connection.observe(revents);
    if (revents != 0)
        return Awakening::ready; // a request that has come is not left unread
    if (idle && connection.session_.finish_requested())
        return Awakening::finishing;
    return connection.now() >= wait.deadline ? Awakening::late : Awakening::woken;
}

Task<Result<std::size_t>> Connection::read(std::span<char> into, Clock::time_point deadline) {
    for (;;) {
        const Progress progress = try_read(into);
        switch (progress.outcome) {
        case Progress::Outcome::moved:
            co_return progress.bytes;
        case Progress::Outcome::ended:
            co_return make_error_code(Condition::closed);
        case Progress::Outcome::failed:
            co_return progress.error;
        case Progress::Outcome::blocked:
            break;
        }
        const Awakening awakening = co_await progress_possible(progress, deadline);
        if (awakening == Awakening::late)
            co_return error_of(awakening);
    }
}

Task<Result<void>> Connection::write(std::string_view text, Clock::duration patience) {
    // sendmsg never writes through the pointer; iovec's type predates const.
    std::array<iovec, 1> piece = {iovec{const_cast<char*>(text.data()), text.size()}};
    const std::span<iovec> pieces = piece;
    co_return co_await write(pieces, patience);
}

std::span<iovec> consume(std::span<iovec> pieces, std::size_t bytes) noexcept {
    while (!pieces.empty() && bytes >= pieces.front().iov_len) {
        bytes -= pieces.front().iov_len;
        pieces = pieces.subspan(1);
    }
    if (bytes > 0) {
        pieces.front().iov_base = static_cast<char*>(pieces.front().iov_base) + bytes;
        pieces.front().iov_len -= bytes;
    }
    return pieces;
}

Task<Result<void>> Connection::write(std::span<iovec> pieces, Clock::duration patience) {
    pieces = consume(pieces, 0);
    Clock::time_point deadline = now() + patience;
    while (!pieces.empty()) {
        const Progress progress = try_write(pieces);
        if (progress.outcome == Progress::Outcome::failed)
            co_return progress.error;
        pieces = consume(pieces, progress.bytes);
        if (progress.outcome != Progress::Outcome::blocked) {
            deadline = now() + patience; // of progress only: being woken does not prolong it
            continue;
        }
        const Awakening awakening = co_await progress_possible(progress, deadline);
        if (awakening == Awakening::late)
            co_return error_of(awakening);
    }
    co_return Result<void>();
}

Task<Result<void>> Connection::send_file(int file, off_t offset, std::size_t count,
                                         Clock::duration patience) {
    Clock::time_point deadline = now() + patience;
    while (count > 0) {
        const Progress progress = try_send_file(file, offset, count);
        if (progress.outcome == Progress::Outcome::failed)
            co_return progress.error;
        offset += static_cast<off_t>(progress.bytes);
        count -= progress.bytes;
        if (progress.outcome != Progress::Outcome::blocked) {
            deadline = now() + patience;
            continue;
        }
        const Awakening awakening = co_await progress_possible(progress, deadline);
        if (awakening == Awakening::late)
            co_return error_of(awakening);
    }
    co_return Result<void>();
}

Task<Result<void>> Connection::handshake(Clock::time_point wished_deadline,
                                         Clock::duration last_chance) {
    HurriedDeadline hurried(wished_deadline, last_chance);
    for (;;) {
        const Progress progress = try_handshake();
        if (progress.outcome == Progress::Outcome::moved)
            co_return Result<void>();
        if (progress.outcome == Progress::Outcome::failed)
            co_return progress.error;
        if (progress.outcome == Progress::Outcome::ended)
            co_return make_error_code(Condition::closed);
        const Clock::time_point deadline = hurried.of(session_);
        const Awakening awakening = co_await progress_possible(progress, deadline);
        if (awakening == Awakening::late)
            co_return error_of(awakening);
    }
}

Task<void> Connection::close(Clock::duration patience) {
    if (!linger_ && !endpoints_.encrypted)
        co_return; // closing the socket says all there is to say
    HurriedDeadline hurried(now() + patience, hurried_close);
    Progress said = transport_->shut_down();
    while (said.outcome == Progress::Outcome::blocked) {
        const Clock::time_point deadline = hurried.of(session_);
        const Awakening awakening = co_await progress_possible(said, deadline);
        if (awakening == Awakening::late)
            co_return;
        said = transport_->shut_down();
    }
    if (!linger_ || over_)
        co_return;
    // Swallow what the peer still sends until it has read our last words and ends its side.
    std::array<char, 512> swallowed;
    for (;;) {
        const Progress progress = try_read(swallowed);
        const Clock::time_point deadline = hurried.of(session_);
        const bool ended = progress.outcome == Progress::Outcome::ended ||
                           progress.outcome == Progress::Outcome::failed;
        if (ended || now() >= deadline)
            co_return;
        if (progress.outcome == Progress::Outcome::moved)
            continue;
        const Awakening awakening = co_await progress_possible(progress, deadline);
        if (awakening == Awakening::late)
            co_return;
    }
}

} // namespace tern::net
