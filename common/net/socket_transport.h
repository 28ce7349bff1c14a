#pragma once
// The plain transport: one stream socket.

#include "common/base/unique_fd.h"
#include "common/net/transport.h"

namespace tern::net {

class SocketTransport final : public Transport {
public:
    /// Takes over a connected, non-blocking stream socket.
    explicit SocketTransport(UniqueFd socket) noexcept : socket_(std::move(socket)) {}

    Progress read(std::span<char> into) override;
    Progress write(std::span<const iovec> pieces) override;
    Progress send_file(int file, off_t offset, std::size_t count) override;
    Progress shut_down() override;
    int descriptor() const noexcept override { return socket_.get(); }
    UniqueFd release() noexcept override { return std::move(socket_); }

private:
    Progress sent(ssize_t result);

    UniqueFd socket_;
};

} // namespace tern::net
