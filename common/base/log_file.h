#pragma once
// A file to which lines are appended, whoever rotates it: opened again after SIGUSR1, in every
// process that has it open.
//
// The signal only counts up a number in shared memory; each writer compares it before it writes.
// So no process has to be told, and a writer pays one relaxed load.

#include "common/base/shared_memory.h"
#include "common/base/unique_fd.h"

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace tern {

/// The request to open log files again. Made before the first fork.
class ReopenSignal {
public:
    ReopenSignal();

    /// Async-signal-safe.
    void request() noexcept { count_->fetch_add(1, std::memory_order_relaxed); }
    std::uint64_t count() const noexcept { return count_->load(std::memory_order_relaxed); }

private:
    SharedMemory memory_;
    std::atomic<std::uint64_t>* count_;
};

/// Not thread-safe; its user has a lock or a thread of its own.
class LogFile {
public:
    /// Opens or creates `path` for appending; an empty one means `otherwise`. Throws
    /// std::system_error whose text names the path. `reopen` outlives the file.
    explicit LogFile(std::string path, const ReopenSignal* reopen = nullptr,
                     int otherwise = STDERR_FILENO);

    /// Appends `lines` by one write(2) if the system takes them so. Never throws; what cannot be
    /// written is lost, and false.
    bool append(std::string_view lines) noexcept;

private:
    void open_again_if_asked() noexcept;

    std::string path_;
    const ReopenSignal* reopen_;
    std::uint64_t opened_at_ = 0;
    int otherwise_;
    UniqueFd file_; ///< empty if there is no path
};

} // namespace tern
