#include "common/net/tls_probe.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <stdexcept>

namespace tern::net {
namespace {

/// To be called before each call of OpenSSL, whose errors are kept in a queue of the thread.
void forget_errors() {
    ERR_clear_error();
    errno = 0;
}

std::error_code explain(ssl_st* tls, int result) {
    switch (SSL_get_error(tls, result)) {
    case SSL_ERROR_WANT_READ: // the socket's timeout has passed
    case SSL_ERROR_WANT_WRITE:
        return make_error_code(Condition::timed_out);
    case SSL_ERROR_ZERO_RETURN:
        return make_error_code(Condition::closed);
    case SSL_ERROR_SYSCALL:
        return errno == 0 ? make_error_code(Condition::truncated) : last_error();
    default:
        return make_error_code(std::errc::protocol_error);
    }
}

} // namespace

void TlsProbe::Free::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }
void TlsProbe::Free::operator()(ssl_st* tls) const noexcept { SSL_free(tls); }

TlsProbe::TlsProbe(int socket) : context_(SSL_CTX_new(TLS_client_method())) {
    if (context_)
        tls_.reset(SSL_new(context_.get()));
    if (!tls_ || SSL_set_fd(tls_.get(), socket) != 1)
        throw std::runtime_error("OpenSSL: out of memory");
    SSL_set_verify(tls_.get(), SSL_VERIFY_NONE, nullptr);
    SSL_set_connect_state(tls_.get());
}

TlsProbe::~TlsProbe() = default;

Result<void> TlsProbe::handshake() {
    forget_errors();
    if (const int result = SSL_do_handshake(tls_.get()); result != 1)
        return explain(tls_.get(), result);
    return {};
}

Result<void> TlsProbe::write(std::string_view text) {
    forget_errors();
    std::size_t written = 0;
    if (const int result = SSL_write_ex(tls_.get(), text.data(), text.size(), &written);
        result != 1)
        return explain(tls_.get(), result);
    return {};
}

Result<std::size_t> TlsProbe::read(std::span<char> into) {
    forget_errors();
    std::size_t count = 0;
    if (const int result = SSL_read_ex(tls_.get(), into.data(), into.size(), &count); result != 1)
        return explain(tls_.get(), result);
    return count;
}

} // namespace tern::net
