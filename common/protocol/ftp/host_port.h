#pragma once
// How the two sides tell each other where a data connection goes: PORT and PASV (RFC 959), EPRT and
// EPSV (RFC 2428).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tern::ftp {

struct HostPort {
    std::string host; ///< an IPv4 or IPv6 address in numbers
    std::uint16_t port = 0;
    unsigned protocol = 1; ///< RFC 2428: 1 is IPv4, 2 is IPv6; others are theirs
};

/// "127,0,0,1,4,1".
std::optional<HostPort> parse_port(std::string_view argument);
/// "|1|127.0.0.1|1025|", with any printable delimiter. The host is not looked at.
std::optional<HostPort> parse_eprt(std::string_view argument);

/// "127,0,0,1,4,1" from an IPv4 address in numbers.
std::string port_form(std::string_view ipv4, std::uint16_t port);

} // namespace tern::ftp
