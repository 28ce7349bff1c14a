#pragma once
// The client's side of TLS, as a transport: whom to trust, and one connection.

#include "common/base/unique_fd.h"
#include "common/net/transport.h"

#include <memory>
#include <string>
#include <utility>

struct ssl_ctx_st;
struct ssl_st;

namespace tern::net {

struct TlsTrust {
    std::string ca_file;          ///< PEM; empty: the system's list
    bool accepts_anybody = false; ///< no certificate is looked at
};

class TlsClientTransport final : public Transport {
public:
    /// `host`: a name or an address, which the server's certificate must be for. Throws
    /// std::runtime_error: a file that cannot be read, say.
    TlsClientTransport(UniqueFd socket, const std::string& host, const TlsTrust& whom);
    ~TlsClientTransport() override;

    Progress handshake() override;
    Progress read(std::span<char> into) override;
    Progress write(std::span<const iovec> pieces) override;
    Progress send_file(int file, off_t offset, std::size_t count) override;
    Progress shut_down() override;
    int descriptor() const noexcept override { return socket_.get(); }
    UniqueFd release() noexcept override { return std::move(socket_); }
    bool has_buffered_input() const noexcept override;

    /// Why the server's certificate was not accepted; empty if it was not for that.
    std::string distrust() const;

private:
    Progress explain(int result);

    struct FreeContext {
        void operator()(ssl_ctx_st* context) const noexcept;
    };
    struct FreeTls {
        void operator()(ssl_st* tls) const noexcept;
    };
    UniqueFd socket_;
    std::unique_ptr<ssl_ctx_st, FreeContext> context_;
    std::unique_ptr<ssl_st, FreeTls> tls_;
    bool broken_ = false;
};

} // namespace tern::net
