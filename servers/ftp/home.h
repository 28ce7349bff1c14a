#pragma once
// A user's home: file operations by virtual paths ("/a/b"), of which none leads out of it.

#include "common/base/result.h"
#include "common/base/unique_fd.h"
#include "servers/ftp/stored.h"

#include <sys/stat.h>
#include <sys/types.h>

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace tern::ftp {

/// The name of what is kept of an upload to `name` that was broken off.
std::string partial_name(std::string_view name);
bool is_partial_name(std::string_view name) noexcept;
/// Of uploads under way and partial files: clients neither see nor name them.
bool is_reserved_name(std::string_view name) noexcept;

/// A name in an open folder.
struct Place {
    UniqueFd folder;
    std::string name;
};

/// What may be changed of a file beside its bytes.
struct FileChange {
    std::optional<std::time_t> modified;
    std::optional<mode_t> permissions;
};

/// All paths are absolute and resolved (virtual_path.h). Errors: the system's.
class Home {
public:
    /// `folder` outlives the home.
    explicit Home(int folder) noexcept : folder_(folder) {}

    /// For reading: `flags` O_RDONLY or O_PATH, and more.
    Result<UniqueFd> open(std::string_view path, int flags) const;
    Result<struct stat> status(std::string_view path) const;
    /// The same where the place of `path` is known, which is cheaper.
    Result<struct stat> status(const Place& where, std::string_view path) const;
    /// Of a link itself, where it is one.
    Result<struct stat> own_status(std::string_view path) const;
    /// The partial file of an upload to `path`.
    Result<UniqueFd> open_partial(std::string_view path) const;
    static Result<struct stat> partial_status(const Place& where);
    /// Where an upload to `path` could go on: in the file itself, or in its partial file.
    Result<struct stat> resumable_status(std::string_view path) const;
    /// The folder that holds `path`, open, and its name in there.
    Result<Place> place(std::string_view path) const;

    Result<void> make_folder(std::string_view path) const;
    // These tell what is stored no more:
    /// What uploads have left in it goes with it.
    Result<Stored> remove_folder(std::string_view path) const;
    /// Or, where there is none, its partial file.
    Result<Stored> remove_file(std::string_view path) const;
    Result<Stored> rename(std::string_view from, std::string_view to) const;
    /// All of it or nothing. Returns how the file is then, for not every file system knows all
    /// times.
    Result<struct stat> change(std::string_view path, const FileChange& change) const;

    /// What new files and folders are not permitted, if not what the process says (SITE UMASK).
    std::optional<mode_t> umask() const noexcept { return umask_; }
    void set_umask(mode_t mask) noexcept { umask_ = mask; }

private:
    int folder_;
    std::optional<mode_t> umask_;
};

} // namespace tern::ftp
