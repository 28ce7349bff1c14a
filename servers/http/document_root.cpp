#include "servers/http/document_root.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <utility>

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

} // namespace

std::time_t FileIdentity::modified() const noexcept {
    const std::int64_t seconds = modified_ns / second_ns;
    return modified_ns % second_ns < 0 ? seconds - 1 : seconds;
}

DocumentRoot::DocumentRoot(const std::filesystem::path& folder, Symlinks symlinks)
    : folder_(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), symlinks_(symlinks) {
    if (!folder_)
        throw std::system_error(last_error(), folder.string());
    const Result<OpenFile> self = open({}); // an old kernel or a container may know no openat2
    if (!self)
        throw std::system_error(self.error(), folder.string());
}

Result<OpenFile> DocumentRoot::open(std::string_view path) const {
    Result<UniqueFd> opened = files::open_beneath(folder_.get(), path, symlinks_, O_RDONLY);
    if (!opened)
        return opened.error();
    OpenFile file;
    file.descriptor = std::move(*opened);
    struct stat status;
    if (::fstat(file.descriptor.get(), &status) != 0)
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
