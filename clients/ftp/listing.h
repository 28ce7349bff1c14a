#pragma once
// What a folder holds, from the lines of MLSD (RFC 3659 §7).

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace tern::ftp_client {

struct RemoteEntry {
    std::string name; ///< whatever the server says
    bool is_folder = false;
    std::uint64_t size = 0;
    std::time_t modified = 0; ///< 0: not told
};

/// Without the folder itself and its parent; lines that are none are left out. Sorted by name.
std::vector<RemoteEntry> entries_from(std::string_view lines);

/// A line for each, as a person reads it.
std::string listing_view(const std::vector<RemoteEntry>& entries);

} // namespace tern::ftp_client
