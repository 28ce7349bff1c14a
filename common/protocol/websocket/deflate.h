#pragma once
// What permessage-deflate does to a message (RFC 7692 §7.2), without context takeover: each message
// stands for itself, so that one compressed form serves many peers and none keeps a window.

#include <cstddef>
#include <string>
#include <string_view>

namespace tern::websocket {

/// The payload of a message with RSV1. Throws std::bad_alloc.
std::string deflate(std::string_view message);

enum class InflateOutcome : unsigned char { done, broken, too_long };

/// The message of such a payload; `text` has never more than `longest` bytes.
InflateOutcome inflate(std::string_view payload, std::size_t longest, std::string& text);

} // namespace tern::websocket
