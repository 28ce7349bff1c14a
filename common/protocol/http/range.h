#pragma once
// Byte ranges (RFC 9110 §14).

#include <cstdint>
#include <string_view>
#include <vector>

namespace tern::http {

struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t length = 0; ///< never 0
    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// What a Range field asks of a representation of a certain length.
struct RangeRequest {
    enum class Kind : unsigned char {
        whole,         ///< nothing, or nothing that we must honour: send all of it
        parts,         ///< 206
        unsatisfiable, ///< 416
    };
    Kind kind = Kind::whole;
    /// In the order that the client asked for. No two overlap or are so close to each other that
    /// another part would take more than the gap.
    std::vector<ByteRange> parts;
};

/// Other units and malformed sets are ignored, as the RFC allows; and so are, as it advises
/// (§14.2), sets of many ranges, and those that ask for more than there is.
RangeRequest parse_range(std::string_view value, std::uint64_t size);

/// More ranges than this are too many.
inline constexpr std::size_t most_ranges = 16;

} // namespace tern::http
