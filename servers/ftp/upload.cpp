#include "servers/ftp/upload.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace tern::ftp {
namespace {

constexpr std::uint64_t copied_at_once = std::uint64_t{1} << 20;

std::string hidden_name() { return std::string(reserved_prefix) + random_name(); }

/// Without a name, if the file system can; else with the `hidden` one.
Result<UniqueFd> make_file(const Place& place, mode_t mode, std::string& hidden) {
    UniqueFd file(::openat(place.folder.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode));
    if (file)
        return file;
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)
        return last_error();
    hidden = hidden_name();
    file.reset(::openat(place.folder.get(), hidden.c_str(),
                        O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, mode));
    if (!file)
        return last_error();
    return file;
}

} // namespace

std::string random_name() {
    std::uint64_t number = 0;
    if (::getrandom(&number, sizeof number, 0) != sizeof number)
        throw std::system_error(last_error(), "getrandom");
    return fmt::format("{:016x}", number);
}

Result<std::unique_ptr<Upload>> Upload::begin(const Home& home, std::string_view path,
                                              std::uint64_t kept) {
    Result<Place> place = home.place(path);
    if (!place)
        return place.error();
    mode_t mode = 0666;
    bool is_new = false;
    if (const auto present = home.status(path)) {
        if (!S_ISREG(present->st_mode))
            return std::make_error_code(S_ISDIR(present->st_mode)
                                            ? std::errc::is_a_directory
                                            : std::errc::operation_not_permitted);
        mode = present->st_mode & 0777;
    } else if (present.error() != std::errc::no_such_file_or_directory) {
        return present.error();
    } else {
        is_new = true;
    }
    UniqueFd old;
    if (kept > 0) {
        Result<UniqueFd> opened = home.open(path, O_RDONLY);
        if (!opened)
            return opened.error();
        old = std::move(*opened);
    }
    std::string hidden;
    Result<UniqueFd> file = make_file(*place, mode, hidden);
    if (!file)
        return file.error();
    if (is_new && home.umask() && ::fchmod(file->get(), mode & ~*home.umask()) != 0)
        return last_error();
    std::unique_ptr<Upload> upload(
        new Upload(std::move(*place), std::move(*file), std::move(hidden)));
    upload->old_ = std::move(old);
    upload->to_copy_ = kept;
    return upload;
}

Upload::~Upload() {
    if (!hidden_name_.empty())
        ::unlinkat(place_.folder.get(), hidden_name_.c_str(), 0);
}

Result<void> Upload::copy_some() {
    const std::uint64_t wanted = std::min(to_copy_, copied_at_once);
    // Between file systems, and on some, the kernel says that it cannot; then by hand.
    ssize_t copied = ::copy_file_range(old_.get(), nullptr, file_.get(), nullptr, wanted, 0);
    if (copied < 0 && (errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP)) {
        std::string bytes(std::min<std::uint64_t>(wanted, 65536), '\0');
        copied = ::read(old_.get(), bytes.data(), bytes.size());
        if (copied > 0) {
            const Result<void> written = write({bytes.data(), static_cast<std::size_t>(copied)});
            if (!written)
                return written;
            received_ -= static_cast<std::uint64_t>(copied);
        }
    }
    if (copied < 0)
        return last_error();
    if (copied == 0) // it has shrunk meanwhile
        return std::make_error_code(std::errc::io_error);
    to_copy_ -= static_cast<std::uint64_t>(copied);
    return {};
}

Result<void> Upload::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return last_error();
        received_ += static_cast<std::uint64_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

/// A link cannot replace a file, but a rename can.
Result<void> Upload::give_hidden_name() {
    const std::string name = hidden_name();
    const std::string itself = fmt::format("/proc/self/fd/{}", file_.get());
    if (::linkat(AT_FDCWD, itself.c_str(), place_.folder.get(), name.c_str(), AT_SYMLINK_FOLLOW) !=
        0)
        return last_error();
    hidden_name_ = name;
    return {};
}

Result<void> Upload::commit(bool sync) {
    if (sync && ::fsync(file_.get()) != 0)
        return last_error();
    if (hidden_name_.empty()) {
        const Result<void> named = give_hidden_name();
        if (!named)
            return named;
    }
    if (::renameat(place_.folder.get(), hidden_name_.c_str(), place_.folder.get(),
                   place_.name.c_str()) != 0)
        return last_error();
    hidden_name_.clear();
    if (sync) { // the name, too
        const UniqueFd folder(
            ::openat(place_.folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (folder)
            ::fsync(folder.get());
    }
    return {};
}

} // namespace tern::ftp
