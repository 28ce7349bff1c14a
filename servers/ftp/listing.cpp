#include "servers/ftp/listing.h"

#include "common/protocol/ftp/glob.h"
#include "common/protocol/ftp/reply.h"
#include "common/protocol/ftp/virtual_path.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <utility>

namespace tern::ftp {
namespace {

constexpr std::size_t chunk = 16384;

void fill(Entry& entry, const struct stat& status) {
    if (S_ISDIR(status.st_mode))
        entry.kind = Entry::Kind::folder;
    else if (S_ISLNK(status.st_mode))
        entry.kind = Entry::Kind::link;
    else
        entry.kind = S_ISREG(status.st_mode) ? Entry::Kind::file : Entry::Kind::other;
    entry.permissions = status.st_mode & 0777;
    entry.links = status.st_nlink;
    entry.size = static_cast<std::uint64_t>(status.st_size);
    entry.modified = status.st_mtim.tv_sec;
    entry.device = status.st_dev;
    entry.inode = status.st_ino;
}

/// Where a link leads, if that tells nothing of what is above the home.
std::string link_target(int folder, const std::string& name) {
    std::array<char, PATH_MAX> target;
    const ssize_t size = ::readlinkat(folder, name.c_str(), target.data(), target.size());
    if (size <= 0 || target[0] == '/')
        return {};
    return {target.data(), static_cast<std::size_t>(size)};
}

} // namespace

Result<Entry> entry_of(const Home& home, std::string_view path) {
    const Result<struct stat> status = home.status(path);
    if (!status)
        return status.error();
    Entry entry;
    entry.name = name_of(path);
    fill(entry, *status);
    return entry;
}

Result<std::unique_ptr<Listing>> Listing::open(const Home& home, std::string_view path,
                                               ListingWish wish) {
    std::unique_ptr<Listing> listing(new Listing(home, std::string(path), std::move(wish)));
    Result<UniqueFd> folder = home.open(path, O_RDONLY | O_DIRECTORY);
    if (!folder) {
        const std::string_view name = name_of(path);
        const bool missing = folder.error() == std::errc::no_such_file_or_directory;
        if (folder.error() == std::errc::not_a_directory && home.status(path))
            listing->only_ = name;
        else if (missing && is_pattern(name) && listing->wish_.form != ListingForm::facts)
            listing->pattern_ = name;
        else
            return folder.error();
        listing->path_ = parent_of(path);
        folder = home.open(listing->path_, O_RDONLY | O_DIRECTORY);
        if (!folder)
            return folder.error();
    }
    listing->folder_.reset(::fdopendir(folder->get()));
    if (!listing->folder_)
        return last_error();
    [[maybe_unused]] const int owned = folder->release();
    return listing;
}

bool Listing::is_wanted(std::string_view name) const noexcept {
    if (name == "." || name == ".." || name.starts_with(reserved_prefix))
        return false;
    if (!pattern_.empty())
        return matches(pattern_, name);
    return wish_.hidden || !name.starts_with('.');
}

void Listing::append(std::string& to, const std::string& name) {
    const int folder = ::dirfd(folder_.get());
    if (wish_.form == ListingForm::names) {
        to += in_one_line(wish_.prefix + name) + "\r\n";
        return;
    }
    struct stat status;
    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return; // gone since
    Entry entry;
    fill(entry, status);
    if (entry.kind == Entry::Kind::link && wish_.form == ListingForm::list)
        entry.target = link_target(folder, name);
    if (entry.kind == Entry::Kind::link && wish_.form == ListingForm::facts) {
        Result<Entry> target = entry_of(home_, resolve(path_, name));
        if (!target)
            return; // it leads nowhere, or out of the home: nothing that a client could have
        entry = std::move(*target);
    }
    entry.name = wish_.prefix + name;
    if (wish_.form == ListingForm::list) {
        append_list_line(to, entry, ::time(nullptr));
    } else {
        append_facts(to, entry, wish_.facts, wish_.writable);
        to += "\r\n";
    }
}

Result<Supply> Listing::produce(std::string& to) {
    if (!only_.empty()) {
        append(to, only_);
        only_.clear();
        folder_.reset();
        return Supply::more;
    }
    while (folder_ && to.size() < chunk) {
        errno = 0;
        const dirent* const found = ::readdir(folder_.get()); // NOLINT(concurrency-mt-unsafe)
        if (found == nullptr && errno != 0)
            return last_error();
        if (found == nullptr)
            folder_.reset();
        else if (is_wanted(found->d_name))
            append(to, found->d_name);
    }
    return to.empty() ? Supply::exhausted : Supply::more;
}

} // namespace tern::ftp
