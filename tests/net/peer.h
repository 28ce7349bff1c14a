#pragma once
// The other end of a transport, in a test's hand: plain, TLS or simulated.

#include "common/base/unique_fd.h"
#include "common/net/tls.h"
#include "common/net/transport.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

struct ssl_st;
struct ssl_ctx_st;

namespace tern::test {

class Peer {
public:
    virtual ~Peer() = default;
    /// Sends what can be sent now; returns how much that is.
    virtual std::size_t send(std::string_view bytes) = 0;
    /// What has come by now.
    virtual std::string receive() = 0;
    /// Whether the other side has ended (after receive() has seen all).
    virtual bool ended() const = 0;
    /// Ends this side, cleanly, and still reads.
    virtual void end() = 0;
    /// Breaks the connection.
    virtual void reset() = 0;
};

/// A socket's other end.
class SocketPeer final : public Peer {
public:
    explicit SocketPeer(UniqueFd socket) noexcept : socket_(std::move(socket)) {}
    std::size_t send(std::string_view bytes) override;
    std::string receive() override;
    bool ended() const override { return ended_; }
    void end() override;
    void reset() override;

private:
    UniqueFd socket_;
    bool ended_ = false;
};

/// What a TLS client offers.
struct TlsOffer {
    std::string alpn_wire; ///< "\x08http/1.1"
    int highest_version = 0;
};

class TlsPeer final : public Peer {
public:
    TlsPeer(UniqueFd socket, const TlsOffer& offer);
    ~TlsPeer() override;
    TlsPeer(const TlsPeer&) = delete;
    TlsPeer& operator=(const TlsPeer&) = delete;

    /// Moves the handshake on; true when it is complete.
    bool handshake();
    std::size_t send(std::string_view bytes) override;
    std::string receive() override;
    bool ended() const override { return ended_; }
    void end() override;
    void reset() override;
    /// Ends the TCP connection without close_notify, as an attacker would.
    void cut();
    std::string alpn() const;

private:
    struct Free {
        void operator()(ssl_st* tls) const noexcept;
        void operator()(ssl_ctx_st* context) const noexcept;
    };
    UniqueFd socket_;
    std::unique_ptr<ssl_ctx_st, Free> context_;
    std::unique_ptr<ssl_st, Free> tls_;
    bool ended_ = false;
};

/// Two ends of a TCP connection over loopback, non-blocking; the first is the accepted one.
std::pair<UniqueFd, UniqueFd> tcp_pair();
/// Two ends of a Unix stream.
std::pair<UniqueFd, UniqueFd> unix_pair();

/// As every daemon does at its start: OpenSSL writes with write(2), which raises SIGPIPE.
void ignore_broken_pipes();

/// Both sides until both are done. False if either fails.
bool shake_hands(net::Transport& server, TlsPeer& client);

} // namespace tern::test
