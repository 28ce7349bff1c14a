#pragma once
// Times as IRCv3's server-time writes them: 2011-10-19T16:40:51.620Z.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tern::irc {

using ServerTime = std::chrono::sys_time<std::chrono::milliseconds>;

std::string format_server_time(ServerTime time);

/// Nothing for what is not of this form, or no time that there is.
std::optional<ServerTime> parse_server_time(std::string_view text) noexcept;

} // namespace tern::irc
