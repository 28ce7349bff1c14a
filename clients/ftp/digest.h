#pragma once
// Whether a file arrived as it is on the server (HASH, draft-bryan-ftpext-hash).

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tern::ftp_client {

/// SHA-256 of a file in hexadecimal digits; nothing if it cannot be read.
std::optional<std::string> sha256_of(const std::filesystem::path& file);

/// The digest of a reply such as "213 SHA-256 0-49 6ae8… name"; nothing if it is another one.
std::optional<std::string> sha256_from(std::string_view reply);

} // namespace tern::ftp_client
