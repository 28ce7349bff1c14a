#pragma once
// What a message of the benchmark says: who sent it, its number, and when it was due. Of fixed
// size and from characters that every protocol carries, so that reading it costs next to nothing.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

struct Payload {
    std::uint32_t sender = 0;
    std::uint32_t number = 0; ///< per sender, from zero
    std::uint64_t due = 0;    ///< nanoseconds of the steady clock
};

inline constexpr std::size_t shortest_payload = 20;

namespace detail {
/// From 0 to o, but for the backslash, which JSON would double.
inline char digit_of(std::uint64_t value) noexcept {
    return value == '\\' - '0' ? 'p' : static_cast<char>('0' + value);
}
inline std::uint64_t value_of(char digit) noexcept {
    return static_cast<std::uint64_t>(digit == 'p' ? '\\' - '0' : digit - '0');
}
inline void put(char* to, std::uint64_t value, std::size_t digits) noexcept {
    for (std::size_t i = 0; i < digits; ++i, value >>= 6)
        to[i] = digit_of(value & 63);
}
inline std::uint64_t take(const char* from, std::size_t digits) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = digits; i-- > 0;)
        value = value << 6 | value_of(from[i]);
    return value;
}
} // namespace detail

inline void append_payload(std::string& to, const Payload& payload, std::size_t size) {
    const std::size_t begin = to.size();
    to.resize(begin + size, 'x');
    char* const text = to.data() + begin;
    text[0] = '~';
    detail::put(text + 1, payload.sender, 3);
    detail::put(text + 4, payload.number, 5);
    detail::put(text + 9, payload.due, 11);
}

inline Payload payload_from(const char* text) noexcept {
    return {static_cast<std::uint32_t>(detail::take(text + 1, 3)),
            static_cast<std::uint32_t>(detail::take(text + 4, 5)), detail::take(text + 9, 11)};
}

} // namespace bench
