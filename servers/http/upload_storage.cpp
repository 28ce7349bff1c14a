#include "servers/http/upload_storage.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace tern::http {
namespace {

constexpr mode_t file_mode = 0666; // less the umask, as other programs create files
constexpr mode_t folder_mode = 0777;

/// What errno says of a call that returned `result`.
std::error_code outcome(int result) noexcept {
    return result == 0 ? std::error_code() : last_error();
}

template <class Call>
std::error_code without_interruption(const Call& call) noexcept {
    for (;;) {
        const std::error_code error = outcome(call());
        if (error != std::errc::interrupted)
            return error;
    }
}

} // namespace

FileStorage::FileStorage(const std::filesystem::path& root) : root_(root, Symlinks::none) {
    if (::faccessat(AT_FDCWD, root.c_str(), R_OK | W_OK | X_OK, AT_EACCESS) != 0)
        throw std::system_error(last_error(), root.string());
}

Result<UniqueFd> FileStorage::open_folder(std::string_view path) {
    Result<OpenFile> opened = root_.open(path);
    if (!opened)
        return opened.error();
    if (opened->kind != FileKind::folder)
        return std::make_error_code(std::errc::not_a_directory);
    return std::move(opened->descriptor);
}

std::error_code FileStorage::make_folder(int folder, const std::string& name) {
    return outcome(::mkdirat(folder, name.c_str(), folder_mode));
}

std::error_code FileStorage::remove_folder(int folder, const std::string& name) {
    return outcome(::unlinkat(folder, name.c_str(), AT_REMOVEDIR));
}

Result<TemporaryFile> FileStorage::create(int folder) {
    return files::create_temporary(folder, file_mode);
}

Result<std::size_t> FileStorage::write(int file, std::string_view bytes) {
    for (;;) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written >= 0)
            return static_cast<std::size_t>(written);
        if (errno != EINTR)
            return last_error();
    }
}

std::error_code FileStorage::sync(int descriptor) {
    return without_interruption([descriptor] { return ::fsync(descriptor); });
}

std::error_code FileStorage::lock(int folder) {
    return without_interruption([folder] { return ::flock(folder, LOCK_EX); });
}

void FileStorage::unlock(int folder) noexcept { ::flock(folder, LOCK_UN); }

Result<std::optional<FolderEntry>> FileStorage::inspect(int folder, const std::string& name) {
    const Result<FolderEntry> entry = entry_of(folder, name);
    if (entry)
        return std::optional(*entry);
    if (entry.error() == std::errc::no_such_file_or_directory)
        return std::optional<FolderEntry>();
    return entry.error();
}

std::error_code FileStorage::rename(int folder, const std::string& from, const std::string& to,
                                    Replace replace) {
    const unsigned flags = replace == Replace::yes ? 0 : RENAME_NOREPLACE;
    const int result = ::renameat2(folder, from.c_str(), folder, to.c_str(), flags);
    if (result == 0 || replace == Replace::yes || errno != EINVAL)
        return outcome(result);
    // A file system without RENAME_NOREPLACE: a second name does not replace anything, either.
    if (::linkat(folder, from.c_str(), folder, to.c_str(), 0) != 0)
        return last_error();
    return remove(folder, from);
}

std::error_code FileStorage::remove(int folder, const std::string& name) {
    return outcome(::unlinkat(folder, name.c_str(), 0));
}

} // namespace tern::http
