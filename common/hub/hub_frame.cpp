#include "common/hub/hub_frame.h"

#include <cstdint>
#include <cstring>

namespace tern {
namespace {

constexpr std::size_t header_size = 1 + sizeof(std::uint32_t);

} // namespace

std::string encode(HubFrame::Kind kind, std::span<const Member> members, std::string_view message) {
    const auto count = static_cast<std::uint32_t>(members.size());
    std::string frame(header_size + members.size_bytes() + message.size(), '\0');
    char* at = frame.data();
    *at++ = static_cast<char>(kind);
    std::memcpy(at, &count, sizeof count);
    at += sizeof count;
    if (!members.empty())
        std::memcpy(at, members.data(), members.size_bytes());
    at += members.size_bytes();
    message.copy(at, message.size());
    return frame;
}

std::optional<HubFrame> decode_hub_frame(std::string_view bytes) {
    if (bytes.size() < header_size)
        return std::nullopt;
    HubFrame frame;
    frame.kind = static_cast<HubFrame::Kind>(bytes.front());
    if (frame.kind < HubFrame::Kind::enter || frame.kind > HubFrame::Kind::deliver)
        return std::nullopt;
    std::uint32_t count = 0;
    std::memcpy(&count, bytes.data() + 1, sizeof count);
    bytes.remove_prefix(header_size);
    if (count > bytes.size() / sizeof(Member))
        return std::nullopt;
    if (frame.kind != HubFrame::Kind::deliver && count != 1)
        return std::nullopt;
    frame.members.resize(count);
    if (count > 0)
        std::memcpy(frame.members.data(), bytes.data(), count * sizeof(Member));
    frame.message = bytes.substr(count * sizeof(Member));
    return frame;
}

} // namespace tern
