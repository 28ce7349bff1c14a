#pragma once
// A client's side of TLS that asks whether a server speaks, not who it is: it checks no
// certificate, so nothing secret may be sent through it.

#include "common/base/result.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace tern::net {

/// Over a blocking socket, whose own timeouts (SO_RCVTIMEO) bound every call; it outlives this.
class TlsProbe {
public:
    /// Throws std::runtime_error if there is no TLS to be had.
    explicit TlsProbe(int socket);
    ~TlsProbe();
    TlsProbe(const TlsProbe&) = delete;
    TlsProbe& operator=(const TlsProbe&) = delete;

    /// Errors: timed_out, truncated, or the system's.
    Result<void> handshake();
    Result<void> write(std::string_view text);
    /// At least one byte. Errors: as above, and closed.
    Result<std::size_t> read(std::span<char> into);

private:
    struct Free {
        void operator()(ssl_ctx_st* context) const noexcept;
        void operator()(ssl_st* tls) const noexcept;
    };
    std::unique_ptr<ssl_ctx_st, Free> context_;
    std::unique_ptr<ssl_st, Free> tls_;
};

} // namespace tern::net
