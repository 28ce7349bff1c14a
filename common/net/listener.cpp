#include "common/net/listener.h"

#include "common/net/socket_transport.h"
#include "common/net/tls.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tern::net {
namespace {

void set_option(int socket, int level, int option, int value = 1) {
    if (::setsockopt(socket, level, option, &value, sizeof value) != 0)
        throw std::system_error(last_error(), "setsockopt");
}

UniqueFd open_socket(const Address& address) {
    UniqueFd socket(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket)
        throw std::system_error(last_error(), "socket for " + address.to_string());
    if (address.family() != AF_UNIX)
        set_option(socket.get(), SOL_SOCKET, SO_REUSEADDR);
    if (address.family() == AF_INET6) // "::" means IPv6 only; name 0.0.0.0 beside it for both
        set_option(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY);
    return socket;
}

void bind_to(const UniqueFd& socket, const Address& address) {
    sockaddr_storage storage;
    const socklen_t length = address.store(storage);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0)
        throw std::system_error(last_error(), "cannot listen on " + address.to_string());
}

void listen_on(const UniqueFd& socket, const Address& address, int backlog, int defer_accept_s) {
    if (address.family() != AF_UNIX) {
        // Clients' sockets inherit it: replies leave as soon as they are written, for sessions
        // gather what belongs together themselves.
        set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY);
        if (defer_accept_s > 0)
            set_option(socket.get(), IPPROTO_TCP, TCP_DEFER_ACCEPT, defer_accept_s);
    }
    if (::listen(socket.get(), backlog) != 0)
        throw std::system_error(last_error(), "cannot listen on " + address.to_string());
}

/// The socket file of a daemon that is gone would keep us from binding; a live one must stay.
void remove_dead_socket(const Address& address) {
    struct stat status = {};
    const std::string path = address.host();
    if (!path.starts_with('/') || ::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode))
        return;
    const UniqueFd probe = open_socket(address);
    sockaddr_storage storage;
    const socklen_t length = address.store(storage);
    const int connected =
        ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&storage), length);
    if (connected != 0 && errno == ECONNREFUSED)
        ::unlink(path.c_str());
}

Address bound_address(const UniqueFd& socket) {
    sockaddr_storage storage = {};
    socklen_t length = sizeof storage;
    if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&storage), &length) != 0)
        throw std::system_error(last_error(), "getsockname");
    return Address::from(storage, length);
}

UniqueFd duplicate(const UniqueFd& descriptor) {
    UniqueFd copy(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, 0));
    if (!copy)
        throw std::system_error(last_error(), "dup");
    return copy;
}

} // namespace

Listener::Listener(const ListenerSettings& settings)
    : backlog_(settings.backlog), defer_accept_s_(settings.defer_accept_s),
      name_(std::make_shared<const std::string>(settings.name)) {
    const Result<Address> wanted = Address::parse(settings.address, settings.port);
    if (!wanted)
        throw std::system_error(wanted.error(), "not an address: " + settings.address);
    if (settings.tls)
        tls_ = std::make_shared<TlsContext>(*settings.tls);
    if (wanted->family() == AF_UNIX)
        remove_dead_socket(*wanted);
    socket_ = open_socket(*wanted);
    bind_to(socket_, *wanted);
    // Only now, so that binding has told whether somebody else listens there: from here on
    // siblings may join.
    if (wanted->family() != AF_UNIX)
        set_option(socket_.get(), SOL_SOCKET, SO_REUSEPORT);
    listen_on(socket_, *wanted, backlog_, defer_accept_s_);
    address_ = bound_address(socket_);
}

Listener::~Listener() = default;

UniqueFd Listener::bound_beside() const {
    UniqueFd socket = open_socket(address_);
    set_option(socket.get(), SOL_SOCKET, SO_REUSEPORT);
    bind_to(socket, address_);
    return socket;
}

void Listener::reserve_siblings(std::size_t count) {
    while (address_.family() != AF_UNIX && reserved_.size() < count)
        reserved_.push_back(bound_beside());
}

Listener Listener::sibling() {
    Listener other;
    other.address_ = address_;
    other.backlog_ = backlog_;
    other.defer_accept_s_ = defer_accept_s_;
    other.name_ = name_;
    other.tls_ = tls_;
    if (address_.family() == AF_UNIX) {
        other.socket_ = duplicate(socket_);
        return other;
    }
    if (reserved_.empty())
        reserved_.push_back(bound_beside());
    other.socket_ = std::move(reserved_.back());
    reserved_.pop_back();
    listen_on(other.socket_, address_, backlog_, defer_accept_s_);
    return other;
}

Result<Accepted> Listener::accept() const {
    sockaddr_storage storage = {};
    socklen_t length = sizeof storage;
    UniqueFd client(::accept4(socket_.get(), reinterpret_cast<sockaddr*>(&storage), &length,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!client)
        return last_error();
    return Accepted{std::move(client), Address::from(storage, length)};
}

std::size_t Listener::clients_waiting() const noexcept {
    tcp_info information = {};
    socklen_t length = sizeof information;
    if (::getsockopt(socket_.get(), IPPROTO_TCP, TCP_INFO, &information, &length) != 0)
        return static_cast<std::size_t>(backlog_);
    return information.tcpi_unacked; // of a listening socket: the length of its accept queue
}

std::unique_ptr<Transport> Listener::transport(UniqueFd socket) const {
    if (tls_)
        return std::make_unique<TlsTransport>(std::move(socket), *tls_);
    return std::make_unique<SocketTransport>(std::move(socket));
}

} // namespace tern::net
