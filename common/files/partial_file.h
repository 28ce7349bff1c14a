#pragma once
// A download on its way: NAME.part until it is whole, then NAME. What an interruption leaves can be
// gone on with; who writes holds a lock, so two downloads never mix.

#include "common/base/result.h"
#include "common/base/unique_fd.h"

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <string>
#include <string_view>

namespace tern::files {

class PartialFile {
public:
    /// Opens what is there, or a new file. Errors: of open(2); EWOULDBLOCK: somebody else writes
    /// it.
    static Result<PartialFile> open(const std::filesystem::path& final_path);

    std::uint64_t size() const noexcept { return size_; }
    const std::filesystem::path& path() const noexcept { return part_; }
    /// Of the remote file, as far as the interrupted download knew.
    std::time_t modified() const noexcept { return modified_; }

    /// Forgets what is there.
    std::error_code restart();
    std::error_code append(std::string_view bytes);
    /// Notes the time of the remote file, which says later whether it is still the same one.
    void set_modified(std::time_t time) noexcept;
    /// From now on it has its final name, in place of a file that may have had it.
    std::error_code commit();
    /// Removes it.
    void discard() noexcept;

private:
    PartialFile() = default;

    std::filesystem::path final_, part_;
    UniqueFd descriptor_;
    std::uint64_t size_ = 0;
    std::time_t modified_ = 0;
};

} // namespace tern::files
