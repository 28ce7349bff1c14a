#pragma once
// Moves bytes of one connection, one attempt at a time; never blocks, never waits.
//
// A transport is a socket, TLS over a socket, or a simulated link. Only Connection uses it: it
// decides when to wait, because buffered input (TLS records) defeats readiness.

#include "common/base/unique_fd.h"

#include <poll.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <system_error>

namespace tern::net {

/// What one attempt did.
struct Progress {
    enum class Outcome : unsigned char {
        moved,   ///< `bytes` were moved, at least one
        blocked, ///< nothing moved; wait for `interest` first
        ended,   ///< reading: the peer has ended its side, cleanly
        failed,  ///< `error` says why; the connection is of no more use
    };
    Outcome outcome = Outcome::blocked;
    short interest = 0; ///< POLLIN or POLLOUT; TLS may reverse directions
    std::size_t bytes = 0;
    std::error_code error;

    static Progress moved(std::size_t bytes) noexcept { return {Outcome::moved, 0, bytes, {}}; }
    static Progress blocked(short interest) noexcept { return {Outcome::blocked, interest, 0, {}}; }
    static Progress ended() noexcept { return {Outcome::ended, 0, 0, {}}; }
    static Progress failed(std::error_code error) noexcept {
        return {Outcome::failed, 0, 0, error};
    }
};

/// Who says close_notify first where encryption ends and the connection does not.
enum class Goodbye : unsigned char { peer_first, now };

class Transport {
public:
    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    virtual ~Transport() = default;

    /// Moves the handshake on; `moved` with no bytes means that it is complete.
    virtual Progress handshake() { return Progress::moved(0); }
    virtual Progress read(std::span<char> into) = 0;
    virtual Progress write(std::span<const iovec> pieces) = 0;
    /// Sends `count` bytes of a file from `offset`. A file that is shorter than promised fails.
    virtual Progress send_file(int file, off_t offset, std::size_t count) = 0;
    /// Says that no more will be sent (TLS: close_notify); `moved` when said.
    virtual Progress shut_down() = 0;

    /// Ends encryption in both directions, for another transport over the same socket; `moved` when
    /// done. Fails where there is none.
    virtual Progress end_encryption(Goodbye /*goodbye*/) {
        return Progress::failed(make_error_code(std::errc::operation_not_supported));
    }

    virtual int descriptor() const noexcept = 0;
    /// Gives up the socket, for another transport over it; empty where that cannot be.
    virtual UniqueFd release() noexcept { return {}; }
    /// For a client's further connections (FTP's data), a transport over `socket` that speaks TLS
    /// as this one does; null where this one does not.
    virtual std::unique_ptr<Transport> companion(UniqueFd /*socket*/) const { return nullptr; }
    /// Whether this is the companion of a transport whose TLS session it has resumed: so it is the
    /// same client.
    virtual bool is_resumed() const noexcept { return false; }
    /// Gives the client a new ticket with the next write, for one that uses each only once.
    virtual void renew_ticket() {}
    /// The protocol that the peers agreed on by ALPN; empty if none.
    virtual std::string alpn() const { return {}; }
    /// Whether read() may yield bytes although the descriptor is silent.
    virtual bool has_buffered_input() const noexcept { return false; }

    /// What to wait for, with `still_armed` (wait.h) where this transport has just been tried.
    pollfd interest(short events) noexcept;
    /// To be called after every wait of the session, with what it reported for this descriptor.
    void observe(short revents) noexcept;
    bool was_waited_for() const noexcept { return waited_for_; }
    /// Whether read() would only block: nothing was left, and the wait since, which was for input
    /// too, has reported none. So whoever was woken for another reason need not try.
    bool is_silent() const noexcept { return silent_; }

protected:
    /// Reading was tried until nothing was left.
    void drained() noexcept { tried_ |= POLLIN; }
    /// A read that got less than it had room for means the same, unless an end of stream may be
    /// behind it whose edge is past: that of a peer known to have hung up, or one that came while
    /// the session waited for something else.
    void drained_by_short_read() noexcept;
    /// Writing was tried until it would block.
    void filled() noexcept { tried_ |= POLLOUT; }

private:
    short tried_ = 0;         ///< directions that would block, as far as is known
    short armed_ = 0;         ///< directions that the last fresh look asked for
    short asked_ = 0;         ///< directions that the present wait asks for
    bool sees_edges_ = false; ///< the last wait was for input: none of its edges was lost
    bool waited_for_ = false;
    bool silent_ = false;
    bool hung_up_ = false;
};

} // namespace tern::net
