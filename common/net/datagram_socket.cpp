#include "common/net/datagram_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace tern::net {

DatagramSocket::DatagramSocket(const ListenerSettings& settings) : name_(settings.name) {
    const Result<Address> wanted = Address::parse(settings.address, settings.port);
    if (!wanted)
        throw std::system_error(wanted.error(), "not an address: " + settings.address);
    socket_.reset(::socket(wanted->family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket_)
        throw std::system_error(last_error(), "socket for " + wanted->to_string());
    const int on = 1;
    if (wanted->family() == AF_INET6) // "::" means IPv6 only, as for listeners
        ::setsockopt(socket_.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    sockaddr_storage storage = {};
    socklen_t length = wanted->store(storage);
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0)
        throw std::system_error(last_error(), "cannot listen on " + wanted->to_string());
    length = sizeof storage;
    if (::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&storage), &length) != 0)
        throw std::system_error(last_error(), "getsockname");
    address_ = Address::from(storage, length);
}

Result<DatagramSocket::Datagram> DatagramSocket::receive(std::span<char> into) const {
    sockaddr_storage storage = {};
    socklen_t length = sizeof storage;
    ssize_t size = 0;
    do {
        size = ::recvfrom(socket_.get(), into.data(), into.size(), MSG_TRUNC,
                          reinterpret_cast<sockaddr*>(&storage), &length);
    } while (size < 0 && errno == EINTR);
    if (size < 0)
        return last_error();
    return Datagram{static_cast<std::size_t>(size), Address::from(storage, length)};
}

void DatagramSocket::send(const Address& to, std::string_view text) const noexcept {
    sockaddr_storage storage = {};
    const socklen_t length = to.store(storage);
    [[maybe_unused]] const ssize_t sent =
        ::sendto(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&storage), length);
}

} // namespace tern::net
