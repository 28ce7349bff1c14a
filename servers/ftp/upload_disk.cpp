#include "servers/ftp/upload_disk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h> // NOLINT(modernize-deprecated-headers): renameat is POSIX's
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace tern::ftp {
namespace {

Result<void> outcome(int result) noexcept {
    if (result != 0)
        return last_error();
    return {};
}

} // namespace

Result<files::TemporaryFile> UploadDisk::create(int folder, mode_t mode) {
    return files::create_nameless(folder, mode);
}

Result<std::size_t> UploadDisk::write(int file, std::string_view bytes) {
    ssize_t written = 0;
    do {
        written = ::write(file, bytes.data(), bytes.size());
    } while (written < 0 && errno == EINTR);
    if (written <= 0)
        return last_error();
    return static_cast<std::size_t>(written);
}

Result<std::size_t> UploadDisk::copy(int from, int to, std::size_t wanted) {
    const ssize_t copied = ::copy_file_range(from, nullptr, to, nullptr, wanted, 0);
    if (copied >= 0)
        return static_cast<std::size_t>(copied);
    if (errno != EXDEV && errno != EINVAL && errno != EOPNOTSUPP)
        return last_error();
    // Between file systems, and on some, the kernel says that it cannot; then by hand.
    std::string bytes(std::min<std::size_t>(wanted, 65536), '\0');
    const ssize_t got = ::read(from, bytes.data(), bytes.size());
    if (got < 0)
        return last_error();
    bytes.resize(static_cast<std::size_t>(got));
    for (std::string_view left = bytes; !left.empty();) {
        const Result<std::size_t> written = UploadDisk::write(to, left);
        if (!written)
            return written;
        left.remove_prefix(*written);
    }
    return bytes.size();
}

Result<void> UploadDisk::sync(int descriptor) { return outcome(::fsync(descriptor)); }

Result<void> UploadDisk::link(int file, int folder, const std::string& name) {
    const std::string itself = fmt::format("/proc/self/fd/{}", file);
    return outcome(::linkat(AT_FDCWD, itself.c_str(), folder, name.c_str(), AT_SYMLINK_FOLLOW));
}

Result<void> UploadDisk::rename(int folder, const std::string& from, const std::string& to) {
    return outcome(::renameat(folder, from.c_str(), folder, to.c_str()));
}

} // namespace tern::ftp
