#pragma once
// Frames of WebSocket (RFC 6455 §5.2) for the wire, written in one go: a frame that goes to many
// peers is made once.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tern::websocket {

/// RFC 6455 §11.8.
enum class Opcode : unsigned char {
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xA,
};

/// RFC 6455 §7.4.1; what is not here may be on the wire as well.
enum class CloseCode : std::uint16_t {
    none = 0, ///< a close frame without a code
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    unsupported_data = 1003,
    invalid_data = 1007,
    policy_violation = 1008,
    too_big = 1009,
    internal_error = 1011,
};

struct FrameKind {
    Opcode opcode = Opcode::text;
    bool is_final = true;
    bool is_compressed = false; ///< RSV1 (RFC 7692 §6)
};

/// A server's frame.
void append_frame(std::string& wire, const FrameKind& kind, std::string_view payload);

/// A client's: `mask` is to be unpredictable (§5.3), but for tests.
void append_masked_frame(std::string& wire, const FrameKind& kind, std::string_view payload,
                         const std::array<unsigned char, 4>& mask);

/// The payload of a close frame (§5.5.1).
std::string close_payload(CloseCode code, std::string_view reason = {});

} // namespace tern::websocket
