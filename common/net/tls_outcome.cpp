#include "common/net/tls_outcome.h"

#include "common/base/result.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace tern::net {

void throw_tls_error(const std::string& what) {
    std::array<char, 256> reason = {};
    ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
    throw std::runtime_error(what + ": " + reason.data());
}

std::string tls_reason() {
    const unsigned long error = ERR_get_error();
    if (ERR_SYSTEM_ERROR(error))
        return std::generic_category().message(ERR_GET_REASON(error));
    const char* const reason = ERR_reason_error_string(error);
    return reason != nullptr ? reason : "for no reason that OpenSSL tells";
}

void forget_tls_errors() noexcept {
    ERR_clear_error();
    errno = 0;
}

Progress tls_outcome(const ssl_st* tls, int result) noexcept {
    const int system_error = errno;
    switch (SSL_get_error(tls, result)) {
    case SSL_ERROR_WANT_READ:
        return Progress::blocked(POLLIN);
    case SSL_ERROR_WANT_WRITE:
        return Progress::blocked(POLLOUT);
    case SSL_ERROR_ZERO_RETURN:
        return Progress::ended();
    case SSL_ERROR_SYSCALL:
        if (system_error != 0)
            return Progress::failed({system_error, std::system_category()});
        return Progress::failed(Condition::truncated);
    default:
        // RFC 8446 §6.1: an end without close_notify may be an attacker's cut.
        if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
            return Progress::failed(Condition::truncated);
        return Progress::failed(make_error_code(std::errc::protocol_error));
    }
}

} // namespace tern::net
