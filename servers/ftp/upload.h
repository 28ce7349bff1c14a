#pragma once
// A file that is being uploaded: nobody sees it before it is whole.
//
// The bytes go to a file without a name, in the folder where it belongs; where the file system has
// no such thing, to one with a hidden name. Only commit() gives it its name, in one step, and
// whatever had the name before stays untouched until then. An upload that is destroyed before
// leaves nothing, even if the process is killed (a hidden name excepted, which the next start
// removes). Where partial files are kept, one that would be a new file leaves a hidden partial file
// instead, from which REST and APPE can go on.

#include "servers/ftp/account.h"
#include "servers/ftp/home.h"
#include "servers/ftp/stored.h"
#include "servers/ftp/upload_disk.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tern::ftp {

struct UploadWish {
    std::string path;       ///< what it is to become
    std::uint64_t kept = 0; ///< bytes of the present, or the partial, file that it begins with
    bool keeps_partial = false;
    /// What comes ends before this byte, and what the present file has from there on stays (RANG).
    std::optional<std::uint64_t> end;
};

class Upload {
public:
    /// `disk` outlives it. Where it begins with kept bytes, copy_some() is to be called first.
    /// Errors: the system's.
    static Result<std::unique_ptr<Upload>> begin(UploadDisk& disk, const Home& home,
                                                 const UploadWish& wish, Account account);
    ~Upload();
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;

    /// Whether there is a file of its name.
    bool replaces() const noexcept { return replaces_; }
    bool has_to_copy() const noexcept { return to_copy_ > 0; }
    /// Whether the wish has an end, which what came does not reach.
    bool is_too_short() const noexcept { return wanted_ && received_ < *wanted_; }
    /// Once all has come: what is to stay behind it is to be copied before prepare().
    Result<void> begin_tail();
    /// At most a megabyte, so that others get their turn.
    Result<void> copy_some();

    /// Errors: the system's, such as ENOSPC; EDQUOT if it is more than the user may store, and
    /// EMSGSIZE if it goes beyond the end that was wished.
    Result<void> write(std::string_view bytes);
    std::uint64_t received() const noexcept { return received_; }

    /// Once all of it is there: does what takes time, so that little is left to commit().
    /// `sync`: returns only when the disk has it.
    Result<void> prepare(bool sync);
    /// Gives it its name.
    Result<void> commit();
    /// No partial file is kept of it.
    void discard() noexcept { keeps_partial_ = false; }

private:
    Upload(UploadDisk& disk, Place place, Account account) noexcept
        : disk_(disk), place_(std::move(place)), account_(account) {}

    Result<void> look_at_present(const Home& home, const UploadWish& wish);
    Result<void> open_present(const Home& home, const UploadWish& wish, std::uint64_t size);
    Result<void> publish(const std::string& name);
    Result<void> replace(const std::string& name);
    Result<void> give_temporary_name();
    void settle(const Stored& replaced) noexcept;
    void keep_partial() noexcept;

    UploadDisk& disk_;
    const Place place_;
    Account account_;
    files::TemporaryFile file_; ///< without a descriptor once it is published
    UniqueFd old_;              ///< what the kept bytes come from, and the tail
    mode_t mode_ = 0666;
    bool keeps_partial_ = false;
    bool syncs_ = false;
    bool replaces_ = false;    ///< a file of this name, or a link to one
    bool has_partial_ = false; ///< from an earlier upload
    std::uint64_t taken_ = 0;  ///< bytes, of the account
    std::uint64_t kept_ = 0;
    std::uint64_t to_copy_ = 0;
    std::optional<std::uint64_t> wanted_; ///< bytes that must come, if the wish has an end
    std::uint64_t tail_ = 0;              ///< bytes of the present file behind it
    std::uint64_t received_ = 0;
};

} // namespace tern::ftp
