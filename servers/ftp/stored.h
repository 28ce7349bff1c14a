#pragma once
// What quotas count: the bytes of regular files, and how many there are. A link is nothing of its
// own, and what it leads to counts where it lies.

#include <cstdint>
#include <string>

namespace tern::ftp {

struct Stored {
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;

    Stored& operator+=(const Stored& more) noexcept {
        bytes += more.bytes;
        files += more.files;
        return *this;
    }
};

/// Under one name of the folder; nothing if there is no such name.
Stored stored_under(int folder, const std::string& name) noexcept;

/// Below a folder, as far as it can be read.
struct Census {
    Stored stored;
    bool is_complete = true; ///< no folder was closed to us
};
Census count_below(int folder);

} // namespace tern::ftp
