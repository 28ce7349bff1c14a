#pragma once
// The chat over TCP, with or without TLS.

#include "clients/chat/link.h"
#include "common/base/unique_fd.h"
#include "common/net/address.h"
#include "common/net/tls_client.h"
#include "common/net/transport.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tern::chat_client {

class StreamLink final : public Link {
public:
    /// Tries the addresses in their order. `host`: whom the certificate must be for.
    StreamLink(std::vector<net::Address> addresses, std::string host,
               std::optional<net::TlsTrust> trust, Clock::time_point now);

    pollfd interest() const noexcept override;
    Clock::time_point deadline() const noexcept override { return deadline_; }
    void advance(Clock::time_point now) override;
    void send(std::string_view line) override;
    std::size_t unsent() const noexcept override { return unsent_.size(); }

private:
    void connect_next(Clock::time_point now);
    void advance_connection(Clock::time_point now);
    void advance_handshake();
    void read_some();
    void write_some();
    void fail(const std::string& why, Clock::time_point now);

    std::vector<net::Address> addresses_;
    const std::string host_;
    const std::optional<net::TlsTrust> trust_;
    std::size_t next_ = 0; ///< address to be tried
    UniqueFd connecting_;
    std::unique_ptr<net::Transport> transport_;
    net::TlsClientTransport* tls_ = nullptr; ///< of transport_
    Clock::time_point deadline_ = no_deadline;
    short wanted_ = POLLOUT;
    std::string unsent_;
};

} // namespace tern::chat_client
