#pragma once
// Where a server listens, as its port file tells.

#include <cstdint>
#include <string>

namespace tern::test {

struct Endpoint {
    std::string name;
    std::string address; ///< IPv4 or IPv6 in numbers, a path, or "@" and an abstract name
    std::uint16_t port = 0;
};

} // namespace tern::test
