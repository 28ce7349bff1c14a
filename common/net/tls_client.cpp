#include "common/net/tls_client.h"

#include "common/base/result.h"
#include "common/net/address.h"
#include "common/net/tls_outcome.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

namespace tern::net {
namespace {

void trust(ssl_ctx_st* context, const TlsTrust& whom) {
    if (whom.accepts_anybody)
        return;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    const int loaded = whom.ca_file.empty()
                           ? SSL_CTX_set_default_verify_paths(context)
                           : SSL_CTX_load_verify_file(context, whom.ca_file.c_str());
    if (loaded != 1)
        throw_tls_error(whom.ca_file.empty() ? "trusted certificates" : whom.ca_file);
}

/// SSL_set_tlsext_host_name without its C cast; OpenSSL only reads the name.
bool set_server_name(ssl_st* tls, const std::string& host) {
    return SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                    const_cast<char*>(host.c_str())) == 1;
}

/// RFC 6066 §3: the server name indication is for names only.
void expect(ssl_st* tls, const std::string& host) {
    const bool is_address = Address::parse(host, 0).has_value();
    if (is_address) {
        if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host.c_str()) != 1)
            throw_tls_error(host);
    } else if (SSL_set1_host(tls, host.c_str()) != 1 || !set_server_name(tls, host)) {
        throw_tls_error(host);
    }
}

} // namespace

void TlsClientTransport::FreeContext::operator()(ssl_ctx_st* context) const noexcept {
    SSL_CTX_free(context);
}
void TlsClientTransport::FreeTls::operator()(ssl_st* tls) const noexcept { SSL_free(tls); }

TlsClientTransport::TlsClientTransport(UniqueFd socket, const std::string& host,
                                       const TlsTrust& whom)
    : socket_(std::move(socket)), context_(SSL_CTX_new(TLS_client_method())) {
    if (!context_)
        throw_tls_error("TLS");
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    SSL_CTX_set_mode(context_.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    trust(context_.get(), whom);
    tls_.reset(SSL_new(context_.get()));
    if (!tls_ || SSL_set_fd(tls_.get(), socket_.get()) != 1)
        throw_tls_error("TLS connection");
    SSL_set_connect_state(tls_.get());
    expect(tls_.get(), host);
}

TlsClientTransport::~TlsClientTransport() = default;

Progress TlsClientTransport::explain(int result) {
    const Progress progress = tls_outcome(tls_.get(), result);
    if (progress.outcome == Progress::Outcome::failed)
        broken_ = true;
    return progress;
}

Progress TlsClientTransport::handshake() {
    forget_tls_errors();
    const int result = SSL_do_handshake(tls_.get());
    return result == 1 ? Progress::moved(0) : explain(result);
}

Progress TlsClientTransport::read(std::span<char> into) {
    forget_tls_errors();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(tls_.get(), into.data(), into.size(), &bytes);
    return result == 1 ? Progress::moved(bytes) : explain(result);
}

Progress TlsClientTransport::write(std::span<const iovec> pieces) {
    forget_tls_errors();
    std::size_t written = 0;
    const iovec& first = pieces.front();
    const int result = SSL_write_ex(tls_.get(), first.iov_base, first.iov_len, &written);
    return result == 1 ? Progress::moved(written) : explain(result);
}

Progress TlsClientTransport::send_file(int, off_t, std::size_t) {
    return Progress::failed(make_error_code(std::errc::operation_not_supported));
}

Progress TlsClientTransport::shut_down() {
    if (!broken_ && SSL_is_init_finished(tls_.get()) == 1) {
        forget_tls_errors();
        SSL_shutdown(tls_.get());
    }
    return ::shutdown(socket_.get(), SHUT_WR) == 0 ? Progress::moved(0)
                                                   : Progress::failed(last_error());
}

bool TlsClientTransport::has_buffered_input() const noexcept { return SSL_pending(tls_.get()) > 0; }

std::string TlsClientTransport::distrust() const {
    const long result = SSL_get_verify_result(tls_.get());
    return result == X509_V_OK ? "" : X509_verify_cert_error_string(result);
}

} // namespace tern::net
