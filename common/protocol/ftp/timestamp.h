#pragma once
// Times as MDTM, MFMT and facts say them: UTC, "YYYYMMDDHHMMSS" (RFC 3659 §2.3).

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace tern::ftp {

std::string format_time(std::time_t time);
/// A fraction of a second (".123") is allowed and left out.
std::optional<std::time_t> parse_time(std::string_view text);

} // namespace tern::ftp
