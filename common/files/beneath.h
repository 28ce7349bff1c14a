#pragma once
// Opens what is below a folder, and nothing else.
//
// The kernel resolves the path with RESOLVE_BENEATH, so neither dot segments nor symbolic links nor
// a race between the two lead out of the folder. Where the kernel has no openat2, nothing opens.

#include "common/base/result.h"
#include "common/base/unique_fd.h"

#include <sys/types.h>

#include <cstdint>
#include <string_view>

namespace tern::files {

enum class Symlinks : unsigned char { none, within_root };

/// Opens `path`, relative to `folder` (empty: the folder itself), with `flags` as of openat(2) and
/// O_CLOEXEC, and with `mode` where a file is made. Never waits for a FIFO's other end. Errors:
/// those of openat2(2), such as ENOENT, EACCES, EXDEV (leads out) and ELOOP (a link that is not
/// allowed).
Result<UniqueFd> open_beneath(int folder, std::string_view path, Symlinks symlinks, int flags,
                              mode_t mode = 0);

} // namespace tern::files
