#pragma once
// The folder of a site: opens what is below it, and nothing else.
//
// The kernel resolves paths with RESOLVE_BENEATH, so neither dot segments nor symbolic links nor a
// race between the two lead out of the folder.

#include "common/base/result.h"
#include "common/base/unique_fd.h"
#include "common/files/beneath.h"

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <string>
#include <string_view>

namespace tern::http {

/// What tells one state of a file from another.
struct FileIdentity {
    dev_t device = 0;
    ino_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t modified_ns = 0; ///< since 1970
    std::int64_t changed_ns = 0;

    std::time_t modified() const noexcept; ///< in whole seconds, rounded down
    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

enum class FileKind : unsigned char { regular, folder, other };

/// What has a name in a folder.
struct FolderEntry {
    FileKind kind = FileKind::other;
    FileIdentity identity;
};

struct OpenFile {
    UniqueFd descriptor;
    FileKind kind = FileKind::other;
    FileIdentity identity;
};

using files::Symlinks;

class DocumentRoot {
public:
    /// Throws std::system_error whose text names the folder.
    DocumentRoot(const std::filesystem::path& folder, Symlinks symlinks);

    /// Opens for reading, without ever waiting for a FIFO's writer. `path` is relative to the
    /// folder; empty is the folder itself. Errors: those of openat2(2), such as ENOENT, EACCES,
    /// EXDEV (leads out) and ELOOP (a link that is not allowed).
    Result<OpenFile> open(std::string_view path) const;

private:
    UniqueFd folder_;
    Symlinks symlinks_;
};

/// The present state of an open file.
Result<FileIdentity> identify(int descriptor) noexcept;
/// Of what `name` stands for in an open folder. Links are not followed.
Result<FolderEntry> entry_of(int folder, const std::string& name) noexcept;

/// A strong one, quotes included (RFC 9110 §8.8.3); `form` tells coded forms of one file apart.
std::string entity_tag_of(const FileIdentity& identity, std::string_view form = {});

} // namespace tern::http
