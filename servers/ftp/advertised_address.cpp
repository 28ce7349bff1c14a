#include "servers/ftp/advertised_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

namespace tern::ftp {
namespace {

std::optional<std::uint32_t> parse_ipv4(const std::string& text) noexcept {
    in_addr address = {};
    if (::inet_pton(AF_INET, text.c_str(), &address) != 1)
        return std::nullopt;
    return ntohl(address.s_addr);
}

/// An address in numbers for an address or a host name; nothing for what clients cannot reach.
std::optional<std::string> look_up(const std::string& name) {
    addrinfo wanted = {};
    wanted.ai_family = AF_INET;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(name.c_str(), nullptr, &wanted, &found) != 0)
        return std::nullopt;
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
    sockaddr_storage storage = {};
    std::copy_n(reinterpret_cast<const char*>(found->ai_addr), found->ai_addrlen,
                reinterpret_cast<char*>(&storage));
    std::string host = net::Address::from(storage, found->ai_addrlen).host();
    if (host == "0.0.0.0")
        return std::nullopt;
    return host;
}

std::string advertised_from(const std::string& name, const std::string& pointer,
                            const Configuration& configuration) {
    if (name.empty())
        return name;
    const std::optional<std::string> address = look_up(name);
    if (!address)
        throw configuration.error(pointer,
                                  fmt::format("found \"{}\", allowed: an IPv4 address that clients "
                                              "can reach, or the name of a host that has one",
                                              name));
    return *address;
}

std::uint32_t mask_of(unsigned bits) noexcept {
    return bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits);
}

} // namespace

AdvertisedAddress::AdvertisedAddress(const nlohmann::json& passive,
                                     const Configuration& configuration) {
    const nlohmann::json& networks = passive.at("networks");
    for (std::size_t i = 0; i < networks.size(); ++i) {
        const std::string pointer = fmt::format("/passive/networks/{}", i);
        const auto text = networks[i].at("clients").get<std::string>();
        const std::size_t slash = std::min(text.find('/'), text.size());
        const std::optional<std::uint32_t> address = parse_ipv4(text.substr(0, slash));
        const std::string length = slash < text.size() ? text.substr(slash + 1) : "32";
        unsigned bits = 0;
        const auto [end, error] =
            std::from_chars(length.data(), length.data() + length.size(), bits);
        const bool is_number = error == std::errc() && end == length.data() + length.size();
        if (!address || !is_number || bits > 32)
            throw configuration.error(
                pointer + "/clients",
                fmt::format("found \"{}\", allowed: an IPv4 network, such as 10.0.0.0/8", text));
        networks_.push_back({*address & mask_of(bits), mask_of(bits),
                             advertised_from(networks[i].at("address").get<std::string>(),
                                             pointer + "/address", configuration)});
    }
    networks_.push_back({0, 0,
                         advertised_from(passive.at("address").get<std::string>(),
                                         "/passive/address", configuration)});
}

std::string AdvertisedAddress::for_client(const net::Address& client,
                                          const net::Address& local) const {
    const std::optional<std::uint32_t> address = parse_ipv4(client.host());
    for (const Network& network : networks_)
        if (network.mask == 0 || (address && (*address & network.mask) == network.address))
            return network.advertised.empty() ? local.host() : network.advertised;
    return local.host();
}

} // namespace tern::ftp
