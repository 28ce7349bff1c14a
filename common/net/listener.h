#pragma once
// A bound, listening socket with its name and, optionally, TLS.

#include "common/base/result.h"
#include "common/base/unique_fd.h"
#include "common/net/address.h"
#include "common/net/transport.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tern::net {

class TlsContext;

/// Certificate and key in PEM files, and what to offer by ALPN.
struct TlsSettings {
    std::string certificate;
    std::string key;
    std::string minimum_version = "1.2"; ///< or "1.3"
    std::vector<std::string> alpn;       ///< the server's order of preference
    /// Fewer system calls; for protocols that never go back to plain text on the same connection.
    bool read_ahead = false;
};

struct ListenerSettings {
    std::string name;
    std::string address;
    std::uint16_t port = 0;
    int backlog = 1024;
    /// Where clients speak first: the kernel may keep a client so long that has said nothing, in
    /// seconds, so that its connection and its request wake the server once. 0: it may not.
    int defer_accept_s = 0;
    bool is_datagram = false; ///< for a DatagramSocket, not for a Listener
    std::optional<TlsSettings> tls;
};

/// A client that has just connected.
struct Accepted {
    UniqueFd socket;
    Address peer;
};

class Listener {
public:
    /// Binds and listens. Throws std::system_error whose text names the address.
    explicit Listener(const ListenerSettings& settings);
    Listener(Listener&&) noexcept = default;
    Listener& operator=(Listener&&) noexcept = default;
    ~Listener();

    /// A second socket on the same address, to which the kernel gives its share of the clients
    /// (SO_REUSEPORT); for Unix sockets, which have no such thing, the same socket again.
    Listener sibling();
    /// Makes what so many siblings need: to be called before privileges are dropped, for the kernel
    /// lets only sockets of one user share an address, and only root's have ports below 1024.
    void reserve_siblings(std::size_t count);

    /// The next client, non-blocking. Errors: would_block, or accept4(2)'s.
    Result<Accepted> accept() const;

    /// How many clients the kernel has connected that nobody has accepted yet; for Unix sockets,
    /// which do not tell, how many there may be.
    std::size_t clients_waiting() const noexcept;

    /// A transport over the client's socket, with this listener's TLS if it has any.
    std::unique_ptr<Transport> transport(UniqueFd socket) const;

    int descriptor() const noexcept { return socket_.get(); }
    const std::string& name() const noexcept { return *name_; }
    /// With the port really bound.
    const Address& address() const noexcept { return address_; }
    bool encrypted() const noexcept { return tls_ != nullptr; }

    void close() noexcept { socket_.reset(); }

private:
    Listener() = default;
    UniqueFd bound_beside() const;

    UniqueFd socket_;
    std::vector<UniqueFd> reserved_; ///< bound, but not listening: they get no clients yet
    Address address_;
    int backlog_ = 0;
    int defer_accept_s_ = 0;
    std::shared_ptr<const std::string> name_; ///< shared: siblings and connections refer to it
    std::shared_ptr<TlsContext> tls_;         ///< shared by siblings
};

} // namespace tern::net
