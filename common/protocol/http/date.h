#pragma once
// HTTP dates (RFC 9110 §5.6.7): one format to write, three to read. Always GMT.

#include <array>
#include <ctime>
#include <optional>
#include <string_view>

namespace tern::http {

/// "Sun, 06 Nov 1994 08:49:37 GMT": 29 characters, no terminator. For the years 1 to 9999.
using DateText = std::array<char, 29>;
DateText format_date(std::time_t time) noexcept;

inline std::string_view view(const DateText& text) noexcept { return {text.data(), text.size()}; }

/// IMF-fixdate, RFC 850's or asctime's. `now` decides on the century of RFC 850's two digits.
std::optional<std::time_t> parse_date(std::string_view text, std::time_t now) noexcept;

} // namespace tern::http
