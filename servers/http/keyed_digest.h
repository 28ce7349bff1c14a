#pragma once
// SipHash-2-4 with 128 bits and a key that nobody else knows: what has the same digest is the same,
// whoever tries to make it look so. For comparing secrets without keeping them; not for storage.

#include <array>
#include <cstdint>
#include <string_view>

namespace tern::http {

using Digest = std::array<std::uint64_t, 2>;

class KeyedDigest {
public:
    /// With a random key. Throws std::system_error.
    KeyedDigest();
    explicit KeyedDigest(const Digest& key) noexcept : key_(key) {}

    Digest operator()(std::string_view text) const noexcept;

private:
    Digest key_;
};

/// In the same time, whatever differs.
constexpr bool equal_in_constant_time(const Digest& left, const Digest& right) noexcept {
    return ((left[0] ^ right[0]) | (left[1] ^ right[1])) == 0;
}

} // namespace tern::http
