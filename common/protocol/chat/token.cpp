#include "common/protocol/chat/token.h"

#include <fmt/format.h>

#include <bit>

namespace tern::chat {
namespace {

/// Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
class SipHash {
public:
    explicit SipHash(const TokenKey& key) noexcept
        : v_{key[0] ^ 0x736f6d6570736575U, key[1] ^ 0x646f72616e646f6dU,
             key[0] ^ 0x6c7967656e657261U, key[1] ^ 0x7465646279746573U} {}

    void take(std::uint64_t word) noexcept {
        v_[3] ^= word;
        round();
        round();
        v_[0] ^= word;
    }
    std::uint64_t result() noexcept {
        v_[2] ^= 0xFFU;
        for (int i = 0; i < 4; ++i)
            round();
        return v_[0] ^ v_[1] ^ v_[2] ^ v_[3];
    }

private:
    void round() noexcept {
        v_[0] += v_[1];
        v_[1] = std::rotl(v_[1], 13) ^ v_[0];
        v_[0] = std::rotl(v_[0], 32);
        v_[2] += v_[3];
        v_[3] = std::rotl(v_[3], 16) ^ v_[2];
        v_[0] += v_[3];
        v_[3] = std::rotl(v_[3], 21) ^ v_[0];
        v_[2] += v_[1];
        v_[1] = std::rotl(v_[1], 17) ^ v_[2];
        v_[2] = std::rotl(v_[2], 32);
    }

    std::array<std::uint64_t, 4> v_;
};

} // namespace

std::string token_of(std::string_view address, const TokenKey& key) {
    SipHash hash(key);
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < address.size(); ++i) {
        word |= std::uint64_t{static_cast<unsigned char>(address[i])} << (i % 8 * 8);
        if (i % 8 == 7) {
            hash.take(word);
            word = 0;
        }
    }
    hash.take(word | std::uint64_t{address.size() & 0xFFU} << 56);
    return fmt::format("{:016x}", hash.result());
}

bool same_token(std::string_view one, std::string_view other) noexcept {
    unsigned difference = one.size() == other.size() ? 0 : 1;
    for (std::size_t i = 0; i < one.size() && i < other.size(); ++i)
        difference |= static_cast<unsigned char>(one[i] ^ other[i]);
    return difference == 0;
}

} // namespace tern::chat
