#pragma once
// The journal's database: one SQLite file, and the one place that knows SQLite.

#include "servers/chat/journal_record.h"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <unordered_set>

namespace tern::chat {

class JournalError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What is kept of each room.
struct Retention {
    std::size_t messages = 1000;
    std::size_t rooms = 10'000; ///< of what was set, that of so many rooms
    std::chrono::microseconds age = std::chrono::hours(24 * 30);
};

/// All of it throws JournalError, and one thread uses it, in the process that made it.
class JournalStore {
public:
    /// Nobody else has the file open as long as this lives: waits for that for some seconds.
    explicit JournalStore(const std::filesystem::path& file);
    ~JournalStore();
    JournalStore(const JournalStore&) = delete;
    JournalStore& operator=(const JournalStore&) = delete;

    /// All of them or none. Messages that are there already are passed over.
    void add(std::span<const JournalRecord> records);
    /// When it returns, all that was added survives a power cut.
    void make_durable();
    /// Forgets what is beyond the retention, in the rooms that something was added to, or in all.
    void forget(const Retention& retention, WallClock::time_point now, bool everywhere);
    /// Everything that was said, and then that was set; the oldest first.
    void read(const std::function<void(JournalRecord)>& take) const;

private:
    struct Database;
    std::unique_ptr<Database> database_;
    std::unordered_set<std::string> touched_; ///< rooms, since the last forget()
};

} // namespace tern::chat
