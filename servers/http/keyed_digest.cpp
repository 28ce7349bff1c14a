#include "servers/http/keyed_digest.h"

#include "common/base/result.h"

#include <sys/random.h>

#include <bit>
#include <system_error>

namespace tern::http {
namespace {

struct State {
    std::uint64_t a, b, c, d;

    void rounds(int count) noexcept {
        for (; count > 0; --count) {
            a += b;
            c += d;
            b = std::rotl(b, 13) ^ a;
            d = std::rotl(d, 16) ^ c;
            a = std::rotl(a, 32);
            c += b;
            a += d;
            b = std::rotl(b, 17) ^ c;
            d = std::rotl(d, 21) ^ a;
            c = std::rotl(c, 32);
        }
    }
    void take(std::uint64_t word) noexcept {
        d ^= word;
        rounds(2);
        a ^= word;
    }
    std::uint64_t result() const noexcept { return a ^ b ^ c ^ d; }
};

/// Up to eight bytes, the first one lowest.
std::uint64_t word_from(std::string_view bytes) noexcept {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return word;
}

} // namespace

KeyedDigest::KeyedDigest() {
    if (::getrandom(key_.data(), sizeof key_, 0) != static_cast<ssize_t>(sizeof key_))
        throw std::system_error(last_error(), "getrandom");
}

Digest KeyedDigest::operator()(std::string_view text) const noexcept {
    State state = {key_[0] ^ 0x736f6d6570736575, key_[1] ^ 0x646f72616e646f6d ^ 0xee,
                   key_[0] ^ 0x6c7967656e657261, key_[1] ^ 0x7465646279746573};
    const std::uint64_t size = text.size();
    for (; text.size() >= 8; text.remove_prefix(8))
        state.take(word_from(text.substr(0, 8)));
    state.take(word_from(text) | size << 56);
    state.c ^= 0xee;
    state.rounds(4);
    const std::uint64_t first = state.result();
    state.b ^= 0xdd;
    state.rounds(4);
    return {first, state.result()};
}

} // namespace tern::http
