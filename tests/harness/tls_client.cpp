#include "tests/harness/tls_client.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace tern::test {
namespace {

SSL_CTX* make_context() {
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    if (context == nullptr)
        throw std::runtime_error("SSL_CTX_new");
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return context;
}

std::string describe(int error) {
    std::array<char, 256> text = {};
    if (const unsigned long code = ERR_get_error(); code != 0) {
        ERR_error_string_n(code, text.data(), text.size());
        return text.data();
    }
    if (error == SSL_ERROR_SYSCALL && errno != 0)
        return std::generic_category().message(errno);
    return "the connection ended";
}

} // namespace

TlsClient::TlsClient(int socket, const std::string& alpn)
    : context_(make_context(), SSL_CTX_free), tls_(SSL_new(context_.get()), SSL_free) {
    if (!tls_ || SSL_set_fd(tls_.get(), socket) != 1)
        throw std::runtime_error("SSL_new");
    std::string host = "localhost"; // what SSL_set_tlsext_host_name does, without its C cast
    SSL_ctrl(tls_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data());
    SSL_set_connect_state(tls_.get());
    if (alpn.empty())
        return;
    const std::string list = static_cast<char>(alpn.size()) + alpn;
    SSL_set_alpn_protos(tls_.get(), reinterpret_cast<const unsigned char*>(list.data()),
                        static_cast<unsigned>(list.size()));
}

TlsClient::~TlsClient() = default;

TlsClient::Attempt TlsClient::judge(int result, std::size_t bytes) {
    if (result > 0)
        return {Outcome::done, bytes, 0};
    const int error = SSL_get_error(tls_.get(), result);
    switch (error) {
    case SSL_ERROR_WANT_READ:
        return {Outcome::blocked, 0, POLLIN};
    case SSL_ERROR_WANT_WRITE:
        return {Outcome::blocked, 0, POLLOUT};
    case SSL_ERROR_ZERO_RETURN:
        return {Outcome::ended, 0, 0};
    default:
        explanation_ = describe(error);
        return {Outcome::failed, 0, 0};
    }
}

TlsClient::Attempt TlsClient::handshake() {
    ERR_clear_error();
    errno = 0;
    return judge(SSL_do_handshake(tls_.get()), 0);
}

TlsClient::Attempt TlsClient::read(char* into, std::size_t size) {
    ERR_clear_error();
    errno = 0;
    std::size_t got = 0;
    const int result = SSL_read_ex(tls_.get(), into, size, &got);
    return judge(result, got);
}

TlsClient::Attempt TlsClient::write(std::string_view text) {
    ERR_clear_error();
    errno = 0;
    std::size_t sent = 0;
    const int result = SSL_write_ex(tls_.get(), text.data(), text.size(), &sent);
    return judge(result, sent);
}

void TlsClient::say_goodbye() {
    ERR_clear_error();
    SSL_shutdown(tls_.get()); // one small record; a full socket would only lose it
}

bool TlsClient::has_buffered_input() const { return SSL_has_pending(tls_.get()) != 0; }

std::string TlsClient::alpn() const {
    const unsigned char* name = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(tls_.get(), &name, &length);
    return {reinterpret_cast<const char*>(name), length};
}

} // namespace tern::test
