#pragma once
// Makes text that came from anywhere fit for one line of a log, a terminal or a JSON string.

#include <string>
#include <string_view>

namespace tern {

/// Appends `text` with control characters, characters that rearrange a line on a terminal, and
/// bytes that are not UTF-8 written as \n, \x1b or \u202e. Everything else stays as it is.
void append_printable(std::string& to, std::string_view text);
std::string printable(std::string_view text);

/// Appends `text` as a JSON string, quotes included; U+FFFD stands for what is not UTF-8.
void append_json_string(std::string& to, std::string_view text);

} // namespace tern
