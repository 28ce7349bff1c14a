#include "common/protocol/websocket/frame.h"

namespace tern::websocket {
namespace {

constexpr std::size_t longest_short_payload = 125;
constexpr unsigned char mask_bit = 0x80;

void append_head(std::string& wire, const FrameKind& kind, std::size_t size, unsigned char masked) {
    const unsigned first = static_cast<unsigned>(kind.opcode) | (kind.is_final ? 0x80U : 0U) |
                           (kind.is_compressed ? 0x40U : 0U);
    wire += static_cast<char>(first);
    unsigned bytes = 0; // of the extended length
    if (size <= longest_short_payload) {
        wire += static_cast<char>(size | masked);
    } else if (size <= 0xFFFF) {
        wire += static_cast<char>(126U | masked);
        bytes = 2;
    } else {
        wire += static_cast<char>(127U | masked);
        bytes = 8;
    }
    while (bytes-- > 0)
        wire += static_cast<char>(std::uint64_t{size} >> (8 * bytes) & 0xFF);
}

} // namespace

void append_frame(std::string& wire, const FrameKind& kind, std::string_view payload) {
    append_head(wire, kind, payload.size(), 0);
    wire += payload;
}

void append_masked_frame(std::string& wire, const FrameKind& kind, std::string_view payload,
                         const std::array<unsigned char, 4>& mask) {
    append_head(wire, kind, payload.size(), mask_bit);
    for (const unsigned char byte : mask)
        wire += static_cast<char>(byte);
    for (std::size_t i = 0; i < payload.size(); ++i)
        wire += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ mask.at(i % 4));
}

std::string close_payload(CloseCode code, std::string_view reason) {
    if (code == CloseCode::none)
        return {};
    const auto number = static_cast<unsigned>(code);
    std::string payload = {static_cast<char>(number >> 8), static_cast<char>(number & 0xFF)};
    return payload.append(reason);
}

} // namespace tern::websocket
