#include "common/net/tls_output.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <new>

namespace tern::net {

/// What OpenSSL calls a BIO: made once, for all connections.
struct TlsOutputMethod {
    TlsOutputMethod() : method_(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "tern")) {
        if (!method_ || BIO_meth_set_write(method_.get(), write) != 1 ||
            BIO_meth_set_ctrl(method_.get(), control) != 1)
            throw std::bad_alloc();
    }

    static int write(BIO* bio, const char* bytes, int count) {
        const auto& output = *static_cast<const TlsOutput*>(BIO_get_data(bio));
        BIO_clear_retry_flags(bio);
        const int flags = MSG_NOSIGNAL | (output.more_follows_ ? MSG_MORE : 0);
        ssize_t sent = 0;
        do {
            sent = ::send(output.socket_, bytes, static_cast<std::size_t>(count), flags);
        } while (sent < 0 && errno == EINTR);
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            BIO_set_retry_write(bio);
        return static_cast<int>(sent);
    }
    /// The handshake insists on flushing; nothing is kept here.
    static long control(BIO*, int command, long, void*) {
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }

    struct Free {
        void operator()(BIO_METHOD* method) const noexcept { BIO_meth_free(method); }
    };
    std::unique_ptr<BIO_METHOD, Free> method_;
};

void TlsOutput::attach_to(ssl_st* tls) {
    static const TlsOutputMethod method;
    BIO* const bio = BIO_new(method.method_.get());
    if (bio == nullptr)
        throw std::bad_alloc();
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set0_wbio(tls, bio);
}

} // namespace tern::net
