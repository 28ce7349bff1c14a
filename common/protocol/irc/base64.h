#pragma once
// RFC 4648 §4, padding required.

#include <optional>
#include <string>
#include <string_view>

namespace tern::irc {

std::optional<std::string> decode_base64(std::string_view text);
std::string encode_base64(std::string_view bytes);

} // namespace tern::irc
