#pragma once
// A client's end of a connection, as plain as a test wants it: blocking, byte-exact, with or
// without TLS, never waiting longer than its patience.

#include "common/base/unique_fd.h"
#include "tests/harness/endpoint.h"
#include "tests/harness/patience.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tern::test {

class TlsClient;

/// The peer ended or broke the connection where the test expected more.
class ConnectionLost : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct SocketOptions {
    bool tls = false;
    int receive_buffer = 0;  ///< bytes (SO_RCVBUF), for slow readers; 0: the system's choice
    std::string source = {}; ///< an own IPv4 address to come from; empty: the system's choice
    std::string alpn = {};   ///< with TLS: the one protocol to offer; empty: none
};

/// All functions throw TooLate when patience ends, and ConnectionLost when the connection does.
class ClientSocket {
public:
    /// Connects, without any TLS handshake yet. Throws std::system_error, so also when refused.
    explicit ClientSocket(const Endpoint& endpoint, SocketOptions options = {});
    ClientSocket(ClientSocket&&) noexcept;
    ClientSocket& operator=(ClientSocket&&) noexcept;
    ~ClientSocket();

    /// The TLS handshake; nothing without TLS. Sending and reading do it if need be.
    void handshake();
    /// For protocols that begin TLS in the middle, and may end it again.
    void start_tls();
    void stop_tls();
    /// The same without a goodbye: once the peer has said its own, or at once.
    void leave_tls_after_goodbye();
    void leave_tls();
    /// What ALPN agreed on; empty if nothing.
    std::string alpn();

    void send_all(std::string_view text);
    /// As much as goes without waiting; returns how many bytes went. Plain connections only.
    std::size_t send_some(std::string_view text);

    std::string read_exactly(std::size_t count);
    /// What there is, at least one byte.
    std::string read_some();
    /// Up to and without CR LF.
    std::string read_line();
    /// Up to and including `marker`.
    std::string read_until(std::string_view marker);
    /// All that comes until the peer ends its side properly (with TLS: by close_notify).
    std::string read_to_end();

    /// Whether input or the end arrives within `time`; for "nothing happens" only.
    bool has_input_within(std::chrono::milliseconds time);
    /// Reads and forgets until the connection is over, however it ends.
    void wait_for_the_end();

    /// Half-close: no more will be sent (with TLS: close_notify and FIN).
    void end_sending();
    /// Half-close by FIN alone, as some clients do with TLS, and attackers.
    void end_without_goodbye();
    /// Aborts: the peer gets a reset.
    void reset();

    int descriptor() const noexcept { return socket_.get(); }

private:
    /// Appends to received_; false at the proper end.
    bool receive();
    /// Bytes read; 0 at the proper end.
    std::size_t attempt_read(char* into, std::size_t size);
    void wait(short events, const char* awaited) const;
    std::string take(std::size_t count);

    UniqueFd socket_;
    std::unique_ptr<TlsClient> tls_;
    std::string received_;
    std::size_t taken_ = 0; ///< of received_
};

/// For servers with short timeouts, which may strike on a busy machine before a client has done its
/// part: that is then done again. An attempt throws ConnectionLost, or is false, if it was struck.
bool comes_in_time(const std::function<bool()>& attempt);

} // namespace tern::test
