#include "common/net/channel.h"

#include <sys/socket.h>

#include <cerrno>

namespace tern::net {

std::pair<Channel, Channel> Channel::make() {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
        throw std::system_error(last_error(), "socketpair");
    return {Channel(UniqueFd(ends[0])), Channel(UniqueFd(ends[1]))};
}

Result<void> Channel::send(std::string_view message) const {
    if (message.size() > channel_message_limit)
        return std::make_error_code(std::errc::message_size);
    ssize_t sent = 0;
    do {
        sent = ::send(end_.get(), message.data(), message.size(), MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0)
        return Result<void>();
    if (errno == EPIPE || errno == ECONNRESET)
        return make_error_code(Condition::closed);
    return last_error();
}

Result<std::string> Channel::receive() const {
    // MSG_TRUNC makes a peek tell the length of the waiting message.
    ssize_t length = 0;
    do {
        length = ::recv(end_.get(), nullptr, 0, MSG_PEEK | MSG_TRUNC);
    } while (length < 0 && errno == EINTR);
    if (length < 0 && errno == ECONNRESET)
        return make_error_code(Condition::closed);
    if (length < 0)
        return last_error();
    if (length == 0)
        return make_error_code(Condition::closed);
    std::string message(static_cast<std::size_t>(length), '\0');
    if (::recv(end_.get(), message.data(), message.size(), 0) != length)
        return make_error_code(Condition::closed);
    return message;
}

} // namespace tern::net
