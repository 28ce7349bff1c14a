#pragma once
// How much a client of HTTP/2 may have under way, and how much idle talk it may make.

#include <cstddef>
#include <cstdint>

namespace tern::http2 {

struct Limits {
    std::uint32_t concurrent_streams = 100;
    std::uint32_t stream_window = 262'144;       ///< bytes of a body that nobody has taken yet
    std::uint32_t connection_window = 1'048'576; ///< the same of all bodies
    std::size_t target_bytes = 8'192;            ///< 414
    std::size_t header_bytes = 16'384;           ///< 431; counted as in RFC 9113 §6.5.2
    std::size_t header_fields = 100;             ///< 431
    /// Frames that bring nothing on. Ten seconds' worth may come at once.
    std::uint32_t idle_frames_per_second = 100;
    /// Streams that are broken off, by either side. Ten seconds' worth may come at once.
    std::uint32_t resets_per_second = 20;
    bool extended_connect = false; ///< RFC 8441: streams may be used for other protocols
};

} // namespace tern::http2
