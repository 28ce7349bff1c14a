#pragma once
// Parameters that are lists: "#a,#b,bob".

#include <cstddef>
#include <string_view>
#include <vector>

namespace tern::irc {

/// The parts between commas, empty ones left out.
std::vector<std::string_view> split_targets(std::string_view list);

/// RFC 2812 §1.3: what names a channel rather than a member.
constexpr bool is_channel_name(std::string_view name) noexcept { return name.starts_with('#'); }

} // namespace tern::irc
