#include "servers/ftp/listing.h"

#include "common/protocol/ftp/glob.h"
#include "common/protocol/ftp/reply.h"
#include "common/protocol/ftp/virtual_path.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <utility>

namespace tern::ftp {
namespace {

constexpr std::size_t chunk = 16384;
/// Names that are read without a turn for others, and folders that are open at once.
constexpr unsigned looks_per_chunk = 512;
constexpr std::size_t most_levels = 8;
/// A pattern costs its size times the name's.
constexpr std::size_t longest_step = NAME_MAX;

Entry::Kind kind_of(mode_t mode) noexcept {
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return Entry::Kind::folder;
    case S_IFLNK:
        return Entry::Kind::link;
    case S_IFIFO:
        return Entry::Kind::fifo;
    case S_IFSOCK:
        return Entry::Kind::socket;
    case S_IFCHR:
        return Entry::Kind::characters;
    case S_IFBLK:
        return Entry::Kind::blocks;
    default:
        return Entry::Kind::file;
    }
}

void fill(Entry& entry, const struct stat& status) {
    entry.kind = kind_of(status.st_mode);
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

Result<Entry> entry_of(const Home& home, std::string_view path, Rights rights) {
    const Result<struct stat> status = home.status(path);
    if (!status)
        return status.error();
    Entry entry;
    entry.name = path;
    fill(entry, *status);
    if (path == "/") {
        const Result<UniqueFd> itself = home.open(path, O_PATH);
        entry.perm = itself ? Permits::of_home(rights, itself->get()) : "";
        return entry;
    }
    const Result<Place> where = home.place(path);
    const Result<struct stat> own = home.own_status(path);
    if (where && own)
        entry.perm =
            Permits(rights, where->folder.get()).of(entry.kind, where->name, S_ISLNK(own->st_mode));
    return entry;
}

Result<void> Listing::enter(std::string path, std::string shown) {
    Result<UniqueFd> opened = home_.open(path, O_RDONLY | O_DIRECTORY);
    if (!opened)
        return opened.error();
    files::Folder folder = files::read_folder(std::move(*opened));
    if (!folder)
        return last_error();
    levels_.push_back({std::move(folder), std::move(path), std::move(shown)});
    return {};
}

Result<std::unique_ptr<Listing>> Listing::open(const Home& home, std::string_view path,
                                               ListingWish wish) {
    const bool takes_patterns = wish.form != ListingForm::facts;
    std::unique_ptr<Listing> listing(new Listing(home, std::move(wish)));
    Result<void> begun = listing->enter(std::string(path), "");
    if (begun)
        return listing;
    const bool missing = begun.error() == std::errc::no_such_file_or_directory;
    if (begun.error() == std::errc::not_a_directory && home.status(path)) {
        listing->only_ = name_of(path);
        begun = listing->enter(std::string(parent_of(path)), "");
    } else if (missing && takes_patterns && is_pattern(path)) {
        begun = listing->begin_pattern(path);
    }
    if (!begun)
        return begun.error();
    return listing;
}

/// Enters the folder before the first pattern.
Result<void> Listing::begin_pattern(std::string_view path) {
    std::string folder = "/";
    for (std::string_view rest = below_home(path); !rest.empty();) {
        const std::string_view step = rest.substr(0, rest.find('/'));
        if (steps_.empty() && !is_pattern(step))
            folder = resolve(folder, step);
        else
            steps_.emplace_back(step);
        rest.remove_prefix(std::min(step.size() + 1, rest.size()));
    }
    const bool too_long = std::any_of(steps_.begin(), steps_.end(), [](const std::string& step) {
        return step.size() > longest_step;
    });
    if (steps_.size() > most_levels || too_long)
        return std::make_error_code(std::errc::argument_list_too_long);
    return enter(std::move(folder), "");
}

bool Listing::is_wanted(std::string_view name) const noexcept {
    if (name == "." || name == ".." || is_reserved_name(name))
        return false;
    if (!steps_.empty())
        return matches(steps_[levels_.size() - 1], name);
    return wish_.hidden || !name.starts_with('.');
}

/// An entry that matches: the last step's is shown, and the others' are entered.
Result<void> Listing::look_at(std::string& to, const std::string& name) {
    if (levels_.size() >= steps_.size()) {
        append(to, name);
        return {};
    }
    const Level& level = levels_.back();
    std::string path = resolve(level.path, name);
    std::string shown = level.shown + name + '/';
    const Result<void> entered = enter(std::move(path), std::move(shown));
    // What is no folder, or is closed to us, has nothing that matches; else we cannot tell.
    if (!entered && (entered.error() == std::errc::too_many_files_open ||
                     entered.error() == std::errc::too_many_files_open_in_system ||
                     entered.error() == std::errc::not_enough_memory))
        return entered;
    return {};
}

void Listing::append(std::string& to, const std::string& name) {
    const Level& level = levels_.back();
    const int folder = ::dirfd(level.folder.get());
    const std::string shown = wish_.prefix + level.shown + name;
    if (wish_.form == ListingForm::names) {
        to += in_one_line(shown) + "\r\n";
        return;
    }
    struct stat status;
    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return; // gone since
    Entry entry;
    fill(entry, status);
    entry.name = shown;
    if (wish_.form == ListingForm::facts)
        return append_facts_of(to, std::move(entry), name);
    if (entry.kind == Entry::Kind::link)
        entry.target = link_target(folder, name);
    append_list_line(to, entry, ::time(nullptr));
}

void Listing::append_facts_of(std::string& to, Entry entry, const std::string& name) {
    Level& level = levels_.back();
    const bool is_link = entry.kind == Entry::Kind::link;
    if (is_link) {
        const Result<struct stat> target = home_.status(resolve(level.path, name));
        if (!target)
            return; // it leads nowhere, or out of the home: nothing that a client could have
        fill(entry, *target);
    }
    if (wish_.facts.perm) {
        if (!level.permits)
            level.permits.emplace(wish_.rights, ::dirfd(level.folder.get()));
        entry.perm = level.permits->of(entry.kind, name, is_link);
    }
    append_facts(to, entry, wish_.facts);
    to += "\r\n";
}

Result<Supply> Listing::produce(std::string& to) {
    if (!only_.empty()) {
        append(to, only_);
        only_.clear();
        levels_.clear();
        return Supply::more;
    }
    for (unsigned looks = 0; !levels_.empty() && to.size() < chunk; ++looks) {
        if (looks == looks_per_chunk)
            return Supply::more; // though nothing may match: others want their turn
        errno = 0;
        // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody else reads this folder's stream
        const dirent* const found = ::readdir(levels_.back().folder.get());
        if (found == nullptr && errno != 0)
            return last_error();
        if (found == nullptr) {
            levels_.pop_back();
        } else if (is_wanted(found->d_name)) {
            const Result<void> looked = look_at(to, found->d_name);
            if (!looked)
                return looked.error();
        }
    }
    return to.empty() ? Supply::exhausted : Supply::more;
}

std::string without_options(std::string argument, bool& hidden) {
    while (argument.starts_with('-')) {
        const std::size_t blank = argument.find(' ');
        hidden = hidden || argument.substr(0, blank).find('a') != std::string::npos;
        argument.erase(0, blank == std::string::npos ? argument.size() : blank + 1);
    }
    return argument;
}

} // namespace tern::ftp
