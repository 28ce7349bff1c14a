#include "common/strategy/poller/poller.h"

#include <algorithm>
#include <limits>

namespace tern::strategy {
namespace {

constexpr std::uint64_t low(unsigned bits) noexcept { return (std::uint64_t{1} << bits) - 1; }

} // namespace

std::uint64_t pack(SessionKey key, int descriptor) noexcept {
    return (std::uint64_t{key.slot} << (generation_bits + descriptor_bits)) |
           ((key.generation & low(generation_bits)) << descriptor_bits) |
           (static_cast<std::uint64_t>(descriptor) & low(descriptor_bits));
}

ReadyDescriptor unpack(std::uint64_t packed, short revents) noexcept {
    ReadyDescriptor ready;
    ready.key.slot = static_cast<std::uint32_t>(packed >> (generation_bits + descriptor_bits));
    ready.key.generation =
        static_cast<std::uint32_t>((packed >> descriptor_bits) & low(generation_bits));
    ready.descriptor = static_cast<int>(packed & low(descriptor_bits));
    ready.revents = revents;
    return ready;
}

int poll_timeout(Clock::time_point now, Clock::time_point deadline) noexcept {
    if (deadline == no_deadline)
        return -1;
    if (deadline <= now)
        return 0;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(deadline - now).count();
    return static_cast<int>(std::min<std::int64_t>(wait, std::numeric_limits<int>::max()));
}

} // namespace tern::strategy
