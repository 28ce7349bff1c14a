#pragma once
// Which address PASV tells a client to connect to: not always the one that it has reached, behind
// NAT or in a container.

#include "common/base/configuration.h"
#include "common/net/address.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tern::ftp {

class AdvertisedAddress {
public:
    AdvertisedAddress() = default; ///< always the address that the client has reached
    /// From the configuration's "passive". Looks host names up, once. Throws ConfigurationError.
    AdvertisedAddress(const nlohmann::json& passive, const Configuration& configuration);

    /// An IPv4 address in numbers, for a client that has reached `local`.
    std::string for_client(const net::Address& client, const net::Address& local) const;

private:
    struct Network {
        std::uint32_t address = 0;
        std::uint32_t mask = 0;
        std::string advertised; ///< empty: the address that the client has reached
    };
    std::vector<Network> networks_; ///< the first that the client is in
};

} // namespace tern::ftp
