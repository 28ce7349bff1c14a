#include "servers/ftp/stored.h"

#include "common/files/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace tern::ftp {
namespace {

/// Each level is an open folder.
constexpr std::size_t deepest_folder = 256;

Stored stored_in(const struct stat& status) noexcept {
    if (!S_ISREG(status.st_mode))
        return {};
    return {static_cast<std::uint64_t>(status.st_size), 1};
}

} // namespace

Stored stored_under(int folder, const std::string& name) noexcept {
    struct stat status;
    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return {};
    return stored_in(status);
}

Census count_below(int folder) {
    Census census;
    std::vector<files::Folder> levels;
    const auto enter = [&](int parent, const char* name) {
        errno = 0;
        files::Folder opened =
            levels.size() < deepest_folder ? files::open_folder(parent, name) : nullptr;
        if (opened)
            levels.push_back(std::move(opened));
        else if (errno != ENOENT) // which is gone since
            census.is_complete = false;
    };
    enter(folder, ".");
    while (!levels.empty()) {
        DIR* const level = levels.back().get();
        const dirent* const found = ::readdir(level); // NOLINT(concurrency-mt-unsafe): our stream
        if (found == nullptr) {
            levels.pop_back();
            continue;
        }
        const std::string_view name = found->d_name;
        struct stat status;
        if (name == "." || name == ".." ||
            ::fstatat(::dirfd(level), found->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        census.stored += stored_in(status);
        if (S_ISDIR(status.st_mode))
            enter(::dirfd(level), found->d_name);
    }
    return census;
}

} // namespace tern::ftp
