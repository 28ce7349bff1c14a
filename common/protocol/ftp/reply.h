#pragma once
// Replies on the control connection (RFC 959 §4.2).

#include <string>
#include <string_view>

namespace tern::ftp {

/// Appends a reply. A text of several lines, parted by '\n', becomes a multi-line reply. Whatever
/// the text says, it cannot forge a line: other control characters become '?', and IAC is doubled.
void append_reply(std::string& to, unsigned code, std::string_view text);

/// A path as in 257 replies: in quotes, with its own quotes doubled (RFC 959, appendix II).
std::string quoted(std::string_view path);

/// Names come from anywhere: one in a text of several lines must not end its line.
std::string in_one_line(std::string_view name);

} // namespace tern::ftp
