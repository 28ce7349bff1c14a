#include "common/files/partial_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>

namespace tern::files {

Result<PartialFile> PartialFile::open(const std::filesystem::path& final_path) {
    PartialFile file;
    file.final_ = final_path;
    file.part_ = final_path;
    file.part_ += ".part";
    // No link is followed: in a folder that others may write to, it could lead anywhere.
    constexpr int flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    file.descriptor_.reset(::open(file.part_.c_str(), flags, 0666));
    if (!file.descriptor_)
        return last_error();
    struct stat state = {};
    if (::flock(file.descriptor_.get(), LOCK_EX | LOCK_NB) != 0 ||
        ::fstat(file.descriptor_.get(), &state) != 0)
        return last_error();
    if (!S_ISREG(state.st_mode))
        return make_error_code(std::errc::invalid_argument);
    file.size_ = static_cast<std::uint64_t>(state.st_size);
    file.modified_ = state.st_mtime;
    return file;
}

std::error_code PartialFile::restart() {
    if (::ftruncate(descriptor_.get(), 0) != 0)
        return last_error();
    size_ = 0;
    return {};
}

std::error_code PartialFile::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return last_error();
        size_ += static_cast<std::uint64_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

void PartialFile::set_modified(std::time_t time) noexcept {
    const std::array<timespec, 2> times = {timespec{0, UTIME_OMIT}, timespec{time, 0}};
    if (::futimens(descriptor_.get(), times.data()) == 0)
        modified_ = time;
}

std::error_code PartialFile::commit() {
    return ::rename(part_.c_str(), final_.c_str()) == 0 ? std::error_code() : last_error();
}

void PartialFile::discard() noexcept { ::unlink(part_.c_str()); }

} // namespace tern::files
