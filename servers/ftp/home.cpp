#include "servers/ftp/home.h"

#include "common/files/beneath.h"
#include "common/files/folder.h"
#include "common/files/temporary_file.h"
#include "common/protocol/ftp/virtual_path.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h> // NOLINT(modernize-deprecated-headers): renameat is POSIX's
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

namespace tern::ftp {
namespace {

constexpr std::string_view partial_prefix = ".tern-partial-";

/// Whether any step of the path is.
bool is_reserved(std::string_view path) noexcept {
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/', slash + 1))
        if (is_reserved_name(path.substr(slash + 1)))
            return true;
    return false;
}

std::error_code no_such_file() noexcept {
    return std::make_error_code(std::errc::no_such_file_or_directory);
}

Result<void> outcome(int result) noexcept {
    if (result != 0)
        return last_error();
    return {};
}

/// Of a name in a folder; a link is not followed.
Result<struct stat> status_in(const UniqueFd& folder, const std::string& name) {
    struct stat status;
    if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return last_error();
    return status;
}

bool are_same(const struct stat& one, const struct stat& other) noexcept {
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/// Removes a name that is not a folder's. Nothing if it cannot be: errno tells.
std::optional<Stored> remove_name(int folder, const std::string& name) noexcept {
    const Stored stored = stored_under(folder, name);
    if (::unlinkat(folder, name.c_str(), 0) != 0)
        return std::nullopt;
    return stored;
}

/// Removes what uploads have left in a folder that has nothing else.
Stored remove_remains(int parent, const std::string& name) {
    const files::Folder folder = files::open_folder(parent, name.c_str());
    if (!folder)
        return {};
    const int descriptor = ::dirfd(folder.get());
    std::vector<std::string> remains;
    while (const dirent* const found = ::readdir(folder.get())) { // NOLINT(concurrency-mt-unsafe)
        const std::string entry = found->d_name;
        if (entry == "." || entry == "..")
            continue;
        if (!is_partial_name(entry) && !files::is_leftover(descriptor, entry))
            return {};
        remains.push_back(entry);
    }
    Stored removed;
    for (const std::string& entry : remains)
        removed += remove_name(descriptor, entry).value_or(Stored());
    return removed;
}

} // namespace

std::string partial_name(std::string_view name) { return std::string(partial_prefix) += name; }

bool is_partial_name(std::string_view name) noexcept { return name.starts_with(partial_prefix); }

bool is_reserved_name(std::string_view name) noexcept {
    return name.starts_with(files::temporary_prefix) || is_partial_name(name);
}

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

Result<struct stat> Home::status(const Place& where, std::string_view path) const {
    const Result<struct stat> itself = status_in(where.folder, where.name);
    if (itself && S_ISLNK(itself->st_mode)) // which may lead out of the home
        return status(path);
    return itself;
}

Result<struct stat> Home::own_status(std::string_view path) const {
    const Result<Place> where = place(path);
    if (!where)
        return where.error();
    return status_in(where->folder, where->name);
}

Result<UniqueFd> Home::open_partial(std::string_view path) const {
    const Result<Place> where = place(path);
    if (!where)
        return where.error();
    UniqueFd file(::openat(where->folder.get(), partial_name(where->name).c_str(),
                           O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file)
        return last_error();
    return file;
}

Result<struct stat> Home::partial_status(const Place& where) {
    const Result<struct stat> status = status_in(where.folder, partial_name(where.name));
    if (status && !S_ISREG(status->st_mode))
        return no_such_file();
    return status;
}

Result<struct stat> Home::resumable_status(std::string_view path) const {
    const Result<Place> where = place(path);
    if (!where)
        return where.error();
    const Result<struct stat> present = status(*where, path);
    if (present || present.error() != std::errc::no_such_file_or_directory)
        return present;
    const Result<struct stat> partial = partial_status(*where);
    return partial ? partial : present;
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

Result<Stored> Home::remove_folder(std::string_view path) const {
    const Result<Place> where = place(path);
    if (!where)
        return where.error();
    const int folder = where->folder.get();
    if (::unlinkat(folder, where->name.c_str(), AT_REMOVEDIR) == 0)
        return Stored();
    if (errno != ENOTEMPTY)
        return last_error();
    const Stored removed = remove_remains(folder, where->name);
    if (::unlinkat(folder, where->name.c_str(), AT_REMOVEDIR) != 0)
        return last_error();
    return removed;
}

Result<Stored> Home::remove_file(std::string_view path) const {
    const Result<Place> where = place(path);
    if (!where)
        return where.error();
    std::optional<Stored> removed = remove_name(where->folder.get(), where->name);
    if (removed)
        return *removed;
    const std::error_code error = last_error();
    if (error == std::errc::no_such_file_or_directory)
        removed = remove_name(where->folder.get(), partial_name(where->name));
    if (!removed)
        return error;
    return *removed;
}

Result<Stored> Home::rename(std::string_view from, std::string_view to) const {
    const Result<Place> source = place(from);
    if (!source)
        return source.error();
    const Result<Place> target = place(to);
    if (!target)
        return target.error();
    const Result<struct stat> moved = status_in(source->folder, source->name);
    const Result<struct stat> there = status_in(target->folder, target->name);
    Stored replaced = stored_under(target->folder.get(), target->name);
    if (moved && there && are_same(*moved, *there)) // by another way: then nothing happens
        replaced = {};
    if (::renameat(source->folder.get(), source->name.c_str(), target->folder.get(),
                   target->name.c_str()) != 0)
        return last_error();
    return replaced;
}

namespace {

/// What a descriptor that was opened beneath the home refers to, for calls that take paths only.
std::array<char, 32> path_of(const UniqueFd& file) noexcept {
    std::array<char, 32> path = {};
    ::snprintf(path.data(), path.size(), "/proc/self/fd/%d", file.get());
    return path;
}

} // namespace

Result<struct stat> Home::change(std::string_view path, const FileChange& change) const {
    const Result<UniqueFd> file = open(path, O_PATH);
    if (!file)
        return file.error();
    const std::array<char, 32> itself = path_of(*file);
    struct stat before;
    struct stat after;
    if (::fstat(file->get(), &before) != 0 ||
        (change.permissions && ::chmod(itself.data(), *change.permissions & 0777) != 0))
        return last_error();
    const std::array<timespec, 2> times = {timespec{0, UTIME_OMIT},
                                           timespec{change.modified.value_or(0), 0}};
    if (change.modified && ::utimensat(AT_FDCWD, itself.data(), times.data(), 0) != 0) {
        const std::error_code error = last_error();
        if (change.permissions)
            ::chmod(itself.data(), before.st_mode & 07777);
        return error;
    }
    if (::fstat(file->get(), &after) != 0)
        return last_error();
    return after;
}

} // namespace tern::ftp
