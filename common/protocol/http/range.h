#pragma once
// Byte ranges (RFC 9110 §14).

#include <cstdint>
#include <string_view>

namespace tern::http {

/// What a Range field asks of a representation of a certain length.
struct RangeRequest {
    enum class Kind : unsigned char {
        whole,         ///< nothing, or nothing that we must honour: send all of it
        part,          ///< 206
        unsatisfiable, ///< 416
    };
    Kind kind = Kind::whole;
    std::uint64_t first = 0;
    std::uint64_t length = 0;
};

/// Several ranges at once, other units and malformed ones are ignored, as the RFC allows.
RangeRequest parse_range(std::string_view value, std::uint64_t size) noexcept;

} // namespace tern::http
