#include "tests/net/peer.h"

#include "common/net/listener.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <stdexcept>

namespace tern::test {
namespace {

void reset_socket(UniqueFd& socket) {
    const linger at_once = {1, 0}; // closing sends RST
    ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket.reset();
}

} // namespace

std::size_t SocketPeer::send(std::string_view bytes) {
    const ssize_t sent =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

std::string SocketPeer::receive() {
    std::string all;
    std::array<char, 65536> buffer;
    for (;;) {
        const ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        ended_ = ended_ || got == 0;
        if (got <= 0)
            return all;
        all.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

void SocketPeer::end() { ::shutdown(socket_.get(), SHUT_WR); }
void SocketPeer::reset() { reset_socket(socket_); }

void TlsPeer::Free::operator()(ssl_st* tls) const noexcept { SSL_free(tls); }
void TlsPeer::Free::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }

TlsPeer::TlsPeer(UniqueFd socket, const TlsOffer& offer)
    : socket_(std::move(socket)), context_(SSL_CTX_new(TLS_client_method())) {
    if (offer.highest_version != 0)
        SSL_CTX_set_max_proto_version(context_.get(), offer.highest_version);
    tls_.reset(SSL_new(context_.get()));
    SSL_set_fd(tls_.get(), socket_.get());
    SSL_set_connect_state(tls_.get());
    if (!offer.alpn_wire.empty())
        SSL_set_alpn_protos(tls_.get(),
                            reinterpret_cast<const unsigned char*>(offer.alpn_wire.data()),
                            static_cast<unsigned>(offer.alpn_wire.size()));
}

TlsPeer::~TlsPeer() = default;

bool TlsPeer::handshake() {
    const int result = SSL_do_handshake(tls_.get());
    if (result == 1)
        return true;
    const int reason = SSL_get_error(tls_.get(), result);
    if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE)
        throw std::runtime_error("the client's handshake failed");
    return false;
}

std::size_t TlsPeer::send(std::string_view bytes) {
    std::size_t sent = 0;
    SSL_set_mode(tls_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &sent) == 1 ? sent : 0;
}

std::string TlsPeer::receive() {
    std::string all;
    std::array<char, 65536> buffer;
    std::size_t got = 0;
    for (;;) {
        const int result = SSL_read_ex(tls_.get(), buffer.data(), buffer.size(), &got);
        if (result != 1) {
            ended_ = ended_ || SSL_get_error(tls_.get(), result) == SSL_ERROR_ZERO_RETURN;
            return all;
        }
        all.append(buffer.data(), got);
    }
}

void TlsPeer::end() { SSL_shutdown(tls_.get()); }
void TlsPeer::cut() { ::shutdown(socket_.get(), SHUT_WR); }
void TlsPeer::reset() { reset_socket(socket_); }

std::string TlsPeer::alpn() const {
    const unsigned char* name = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(tls_.get(), &name, &length);
    return {reinterpret_cast<const char*>(name), length};
}

std::pair<UniqueFd, UniqueFd> tcp_pair() {
    net::ListenerSettings settings;
    settings.name = "pair";
    settings.address = "127.0.0.1";
    const net::Listener listener(settings);
    sockaddr_storage storage;
    const socklen_t length = listener.address().store(storage);
    UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(client.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0)
        throw std::runtime_error("connect");
    pollfd arrival = {listener.descriptor(), POLLIN, 0};
    ::poll(&arrival, 1, -1);
    Result<net::Accepted> accepted = listener.accept();
    if (!accepted)
        throw std::runtime_error("accept: " + accepted.error().message());
    return {std::move(accepted->socket), std::move(client)};
}

std::pair<UniqueFd, UniqueFd> unix_pair() {
    std::array<int, 2> ends = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw std::runtime_error("socketpair");
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

void ignore_broken_pipes() {
    struct sigaction ignored = {};
    ignored.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignored, nullptr);
}

bool shake_hands(net::Transport& server, TlsPeer& client) {
    ignore_broken_pipes();
    bool client_is_done = false;
    try {
        for (;;) {
            client_is_done = client.handshake() || client_is_done;
            const net::Progress progress = server.handshake();
            if (progress.outcome == net::Progress::Outcome::moved && client_is_done)
                return true;
            if (progress.outcome == net::Progress::Outcome::failed ||
                progress.outcome == net::Progress::Outcome::ended)
                return false;
        }
    } catch (const std::runtime_error&) {
        return false;
    }
}

} // namespace tern::test
