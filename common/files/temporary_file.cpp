#include "common/files/temporary_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace tern::files {
namespace {

bool lock_at_once(int file) noexcept { return ::flock(file, LOCK_EX | LOCK_NB) == 0; }

/// Whether nobody writes to the file, a path relative to `folder`; it was locked then.
bool is_abandoned(int folder, const char* path) {
    const UniqueFd file(
        ::openat(folder, path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat status;
    return file && ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) &&
           lock_at_once(file.get());
}

} // namespace

std::string random_name() {
    std::uint64_t number = 0;
    if (::getrandom(&number, sizeof number, 0) != sizeof number)
        throw std::system_error(last_error(), "getrandom");
    return fmt::format("{:016x}", number);
}

std::string temporary_name() { return std::string(temporary_prefix) + random_name(); }

Result<TemporaryFile> create_temporary(int folder, mode_t mode) {
    for (int attempts = 0;; ++attempts) {
        TemporaryFile file;
        file.name = temporary_name();
        file.descriptor.reset(::openat(folder, file.name.c_str(),
                                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
        const bool was_taken = !file.descriptor && errno == EEXIST;
        if (!file.descriptor && !was_taken)
            return last_error();
        if (file.descriptor && lock_at_once(file.descriptor.get()))
            return file;
        // A server that starts took it for a leftover, or the file system knows no locks.
        if (file.descriptor && errno != EWOULDBLOCK)
            return file;
        if (attempts == 8)
            return std::make_error_code(std::errc::file_exists);
    }
}

Result<TemporaryFile> create_nameless(int folder, mode_t mode) {
    TemporaryFile file;
    file.descriptor.reset(::openat(folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode));
    if (file.descriptor) {
        lock_at_once(file.descriptor.get()); // it may get a temporary name at the end
        return file;
    }
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)
        return last_error();
    return create_temporary(folder, mode);
}

bool is_leftover(int folder, const std::string& name) {
    return name.starts_with(temporary_prefix) && is_abandoned(folder, name.c_str());
}

std::size_t remove_leftovers(const std::filesystem::path& root) {
    std::size_t removed = 0;
    std::error_code error;
    std::filesystem::recursive_directory_iterator entry(
        root, std::filesystem::directory_options::skip_permission_denied, error);
    for (const std::filesystem::recursive_directory_iterator end; !error && entry != end;
         entry.increment(error)) {
        const std::filesystem::path& path = entry->path();
        const bool is_temporary = path.filename().string().starts_with(temporary_prefix);
        if (is_temporary && is_abandoned(AT_FDCWD, path.c_str()))
            removed += ::unlink(path.c_str()) == 0 ? 1U : 0U;
    }
    return removed;
}

} // namespace tern::files
