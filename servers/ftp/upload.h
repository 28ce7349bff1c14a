#pragma once
// A file that is being uploaded: nobody sees it before it is whole.
//
// The bytes go to a file without a name, in the folder where it belongs; where the file system has
// no such thing, to one with a hidden name. Only commit() gives it its name, in one step, and
// whatever had the name before stays untouched until then. An upload that is destroyed before
// leaves nothing, even if the process is killed (a hidden name excepted).

#include "servers/ftp/home.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tern::ftp {

class Upload {
public:
    /// To become `path`. The first `kept` bytes of the present file (REST, APPE) are copied by
    /// copy_some(), which is to be called first. Errors: the system's.
    static Result<std::unique_ptr<Upload>> begin(const Home& home, std::string_view path,
                                                 std::uint64_t kept);
    ~Upload();
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;

    bool has_to_copy() const noexcept { return to_copy_ > 0; }
    /// At most a megabyte, so that others get their turn.
    Result<void> copy_some();

    Result<void> write(std::string_view bytes);
    std::uint64_t received() const noexcept { return received_; }

    /// `sync`: and only when the disk has it.
    Result<void> commit(bool sync);

private:
    Upload(Place place, UniqueFd file, std::string hidden_name) noexcept
        : place_(std::move(place)), file_(std::move(file)), hidden_name_(std::move(hidden_name)) {}

    Result<void> give_hidden_name();

    Place place_;
    UniqueFd file_;
    std::string hidden_name_; ///< empty: the file has no name
    UniqueFd old_;
    std::uint64_t to_copy_ = 0;
    std::uint64_t received_ = 0;
};

/// Letters and digits that nobody can guess.
std::string random_name();

} // namespace tern::ftp
