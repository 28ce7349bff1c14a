#pragma once
// Files that are being written: nobody sees them before they are whole, and what a crash leaves of
// them can be told from what is still being written, for who writes holds a lock.

#include "common/base/result.h"
#include "common/base/unique_fd.h"

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace tern::files {

/// Their names begin like this, and nobody can guess the rest.
inline constexpr std::string_view temporary_prefix = ".tern-upload-";
std::string temporary_name();

/// Letters and digits that nobody can guess. Throws std::system_error.
std::string random_name();

struct TemporaryFile {
    UniqueFd descriptor;
    std::string name; ///< empty: it has none, and is gone when its descriptor is
};

/// A new file in `folder`, open for writing and locked. `mode` less the umask.
Result<TemporaryFile> create_temporary(int folder, mode_t mode);
/// The same without a name, where the file system can; otherwise with one.
Result<TemporaryFile> create_nameless(int folder, mode_t mode);

/// Whether a crash has left this file behind. False for what is still being written.
bool is_leftover(int folder, const std::string& name);
/// Removes what crashes have left below `root`. Returns how many files that were.
std::size_t remove_leftovers(const std::filesystem::path& root);

} // namespace tern::files
