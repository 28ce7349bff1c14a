#include "clients/chat/stream_link.h"

#include "common/base/result.h"
#include "common/net/socket_transport.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace tern::chat_client {
namespace {

using net::Progress;

constexpr auto connect_patience = std::chrono::seconds(15);
constexpr unsigned reads_per_turn = 16;

/// A server that is gone without a word is noticed after a few minutes.
void keep_alive(int socket) {
    const int on = 1;
    const int idle_s = 60;
    ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

} // namespace

StreamLink::StreamLink(std::vector<net::Address> addresses, std::string host,
                       std::optional<net::TlsTrust> trust, Clock::time_point now)
    : addresses_(std::move(addresses)), host_(std::move(host)), trust_(std::move(trust)) {
    connect_next(now);
}

void StreamLink::connect_next(Clock::time_point now) {
    const net::Address& address = addresses_.at(next_++);
    deadline_ = now + connect_patience;
    connecting_.reset(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_storage storage = {};
    const socklen_t size = address.store(storage);
    const auto* const where = reinterpret_cast<const sockaddr*>(&storage);
    if (!connecting_ || (::connect(connecting_.get(), where, size) != 0 && errno != EINPROGRESS))
        fail(last_error().message(), now);
}

/// On to the next address, if there is one.
void StreamLink::fail(const std::string& why, Clock::time_point now) {
    if (state() == State::opening && transport_ == nullptr && next_ < addresses_.size())
        return connect_next(now);
    deadline_ = no_deadline;
    close(addresses_[next_ - 1].to_string() + ": " + why);
}

pollfd StreamLink::interest() const noexcept {
    if (transport_ == nullptr)
        return {connecting_.get(), POLLOUT, 0};
    short events = state() == State::open ? static_cast<short>(POLLIN) : wanted_;
    if (state() == State::open && !unsent_.empty())
        events = static_cast<short>(events | POLLOUT);
    return {transport_->descriptor(), events, 0};
}

void StreamLink::advance(Clock::time_point now) {
    if (state() == State::closed)
        return;
    if (now >= deadline_)
        return fail("no answer", now);
    if (transport_ == nullptr)
        advance_connection(now);
    if (state() == State::opening && transport_ != nullptr)
        advance_handshake();
    if (state() == State::open)
        read_some();
    if (state() == State::open)
        write_some();
}

void StreamLink::advance_connection(Clock::time_point now) {
    pollfd ready = {connecting_.get(), POLLOUT, 0};
    if (::poll(&ready, 1, 0) != 1)
        return;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(connecting_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0)
        return fail(std::error_code(error, std::system_category()).message(), now);
    keep_alive(connecting_.get());
    if (!trust_) {
        transport_ = std::make_unique<net::SocketTransport>(std::move(connecting_));
        return;
    }
    auto tls = std::make_unique<net::TlsClientTransport>(std::move(connecting_), host_, *trust_);
    tls_ = tls.get();
    transport_ = std::move(tls);
}

void StreamLink::advance_handshake() {
    const Progress progress = transport_->handshake();
    if (progress.outcome == Progress::Outcome::blocked) {
        wanted_ = progress.interest;
        return;
    }
    if (progress.outcome == Progress::Outcome::moved) {
        deadline_ = no_deadline;
        return open();
    }
    const std::string distrust = tls_ != nullptr ? tls_->distrust() : "";
    close(distrust.empty() ? "the TLS handshake failed" : "the certificate: " + distrust);
}

void StreamLink::read_some() {
    std::array<char, 8192> buffer;
    for (unsigned reads = 0; reads < reads_per_turn || transport_->has_buffered_input(); ++reads) {
        const Progress progress = transport_->read(buffer);
        switch (progress.outcome) {
        case Progress::Outcome::moved:
            received_.append(buffer.data(), progress.bytes);
            continue;
        case Progress::Outcome::blocked:
            return;
        case Progress::Outcome::ended:
            return close("the server has ended it");
        case Progress::Outcome::failed:
            return close(progress.error.message());
        }
    }
}

void StreamLink::write_some() {
    while (!unsent_.empty()) {
        const std::array pieces = {iovec{unsent_.data(), unsent_.size()}};
        const Progress progress = transport_->write(pieces);
        if (progress.outcome == Progress::Outcome::blocked)
            return;
        if (progress.outcome != Progress::Outcome::moved)
            return close(progress.error.message());
        unsent_.erase(0, progress.bytes);
    }
}

void StreamLink::send(std::string_view line) {
    unsent_.append(line) += '\n';
    if (state() == State::open)
        write_some();
}

} // namespace tern::chat_client
