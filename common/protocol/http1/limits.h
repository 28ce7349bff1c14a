#pragma once
// How much a client may send before it is told that it is too much.

#include <cstddef>
#include <cstdint>

namespace tern::http1 {

struct Limits {
    std::size_t target_bytes = 8'192;     ///< 414
    std::size_t header_bytes = 16'384;    ///< 431; request line and header section together
    std::size_t header_fields = 100;      ///< 431
    std::uint64_t body_bytes = 1'048'576; ///< 413
};

} // namespace tern::http1
