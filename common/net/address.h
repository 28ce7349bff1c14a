#pragma once
// Where a socket listens, or who its peer is: IPv4, IPv6 or a Unix path.

#include "common/base/result.h"

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tern::net {

class Address {
public:
    Address() noexcept = default;

    /// From numbers: "127.0.0.1", "::1", "fe80::1%eth0"; or a Unix socket's path, which starts
    /// with "/" or (abstract) "@". Errors: std::errc::invalid_argument.
    static Result<Address> parse(std::string_view text, std::uint16_t port);

    /// From what the kernel tells.
    static Address from(const sockaddr_storage& storage, socklen_t length) noexcept;

    /// To what the kernel wants; returns the length used.
    socklen_t store(sockaddr_storage& storage) const noexcept;

    int family() const noexcept { return family_; }
    std::uint16_t port() const noexcept { return port_; }

    /// The address without its port: "127.0.0.1", "::1", "/run/tern.sock", or "unix" if unnamed.
    std::string host() const;
    /// With the port, as a person writes it: "127.0.0.1:80", "[::1]:80", "/run/tern.sock".
    std::string to_string() const;

    /// Clients with the same key share per-address limits: an IPv4 address, an IPv6 /64, and 0 for
    /// Unix sockets, which have none. IPv4-mapped IPv6 counts as IPv4.
    std::uint64_t limit_key() const noexcept;

    friend bool operator==(const Address&, const Address&) = default;

private:
    std::uint16_t family_ = AF_UNSPEC;
    std::uint16_t port_ = 0;
    std::uint32_t scope_ = 0;
    std::array<std::uint8_t, 16> bytes_ = {}; ///< IPv4 uses the first four
    std::string path_;
};

} // namespace tern::net
