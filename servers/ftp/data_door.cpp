#include "servers/ftp/data_door.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <cerrno>

namespace tern::ftp {
namespace {

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

/// Begins anywhere in the range, so that nobody can guess the next client's port.
Result<UniqueFd> listen_in_range(const net::Address& local, const PassiveSettings& settings) {
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

} // namespace

Result<std::unique_ptr<DataDoor>> DataDoor::passive(Session& session, const net::Address& local,
                                                    const PassiveSettings& settings,
                                                    const net::Address& client, bool foreign) {
    Result<UniqueFd> socket = listen_in_range(local, settings);
    if (!socket)
        return socket.error();
    std::unique_ptr<DataDoor> door(new DataDoor(session, std::move(*socket)));
    door->port_ = port_of(door->socket_);
    door->peer_ = client;
    door->foreign_ = foreign;
    return door;
}

std::unique_ptr<DataDoor> DataDoor::active(Session& session, const net::Address& local,
                                           const net::Address& target) {
    std::unique_ptr<DataDoor> door(new DataDoor(session, UniqueFd()));
    door->local_ = local;
    door->peer_ = target;
    door->is_passive_ = false;
    return door;
}

DataDoor::~DataDoor() {
    if (waited_for_ && socket_)
        session_.closing(socket_.get());
}

DataDoor::Attempt DataDoor::attempt() { return is_passive_ ? accept() : connect(); }

pollfd DataDoor::interest() noexcept {
    waited_for_ = true;
    const short events = is_passive_ ? POLLIN : POLLOUT;
    return {socket_.get(), events, 0};
}

DataDoor::Attempt DataDoor::accept() {
    sockaddr_storage storage = {};
    socklen_t length = sizeof storage;
    UniqueFd client(::accept4(socket_.get(), reinterpret_cast<sockaddr*>(&storage), &length,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!client) {
        const bool later = errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
        return {UniqueFd(), later ? std::error_code() : last_error()};
    }
    // Somebody else could steal or forge a transfer.
    if (!foreign_ && net::Address::from(storage, length).host() != peer_.host())
        return {UniqueFd(), std::make_error_code(std::errc::permission_denied)};
    const int on = 1;
    ::setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return {std::move(client), {}};
}

DataDoor::Attempt DataDoor::connect() {
    if (!socket_) {
        Result<UniqueFd> socket = open_socket(peer_.family());
        if (!socket)
            return {UniqueFd(), socket.error()};
        socket_ = std::move(*socket);
        const Result<void> bound = bind_to(socket_, local_, 0);
        if (!bound)
            return {UniqueFd(), bound.error()};
        sockaddr_storage storage;
        const socklen_t length = peer_.store(storage);
        if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0 &&
            errno != EINPROGRESS)
            return {UniqueFd(), last_error()};
    }
    pollfd look = {socket_.get(), POLLOUT, 0};
    if (::poll(&look, 1, 0) != 1)
        return {};
    int failure = 0;
    socklen_t size = sizeof failure;
    ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &failure, &size);
    if (failure != 0)
        return {UniqueFd(), std::error_code(failure, std::system_category())};
    if (std::exchange(waited_for_, false))
        session_.closing(socket_.get());
    return {std::move(socket_), {}};
}

} // namespace tern::ftp
