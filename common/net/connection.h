#pragma once
// One client's connection, as sessions see it: attempts that never block, and waits in between.
//
// try_read, try_write and try_send_file attempt once. When an attempt is blocked, await
// `progress_possible(progress, deadline)` and try again; the Tasks below do so for protocols that
// prefer to say what they want. A session that has done much without waiting is told `blocked`
// too, and its wait then only lets others run (docs/decisions/0006).

#include "common/base/result.h"
#include "common/net/address.h"
#include "common/net/transport.h"
#include "common/session/session.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tern::net {

class TlsContext;

/// Why a wait returned.
enum class Awakening {
    ready,     ///< try again: there may be progress
    woken,     ///< from outside: look into the mailbox
    finishing, ///< (idle waits only) the server asks this conversation to end
    late,      ///< the deadline has passed
};

/// What is left of `pieces` once `bytes` of them are written; empty pieces go.
std::span<iovec> consume(std::span<iovec> pieces, std::size_t bytes) noexcept;

/// Who is connected, and through which listener.
struct Endpoints {
    Address peer;
    Address local;
    std::string_view listener; ///< its name in the configuration; outlives the connection
    bool encrypted = false;
    std::uint64_t id = 0; ///< names the session in logs
};

class Connection {
public:
    /// The session that this connection belongs to runs all its operations and outlives it.
    Connection(Session& session, std::unique_ptr<Transport> transport, Endpoints endpoints);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    const Endpoints& endpoints() const noexcept { return endpoints_; }
    Session& session() noexcept { return session_; }
    Clock::time_point now() const noexcept { return session_.now(); }
    /// Whether the server has asked this conversation to end when nothing is under way.
    bool finishing() const noexcept { return session_.finish_requested(); }
    std::string alpn() const { return transport_->alpn(); }
    /// Whether the peer has ended its side or the connection has failed.
    bool is_over() const noexcept { return over_; }

    /// The address that the client has reached: the listener's may be one for all of them.
    Address local_address() const;

    /// For a protocol that begins TLS in the middle (RFC 4217): the next is a handshake. False if
    /// the transport cannot, or is encrypted already.
    bool start_tls(const TlsContext& context);

    /// Takes TLS off again (RFC 4217 §12): `moved` once both sides have said close_notify, or the
    /// peer goes on without; and the connection does in the clear.
    Progress try_stop_tls(Goodbye goodbye);

    /// See Transport.
    std::unique_ptr<Transport> companion(UniqueFd socket) const {
        return transport_->companion(std::move(socket));
    }
    bool is_resumed() const noexcept { return transport_->is_resumed(); }
    void renew_ticket() { transport_->renew_ticket(); }

    Progress try_handshake();
    Progress try_read(std::span<char> into);
    Progress try_write(std::span<const iovec> pieces);
    Progress try_send_file(int file, off_t offset, std::size_t count);

    /// Awaiter of every wait below; no frame, no allocation.
    struct Waiting {
        Connection& connection;
        bool idle;
        bool await_ready() const noexcept;
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> handle) const noexcept {
            until(connection.wait_).await_suspend(handle);
        }
        Awakening await_resume() const noexcept;
    };

    /// After a blocked attempt: waits until it is worth trying again.
    Waiting progress_possible(const Progress& blocked, Clock::time_point deadline) noexcept;
    /// Between requests: waits for input, but ends at once when the server asks to finish.
    Waiting input_while_idle(Clock::time_point deadline) noexcept;

    /// Reads at least one byte. Errors: closed (clean end), timed_out, or the system's.
    Task<Result<std::size_t>> read(std::span<char> into, Clock::time_point deadline);
    /// Writes all of `text`, which must stay valid. `patience` limits each wait for progress.
    Task<Result<void>> write(std::string_view text, Clock::duration patience);
    /// Writes all pieces, in as few system calls as possible; consumes `pieces`.
    Task<Result<void>> write(std::span<iovec> pieces, Clock::duration patience);
    Task<Result<void>> send_file(int file, off_t offset, std::size_t count,
                                 Clock::duration patience);
    /// Once the server asks to finish, the peer has only its `last_chance` left.
    Task<Result<void>> handshake(Clock::time_point deadline, Clock::duration last_chance);

    /// Asks close() to wait for the peer's end: unread input would make the kernel reset the
    /// connection, and the peer would lose our last words.
    void linger() noexcept { linger_ = true; }
    /// Ends the conversation politely within `patience`, or one second if the server asks to
    /// finish: somebody may be waiting for this session's place.
    Task<void> close(Clock::duration patience);

    /// For waits on more than this connection: its part of the wait, and what came of it.
    pollfd interest(short events) noexcept { return transport_->interest(events); }
    void observe(short revents) noexcept {
        begin_turn();
        transport_->observe(revents);
    }

private:
    bool turn_is_over() const noexcept;
    void begin_turn() noexcept { operations_ = 0, moved_ = 0; }
    Progress account(Progress progress) noexcept;
    void prepare(short events, Clock::time_point deadline) noexcept;

    Session& session_;
    std::unique_ptr<Transport> transport_;
    Endpoints endpoints_;
    pollfd interest_ = {};
    Wait wait_;
    std::size_t moved_ = 0;
    unsigned operations_ = 0;
    bool over_ = false;
    bool linger_ = false;
};

} // namespace tern::net
