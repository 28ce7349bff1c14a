#pragma once
// The frames that a forked child and its parent exchange about the hub.
//
// Child to parent: one member and what it does. Parent to child: a message and the members that
// get it. Members are numbered by the child; the parent maps them to the hub's own numbers.
// Both ends are the same binary, so numbers travel in the machine's own byte order.

#include "common/hub/hub.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern {

struct HubFrame {
    enum class Kind : unsigned char { enter = 1, tell, leave, deliver };
    Kind kind = Kind::enter;
    std::vector<Member> members; ///< exactly one, but for `deliver`
    std::string_view message;    ///< refers to the frame that was decoded
};

std::string encode(HubFrame::Kind kind, std::span<const Member> members, std::string_view message);

/// Nothing if the bytes are no such frame.
std::optional<HubFrame> decode_hub_frame(std::string_view bytes);

} // namespace tern
