#pragma once
// Where to connect to: HOST, HOST:PORT or [IPv6]:PORT.

#include "common/net/address.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern::chat_client {

struct Destination {
    std::string host;
    std::uint16_t port = 0;
};

std::optional<Destination> destination_from(std::string_view text, std::uint16_t default_port);

/// All addresses that it has. Throws std::runtime_error if there are none. Blocks.
std::vector<net::Address> resolve(const Destination& destination);

} // namespace tern::chat_client
