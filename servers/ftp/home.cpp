#include "servers/ftp/home.h"

#include "common/files/beneath.h"
#include "common/protocol/ftp/virtual_path.h"

#include <fcntl.h>
#include <stdio.h> // NOLINT(modernize-deprecated-headers): renameat is POSIX's
#include <unistd.h>

#include <array>

namespace tern::ftp {
namespace {

bool is_reserved(std::string_view path) noexcept {
    return path.find(std::string("/") += reserved_prefix) != std::string_view::npos;
}

std::error_code no_such_file() noexcept {
    return std::make_error_code(std::errc::no_such_file_or_directory);
}

Result<void> outcome(int result) noexcept {
    if (result != 0)
        return last_error();
    return {};
}

} // namespace

Result<UniqueFd> Home::open(std::string_view path, int flags) const {
    if (is_reserved(path))
        return no_such_file();
    return files::open_beneath(folder_, below_home(path), files::Symlinks::within_root, flags);
}

Result<struct stat> Home::status(std::string_view path) const {
    const Result<UniqueFd> file = open(path, O_PATH);
    if (!file)
        return file.error();
    struct stat status;
    if (::fstat(file->get(), &status) != 0)
        return last_error();
    return status;
}

Result<Place> Home::place(std::string_view path) const {
    if (path == "/")
        return std::make_error_code(std::errc::operation_not_permitted);
    if (is_reserved(path))
        return no_such_file();
    Result<UniqueFd> folder = open(parent_of(path), O_PATH | O_DIRECTORY);
    if (!folder)
        return folder.error();
    return Place{std::move(*folder), std::string(name_of(path))};
}

Result<void> Home::make_folder(std::string_view path) const {
    const Result<Place> where = place(path);
    if (!where)
        return where.error();
    if (::mkdirat(where->folder.get(), where->name.c_str(), 0777) != 0)
        return last_error();
    if (!umask_)
        return {};
    return outcome(::fchmodat(where->folder.get(), where->name.c_str(), 0777 & ~*umask_, 0));
}

Result<void> Home::remove_folder(std::string_view path) const {
    const Result<Place> where = place(path);
    if (!where)
        return where.error();
    return outcome(::unlinkat(where->folder.get(), where->name.c_str(), AT_REMOVEDIR));
}

Result<void> Home::remove_file(std::string_view path) const {
    const Result<Place> where = place(path);
    if (!where)
        return where.error();
    return outcome(::unlinkat(where->folder.get(), where->name.c_str(), 0));
}

Result<void> Home::rename(std::string_view from, std::string_view to) const {
    const Result<Place> source = place(from);
    if (!source)
        return source.error();
    const Result<Place> target = place(to);
    if (!target)
        return target.error();
    return outcome(::renameat(source->folder.get(), source->name.c_str(), target->folder.get(),
                              target->name.c_str()));
}

namespace {

/// What a descriptor that was opened beneath the home refers to, for calls that take paths only.
std::array<char, 32> path_of(const UniqueFd& file) noexcept {
    std::array<char, 32> path = {};
    ::snprintf(path.data(), path.size(), "/proc/self/fd/%d", file.get());
    return path;
}

} // namespace

Result<void> Home::set_modified(std::string_view path, std::time_t time) const {
    const Result<UniqueFd> file = open(path, O_PATH);
    if (!file)
        return file.error();
    const std::array<timespec, 2> times = {timespec{0, UTIME_OMIT}, timespec{time, 0}};
    return outcome(::utimensat(AT_FDCWD, path_of(*file).data(), times.data(), 0));
}

Result<void> Home::set_permissions(std::string_view path, mode_t mode) const {
    const Result<UniqueFd> file = open(path, O_PATH);
    if (!file)
        return file.error();
    return outcome(::chmod(path_of(*file).data(), mode & 0777));
}

} // namespace tern::ftp
