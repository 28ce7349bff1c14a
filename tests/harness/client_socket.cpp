#include "tests/harness/client_socket.h"

#include "tests/harness/tls_client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace tern::test {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::system_category(), what);
}

[[noreturn]] void lost(const std::string& what) {
    throw ConnectionLost(what + ": " + std::generic_category().message(errno));
}

struct SocketAddress {
    sockaddr_storage storage = {};
    socklen_t length = 0;

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress unix_address(const std::string& path) {
    SocketAddress address;
    auto& target = reinterpret_cast<sockaddr_un&>(address.storage);
    target.sun_family = AF_UNIX;
    std::memcpy(target.sun_path, path.data(), std::min(path.size(), sizeof target.sun_path - 1));
    address.length = sizeof target;
    if (path.front() == '@') {
        target.sun_path[0] = '\0';
        address.length = static_cast<socklen_t>(sizeof(sa_family_t) + path.size());
    }
    return address;
}

SocketAddress internet_address(const std::string& numbers, std::uint16_t port) {
    SocketAddress address;
    auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
    if (::inet_pton(AF_INET, numbers.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        address.length = sizeof v4;
    } else if (::inet_pton(AF_INET6, numbers.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        address.length = sizeof v6;
    } else {
        throw std::invalid_argument("not an address: " + numbers);
    }
    return address;
}

SocketAddress address_of(const Endpoint& endpoint) {
    const char first = endpoint.address.empty() ? '\0' : endpoint.address.front();
    if (first == '/' || first == '@')
        return unix_address(endpoint.address);
    return internet_address(endpoint.address, endpoint.port);
}

UniqueFd open_socket(const SocketAddress& address, const SocketOptions& options) {
    UniqueFd socket(
        ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket)
        fail("socket");
    if (options.receive_buffer > 0)
        ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &options.receive_buffer,
                     sizeof options.receive_buffer);
    if (address.storage.ss_family != AF_UNIX) { // what a test sends shall leave as it says
        const int on = 1;
        ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    if (!options.source.empty()) {
        const SocketAddress source = internet_address(options.source, 0);
        if (::bind(socket.get(), source.get(), source.length) != 0)
            fail("bind to " + options.source);
    }
    return socket;
}

/// A Unix socket whose queue is full says EAGAIN, and nothing tells when to try again.
void connect(const UniqueFd& socket, const SocketAddress& address, const std::string& where) {
    const Deadline deadline;
    int failure = 0;
    const auto attempt = [&] {
        failure = ::connect(socket.get(), address.get(), address.length) == 0 ? 0 : errno;
        return failure != EAGAIN;
    };
    if (!eventually(attempt, deadline))
        throw TooLate("connecting to " + where);
    if (failure == EINPROGRESS) {
        if (!becomes_ready(socket.get(), POLLOUT, deadline))
            throw TooLate("connecting to " + where);
        socklen_t size = sizeof failure;
        ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &failure, &size);
    }
    if (failure != 0)
        throw std::system_error(failure, std::system_category(), "connect to " + where);
}

} // namespace

ClientSocket::ClientSocket(const Endpoint& endpoint, SocketOptions options) {
    const SocketAddress address = address_of(endpoint);
    socket_ = open_socket(address, options);
    connect(socket_, address, endpoint.address + ' ' + std::to_string(endpoint.port));
    if (options.tls)
        tls_ = std::make_unique<TlsClient>(socket_.get(), options.alpn);
}

ClientSocket::ClientSocket(ClientSocket&&) noexcept = default;
ClientSocket& ClientSocket::operator=(ClientSocket&&) noexcept = default;
ClientSocket::~ClientSocket() = default;

void ClientSocket::wait(short events, const char* awaited) const {
    if (!becomes_ready(socket_.get(), events, Deadline()))
        throw TooLate(awaited);
}

void ClientSocket::handshake() {
    if (!tls_)
        return;
    for (;;) {
        const TlsClient::Attempt attempt = tls_->handshake();
        if (attempt.outcome == TlsClient::Outcome::done)
            return;
        if (attempt.outcome != TlsClient::Outcome::blocked)
            throw ConnectionLost("TLS handshake: " + tls_->explanation());
        wait(attempt.events, "the TLS handshake");
    }
}

void ClientSocket::start_tls() {
    tls_ = std::make_unique<TlsClient>(socket_.get(), std::string());
    handshake();
}

void ClientSocket::stop_tls() {
    tls_->say_goodbye();
    read_to_end();
    tls_.reset();
}

void ClientSocket::leave_tls_after_goodbye() {
    read_to_end();
    leave_tls();
}

void ClientSocket::leave_tls() { tls_.reset(); }

std::string ClientSocket::alpn() {
    handshake();
    return tls_ ? tls_->alpn() : std::string();
}

void ClientSocket::send_all(std::string_view text) {
    handshake();
    while (!text.empty()) {
        if (!tls_) {
            const std::size_t sent = send_some(text);
            if (sent == 0)
                wait(POLLOUT, "room to send");
            text.remove_prefix(sent);
            continue;
        }
        const TlsClient::Attempt attempt = tls_->write(text);
        if (attempt.outcome == TlsClient::Outcome::blocked)
            wait(attempt.events, "room to send");
        else if (attempt.outcome == TlsClient::Outcome::done)
            text.remove_prefix(attempt.bytes);
        else
            throw ConnectionLost("TLS write: " + tls_->explanation());
    }
}

std::size_t ClientSocket::send_some(std::string_view text) {
    const ssize_t sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR)
        lost("send");
    return static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
}

std::size_t ClientSocket::attempt_read(char* into, std::size_t size) {
    for (;;) {
        if (!tls_) {
            const ssize_t got = ::recv(socket_.get(), into, size, 0);
            if (got >= 0)
                return static_cast<std::size_t>(got);
            if (errno != EAGAIN && errno != EINTR)
                lost("recv");
            wait(POLLIN, "input");
            continue;
        }
        const TlsClient::Attempt attempt = tls_->read(into, size);
        if (attempt.outcome == TlsClient::Outcome::done)
            return attempt.bytes;
        if (attempt.outcome == TlsClient::Outcome::ended)
            return 0;
        if (attempt.outcome == TlsClient::Outcome::failed)
            throw ConnectionLost("TLS read: " + tls_->explanation());
        wait(attempt.events, "input");
    }
}

bool ClientSocket::receive() {
    handshake();
    constexpr std::size_t piece = 65536;
    if (taken_ > piece) { // what was taken goes now and then, not at each line
        received_.erase(0, taken_);
        taken_ = 0;
    }
    const std::size_t before = received_.size();
    received_.resize(before + piece);
    std::size_t got = 0;
    try {
        got = attempt_read(received_.data() + before, piece);
    } catch (...) {
        received_.resize(before);
        throw;
    }
    received_.resize(before + got);
    return got > 0;
}

std::string ClientSocket::take(std::size_t count) {
    std::string text = received_.substr(taken_, count);
    taken_ += count;
    return text;
}

std::string ClientSocket::read_exactly(std::size_t count) {
    while (received_.size() - taken_ < count)
        if (!receive())
            throw ConnectionLost("the end after " + std::to_string(received_.size() - taken_) +
                                 " of " + std::to_string(count) + " bytes");
    return take(count);
}

std::string ClientSocket::read_some() {
    while (received_.size() == taken_)
        if (!receive())
            throw ConnectionLost("the end where more was expected");
    return take(received_.size() - taken_);
}

std::string ClientSocket::read_until(std::string_view marker) {
    std::size_t look_from = 0; // relative to taken_, which receive() may move
    for (;;) {
        const std::size_t at = received_.find(marker, taken_ + look_from);
        if (at != std::string::npos)
            return take(at + marker.size() - taken_);
        const std::size_t untaken = received_.size() - taken_;
        look_from = untaken < marker.size() ? 0 : untaken - marker.size();
        if (!receive())
            throw ConnectionLost("the end after \"" + take(received_.size() - taken_) + '"');
    }
}

std::string ClientSocket::read_line() {
    std::string line = read_until("\r\n");
    line.resize(line.size() - 2);
    return line;
}

std::string ClientSocket::read_to_end() {
    while (receive()) {
    }
    return take(received_.size() - taken_);
}

bool ClientSocket::has_input_within(std::chrono::milliseconds time) {
    if (received_.size() > taken_ || (tls_ && tls_->has_buffered_input()))
        return true;
    return becomes_ready(socket_.get(), POLLIN, Deadline(time));
}

void ClientSocket::wait_for_the_end() {
    try {
        read_to_end();
    } catch (const ConnectionLost&) { // an end, too
    }
}

void ClientSocket::end_sending() {
    if (tls_) {
        handshake();
        tls_->say_goodbye();
    }
    ::shutdown(socket_.get(), SHUT_WR);
}

void ClientSocket::end_without_goodbye() { ::shutdown(socket_.get(), SHUT_WR); }

void ClientSocket::reset() {
    const linger abort = {1, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    socket_.reset();
}

bool comes_in_time(const std::function<bool()>& attempt) {
    return eventually([&] {
        try {
            return attempt();
        } catch (const ConnectionLost&) {
            return false;
        }
    });
}

} // namespace tern::test
