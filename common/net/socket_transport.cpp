#include "common/net/socket_transport.h"

#include "common/base/result.h"

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace tern::net {
namespace {

bool would_block(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK; }

} // namespace

Progress SocketTransport::read(std::span<char> into) {
    ssize_t result = 0;
    do {
        result = ::recv(socket_.get(), into.data(), into.size(), 0);
    } while (result < 0 && errno == EINTR);
    if (result == 0)
        return Progress::ended();
    if (result < 0 && would_block(errno)) {
        drained();
        return Progress::blocked(POLLIN);
    }
    if (result < 0)
        return Progress::failed(last_error());
    const auto bytes = static_cast<std::size_t>(result);
    if (bytes < into.size())
        drained_by_short_read();
    return Progress::moved(bytes);
}

Progress SocketTransport::sent(ssize_t result) {
    if (result >= 0)
        return Progress::moved(static_cast<std::size_t>(result));
    if (!would_block(errno))
        return Progress::failed(last_error());
    filled();
    return Progress::blocked(POLLOUT);
}

Progress SocketTransport::write(std::span<const iovec> pieces) {
    msghdr message = {};
    // The kernel only reads the pieces; its type predates const.
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = std::min<std::size_t>(pieces.size(), IOV_MAX);
    ssize_t result = 0;
    do {
        result = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    } while (result < 0 && errno == EINTR);
    return sent(result);
}

Progress SocketTransport::send_file(int file, off_t offset, std::size_t count) {
    ssize_t result = 0;
    do {
        result = ::sendfile(socket_.get(), file, &offset, count);
    } while (result < 0 && errno == EINTR);
    if (result == 0 && count > 0) // the file has shrunk since its size was promised
        return Progress::failed(make_error_code(std::errc::io_error));
    return sent(result);
}

Progress SocketTransport::shut_down() {
    if (::shutdown(socket_.get(), SHUT_WR) != 0)
        return Progress::failed(last_error());
    return Progress::moved(0);
}

} // namespace tern::net
