#pragma once
// The way from the hub to the journal's writer: a ring of records in a file that both have mapped.
//
// Putting a record in is a copy in memory, no system call; yet the kernel keeps the file's pages
// whatever becomes of the process. So what is in the ring outlives a kill -9, and the next start
// finds it (docs/decisions/0023).

#include "common/base/unique_fd.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tern::chat {

/// One thread or process puts in, another one takes out.
class JournalRing {
public:
    static constexpr std::size_t capacity = std::size_t{4} << 20; ///< bytes

    /// Opens or makes the file, mode 0600, with its room on the disk taken. Throws
    /// std::system_error whose text names the file.
    explicit JournalRing(const std::filesystem::path& file);
    ~JournalRing();
    JournalRing(const JournalRing&) = delete;
    JournalRing& operator=(const JournalRing&) = delete;

    /// False if the ring is full: the record is not in it, and is counted as lost. Wakes who waits.
    bool put(std::string_view record) noexcept;
    /// Counts a record that did not even come so far.
    void lose() const noexcept;

    struct Batch {
        std::vector<std::string> records;
        std::uint64_t end = 0; ///< for take_out
    };
    /// The oldest records, without taking them out; what a power cut has torn is left out.
    Batch look(std::size_t most) const;
    /// These are where they belong.
    void take_out(const Batch& batch) noexcept;
    bool is_empty() const noexcept;
    /// How many were lost since the last call.
    std::uint64_t take_lost() noexcept;

    /// Until something is in the ring or somebody rings, but no longer than `timeout_ms` (-1: for
    /// ever).
    void wait(int timeout_ms) noexcept;
    /// The same, whatever is in the ring.
    void wait_for_bell(int timeout_ms) noexcept;
    /// Any thread.
    void ring_bell() const noexcept;
    int bell() const noexcept { return bell_.get(); }

private:
    struct Header;
    Header& header() const noexcept;
    void copy_in(std::uint64_t position, const void* from, std::size_t size) noexcept;
    void copy_out(std::uint64_t position, void* to, std::size_t size) const noexcept;

    UniqueFd bell_; ///< an eventfd; shared with a forked writer
    void* memory_ = nullptr;
};

} // namespace tern::chat
