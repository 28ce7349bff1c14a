#include "servers/ftp/socket_door.h"

#include "common/base/unique_fd.h"
#include "common/net/socket_transport.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace tern::ftp {
namespace {

/// RFC 6335 §6: the ports that nobody can have registered.
constexpr unsigned first_dynamic_port = 49152, dynamic_ports = 65536 - first_dynamic_port;
constexpr unsigned guesses = 8;

Result<UniqueFd> open_socket(int family) {
    UniqueFd socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket)
        return last_error();
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return socket;
}

/// `host`'s address with a port of ours.
Result<void> bind_to(const UniqueFd& socket, const net::Address& host, std::uint16_t port) {
    const Result<net::Address> address = net::Address::parse(host.host(), port);
    if (!address)
        return address.error();
    sockaddr_storage storage;
    const socklen_t length = address->store(storage);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0)
        return last_error();
    return {};
}

/// A socket that listens. Under SO_REUSEADDR it may be listen() that finds the port in use, and
/// then the socket is of no more use.
Result<UniqueFd> listen_on(const net::Address& host, std::uint16_t port) {
    Result<UniqueFd> socket = open_socket(host.family());
    if (!socket)
        return socket;
    const Result<void> bound = bind_to(*socket, host, port);
    if (!bound)
        return bound.error();
    if (::listen(socket->get(), 4) != 0)
        return last_error();
    return socket;
}

std::uint16_t port_of(const UniqueFd& socket) noexcept {
    sockaddr_storage storage = {};
    socklen_t length = sizeof storage;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&storage), &length);
    return net::Address::from(storage, length).port();
}

unsigned random_number() noexcept {
    unsigned number = 0;
    [[maybe_unused]] const ssize_t got = ::getrandom(&number, sizeof number, 0);
    return number;
}

/// Of no range: a port that nobody can guess. The kernel's own choice (port 0) is the last resort,
/// for it searches among all connections that are ending, which after thousands of transfers takes
/// a millisecond (docs/decisions/0040).
Result<UniqueFd> listen_anywhere(const net::Address& local) {
    for (unsigned i = 0; i < guesses; ++i) {
        const unsigned port = first_dynamic_port + random_number() % dynamic_ports;
        Result<UniqueFd> socket = listen_on(local, static_cast<std::uint16_t>(port));
        if (socket || socket.error() != std::errc::address_in_use)
            return socket;
    }
    return listen_on(local, 0);
}

/// Begins anywhere in the range, so that nobody can guess the next client's port.
Result<UniqueFd> listen_in_range(const net::Address& local, const PassiveSettings& settings) {
    if (settings.first_port == 0 && settings.last_port == 0)
        return listen_anywhere(local);
    const unsigned count = settings.last_port - settings.first_port + 1U;
    const unsigned first = random_number() % count;
    for (unsigned i = 0; i < count; ++i) {
        const auto port = static_cast<std::uint16_t>(settings.first_port + (first + i) % count);
        Result<UniqueFd> socket = listen_on(local, port);
        if (socket || socket.error() != std::errc::address_in_use)
            return socket;
    }
    return std::make_error_code(std::errc::address_in_use);
}

/// A socket that its session has perhaps waited for.
class WatchedSocket {
public:
    WatchedSocket(Session& session, UniqueFd socket) noexcept
        : session_(session), socket_(std::move(socket)) {}
    ~WatchedSocket() { forget(); }
    WatchedSocket(const WatchedSocket&) = delete;
    WatchedSocket& operator=(const WatchedSocket&) = delete;

    const UniqueFd& get() const noexcept { return socket_; }
    void set(UniqueFd socket) noexcept { socket_ = std::move(socket); }
    UniqueFd take() noexcept {
        forget();
        return std::move(socket_);
    }
    pollfd interest(short events) noexcept {
        waited_for_ = true;
        return {socket_.get(), events, 0};
    }

private:
    void forget() noexcept {
        if (std::exchange(waited_for_, false) && socket_)
            session_.closing(socket_.get());
    }

    Session& session_;
    UniqueFd socket_;
    bool waited_for_ = false;
};

class PassiveDoor final : public DataDoor {
public:
    PassiveDoor(Session& session, UniqueFd socket, net::Address client, bool foreign) noexcept
        : port_(port_of(socket)), socket_(session, std::move(socket)), client_(std::move(client)),
          foreign_(foreign) {}

    std::uint16_t port() const noexcept override { return port_; }
    Attempt attempt() override;
    pollfd interest() noexcept override { return socket_.interest(POLLIN); }

private:
    const std::uint16_t port_;
    WatchedSocket socket_;
    const net::Address client_;
    const bool foreign_;
};

DataDoor::Attempt PassiveDoor::attempt() {
    sockaddr_storage storage = {};
    socklen_t length = sizeof storage;
    UniqueFd client(::accept4(socket_.get().get(), reinterpret_cast<sockaddr*>(&storage), &length,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!client) {
        const bool later = errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
        return {nullptr, later ? std::error_code() : last_error()};
    }
    // Somebody else could steal or forge a transfer.
    if (!foreign_ && net::Address::from(storage, length).host() != client_.host())
        return {nullptr, std::make_error_code(std::errc::permission_denied)};
    const int on = 1;
    ::setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return {std::make_unique<net::SocketTransport>(std::move(client)), {}};
}

class ActiveDoor final : public DataDoor {
public:
    ActiveDoor(Session& session, net::Address local, net::Address target) noexcept
        : socket_(session, UniqueFd()), local_(std::move(local)), target_(std::move(target)) {}

    std::uint16_t port() const noexcept override { return target_.port(); }
    Attempt attempt() override;
    pollfd interest() noexcept override { return socket_.interest(POLLOUT); }

private:
    std::error_code begin();

    WatchedSocket socket_;
    const net::Address local_;
    const net::Address target_;
};

std::error_code ActiveDoor::begin() {
    Result<UniqueFd> socket = open_socket(target_.family());
    if (!socket)
        return socket.error();
    socket_.set(std::move(*socket));
    const Result<void> bound = bind_to(socket_.get(), local_, 0);
    if (!bound)
        return bound.error();
    sockaddr_storage storage;
    const socklen_t length = target_.store(storage);
    const auto* const target = reinterpret_cast<const sockaddr*>(&storage);
    if (::connect(socket_.get().get(), target, length) != 0 && errno != EINPROGRESS)
        return last_error();
    return {};
}

DataDoor::Attempt ActiveDoor::attempt() {
    if (!socket_.get())
        if (const std::error_code error = begin())
            return {nullptr, error};
    pollfd look = {socket_.get().get(), POLLOUT, 0};
    if (::poll(&look, 1, 0) != 1)
        return {};
    int failure = 0;
    socklen_t size = sizeof failure;
    ::getsockopt(socket_.get().get(), SOL_SOCKET, SO_ERROR, &failure, &size);
    if (failure != 0)
        return {nullptr, std::error_code(failure, std::system_category())};
    return {std::make_unique<net::SocketTransport>(socket_.take()), {}};
}

} // namespace

Result<std::unique_ptr<DataDoor>> SocketDoors::passive(Session& session, const net::Address& local,
                                                       const net::Address& client) {
    Result<UniqueFd> socket = listen_in_range(local, settings_);
    if (!socket)
        return socket.error();
    return std::unique_ptr<DataDoor>(
        std::make_unique<PassiveDoor>(session, std::move(*socket), client, foreign_));
}

std::unique_ptr<DataDoor> SocketDoors::active(Session& session, const net::Address& local,
                                              const net::Address& target) {
    return std::make_unique<ActiveDoor>(session, local, target);
}

} // namespace tern::ftp
