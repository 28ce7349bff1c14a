#include "common/files/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <string>

namespace tern::files {

Result<UniqueFd> open_beneath(int folder, std::string_view path, Symlinks symlinks, int flags,
                              mode_t mode) {
    if (path.size() >= PATH_MAX)
        return std::error_code(ENAMETOOLONG, std::system_category());
    if (path.find('\0') != std::string_view::npos)
        return std::error_code(EINVAL, std::system_category());
    const std::string name = path.empty() ? "." : std::string(path);
    open_how how = {};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    if ((flags & O_PATH) == 0) // of which O_PATH wants to know nothing
        how.flags |= static_cast<std::uint64_t>(O_NONBLOCK | O_NOCTTY);
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS |
                  (symlinks == Symlinks::none ? RESOLVE_NO_SYMLINKS : 0U);
    for (int attempts = 0;; ++attempts) {
        // glibc 2.36 has no function for this one.
        const long result = ::syscall(SYS_openat2, folder, name.c_str(), &how, sizeof how);
        if (result >= 0)
            return UniqueFd(static_cast<int>(result));
        // EAGAIN: something was renamed while ".." in a link was followed.
        if ((errno != EAGAIN && errno != EINTR) || attempts == 8)
            return last_error();
    }
}

} // namespace tern::files
