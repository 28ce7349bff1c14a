#pragma once
// Paths on the server, and which of its names may become names here.

#include <string>
#include <string_view>

namespace tern::ftp_client {

/// `path` as seen from `folder`, absolute, without "." and "..".
std::string resolved(std::string_view folder, std::string_view path);
std::string parent_of(std::string_view path);
std::string_view last_part_of(std::string_view path) noexcept;

/// Whether a name that a server has sent may be that of a local file: it is one part of a path,
/// neither "." nor "..", and nothing in it controls a terminal.
bool is_safe_name(std::string_view name) noexcept;

/// Whether `text` can be an argument of a command: it does not end the line.
bool is_one_line(std::string_view text) noexcept;

} // namespace tern::ftp_client
