#pragma once
// A bound UDP socket with its name: whole messages in and out, never blocking.

#include "common/base/result.h"
#include "common/base/unique_fd.h"
#include "common/net/address.h"
#include "common/net/listener.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tern::net {

class DatagramSocket {
public:
    /// Binds. Throws std::system_error whose text names the address.
    explicit DatagramSocket(const ListenerSettings& settings);

    struct Datagram {
        std::size_t size = 0; ///< as it was sent; more than there was room for: it was cut
        Address from;
    };
    /// The next datagram. Errors: would_block, or recvmsg(2)'s.
    Result<Datagram> receive(std::span<char> into) const;
    /// Loss is the network's business: what does not go at once is lost.
    void send(const Address& to, std::string_view text) const noexcept;

    int descriptor() const noexcept { return socket_.get(); }
    const std::string& name() const noexcept { return name_; }
    const Address& address() const noexcept { return address_; }

private:
    UniqueFd socket_;
    std::string name_;
    Address address_;
};

} // namespace tern::net
