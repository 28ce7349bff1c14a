#pragma once
// CHATHISTORY (IRCv3 draft/chathistory): which part of a target's past a client asks for.

#include "common/protocol/irc/server_time.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace tern::irc {

/// Where in the past: a message, a time, or (monostate) the present.
using HistoryPoint = std::variant<std::monostate, std::string, ServerTime>;

struct HistoryRequest {
    enum class Kind : unsigned char { before, after, latest, around, between, targets };
    Kind kind = Kind::latest;
    std::string_view target; ///< of all but `targets`
    HistoryPoint from;
    HistoryPoint to; ///< of `between` and `targets`
    std::size_t limit = 0;
};

/// Why a request is not understood, by the codes of the specification.
enum class HistoryFault : unsigned char { need_more_params, invalid_params, unknown_command };

/// "msgid=...", "timestamp=..." or "*".
std::optional<HistoryPoint> parse_history_point(std::string_view text);

std::variant<HistoryRequest, HistoryFault>
parse_history_request(std::span<const std::string_view> parameters);

} // namespace tern::irc
