#pragma once
// TLS by OpenSSL, as a transport over a socket. Protocols do not know that it is there.

#include "common/base/unique_fd.h"
#include "common/net/listener.h"
#include "common/net/tls_output.h"
#include "common/net/transport.h"

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;

namespace tern::net {

/// A file of TlsSettings is of no use; what() says which, why, and what would be.
class TlsFileError : public std::runtime_error {
public:
    TlsFileError(const char* its_setting, const std::string& what)
        : std::runtime_error(what), setting(its_setting) {}

    const char* setting; ///< "certificate" or "key"
};

/// What the connections of a listener share: certificate, key, versions, ALPN. Made before the
/// first fork, so that every process accepts the same session tickets.
class TlsContext {
public:
    /// Reads the files. Throws TlsFileError, or another std::runtime_error with OpenSSL's reason.
    explicit TlsContext(const TlsSettings& settings);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    ssl_ctx_st* native() const noexcept { return context_.get(); }

private:
    struct Free {
        void operator()(ssl_ctx_st* context) const noexcept;
    };
    std::string alpn_; ///< in wire format: length byte, name, …
    std::unique_ptr<ssl_ctx_st, Free> context_;
};

/// Whether TLS 1.3 clients get tickets. A client that only writes never reads them, and when it
/// closes, they turn its end of the connection into a reset.
enum class Tickets : unsigned char { none, usual };

/// The server's side of one TLS connection.
class TlsTransport final : public Transport {
public:
    TlsTransport(UniqueFd socket, const TlsContext& context, Tickets tickets = Tickets::usual);
    ~TlsTransport() override;

    Progress handshake() override;
    Progress read(std::span<char> into) override;
    Progress write(std::span<const iovec> pieces) override;
    Progress send_file(int file, off_t offset, std::size_t count) override;
    Progress shut_down() override;
    Progress end_encryption(Goodbye goodbye) override;
    int descriptor() const noexcept override { return socket_.get(); }
    UniqueFd release() noexcept override { return std::move(socket_); }
    std::unique_ptr<Transport> companion(UniqueFd socket) const override;
    bool is_resumed() const noexcept override;
    void renew_ticket() override;
    std::string alpn() const override;
    bool has_buffered_input() const noexcept override;

private:
    struct Free {
        void operator()(ssl_st* tls) const noexcept;
        void operator()(ssl_session_st* session) const noexcept;
    };
    /// Names a client, and the connections that are the same client's; tickets carry it.
    using Family = std::array<unsigned char, 16>;
    friend struct TicketCallbacks;

    TlsTransport(UniqueFd socket, ssl_ctx_st* context, Tickets tickets);
    void use_ticket_of(const Family& family) noexcept;
    Progress explain(int result);
    bool has_shut_down(int side) const noexcept;
    Progress say_goodbye();
    /// `moved`, and what comes first: a record, or something else.
    Progress look_ahead(bool& is_record);
    /// Writes a record, and adds it to what `all` says of one call's; false: no more for now.
    bool add_record(Progress& all, std::string_view bytes, bool more_follows);

    UniqueFd socket_;
    TlsOutput output_{socket_.get()};
    std::unique_ptr<ssl_st, Free> tls_;
    bool starved_ = false; ///< the last read found less than a record
    Family family_ = {};
    bool is_companion_ = false;
    std::unique_ptr<ssl_session_st, Free> known_; ///< what a companion may resume without a ticket
    bool is_resumed_ = false;
    bool broken_ = false; ///< after a fatal error OpenSSL must not be asked to shut down
};

} // namespace tern::net
