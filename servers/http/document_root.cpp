#include "servers/http/document_root.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <string>

namespace tern::http {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

std::int64_t nanoseconds(const timespec& time) noexcept {
    return static_cast<std::int64_t>(time.tv_sec) * second_ns + time.tv_nsec;
}

FileIdentity identity_of(const struct stat& status) noexcept {
    return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
            nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

FileKind kind_of(const struct stat& status) noexcept {
    if (S_ISREG(status.st_mode))
        return FileKind::regular;
    return S_ISDIR(status.st_mode) ? FileKind::folder : FileKind::other;
}

/// glibc 2.36 has no function for this one.
int open_beneath(int folder, const char* path, std::uint64_t resolve) noexcept {
    open_how how = {};
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    how.resolve = resolve;
    for (int attempts = 0;; ++attempts) {
        const long result = ::syscall(SYS_openat2, folder, path, &how, sizeof how);
        // EAGAIN: something was renamed while ".." in a link was followed.
        if (result >= 0 || (errno != EAGAIN && errno != EINTR) || attempts == 8)
            return static_cast<int>(result);
    }
}

} // namespace

std::time_t FileIdentity::modified() const noexcept {
    const std::int64_t seconds = modified_ns / second_ns;
    return modified_ns % second_ns < 0 ? seconds - 1 : seconds;
}

DocumentRoot::DocumentRoot(const std::filesystem::path& folder, Symlinks symlinks)
    : folder_(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)),
      resolve_(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS |
               (symlinks == Symlinks::none ? RESOLVE_NO_SYMLINKS : 0U)) {
    if (!folder_)
        throw std::system_error(last_error(), folder.string());
    const Result<OpenFile> self = open({}); // an old kernel or a container may know no openat2
    if (!self)
        throw std::system_error(self.error(), folder.string());
}

Result<OpenFile> DocumentRoot::open(std::string_view path) const {
    if (path.size() >= PATH_MAX)
        return std::error_code(ENAMETOOLONG, std::system_category());
    const std::string name = path.empty() ? "." : std::string(path);
    OpenFile file;
    file.descriptor.reset(open_beneath(folder_.get(), name.c_str(), resolve_));
    struct stat status;
    if (!file.descriptor || ::fstat(file.descriptor.get(), &status) != 0)
        return last_error();
    file.kind = kind_of(status);
    file.identity = identity_of(status);
    return file;
}

Result<FileIdentity> identify(int descriptor) noexcept {
    struct stat status;
    if (::fstat(descriptor, &status) != 0)
        return last_error();
    return identity_of(status);
}

Result<FolderEntry> entry_of(int folder, const std::string& name) noexcept {
    struct stat status;
    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return last_error();
    return FolderEntry{kind_of(status), identity_of(status)};
}

std::string entity_tag_of(const FileIdentity& identity, std::string_view form) {
    return fmt::format("\"{:x}-{:x}-{:x}{}{}\"", identity.modified_ns, identity.size,
                       identity.inode, form.empty() ? "" : "-", form);
}

} // namespace tern::http
