#pragma once
// A folder that is being read, entry by entry.

#include "common/base/unique_fd.h"

#include <dirent.h>
#include <fcntl.h>

#include <memory>

namespace tern::files {

struct CloseFolder {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

/// Takes over the descriptor. Null if it cannot be read as a folder: errno tells.
inline Folder read_folder(UniqueFd opened) noexcept {
    Folder folder(opened ? ::fdopendir(opened.get()) : nullptr);
    if (folder) {
        [[maybe_unused]] const int owned = opened.release();
    }
    return folder;
}

/// One in the folder `parent`, and not what a link leads to. Null if it cannot be read.
inline Folder open_folder(int parent, const char* name) noexcept {
    return read_folder(
        UniqueFd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)));
}

} // namespace tern::files
