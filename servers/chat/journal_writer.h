#pragma once
// Moves what is said from the ring into the database, in batches, and says in the log when it
// cannot.

#include "common/base/clock.h"
#include "common/base/log.h"
#include "servers/chat/durable_journal.h"

#include <atomic>
#include <optional>

namespace tern::chat {

class JournalWriter {
public:
    /// All of it outlives the writer.
    JournalWriter(const JournalSettings& settings, JournalRing& ring, Log& log) noexcept
        : settings_(settings), ring_(ring), log_(log) {}

    /// Until `stops` is true and the ring's bell has been rung.
    void run(const std::atomic<bool>& stops);

    /// Everything that is in the ring, durably, and forgets what is too old in all rooms. Throws
    /// JournalError.
    void write_all();

private:
    /// False if it could not.
    bool try_to_write() noexcept;
    void write_batches();
    void keep_promises();
    void say_that_it_fails(const char* why);
    void say_that_it_works();
    int patience_ms() const noexcept;

    const JournalSettings& settings_;
    JournalRing& ring_;
    Log& log_;
    std::optional<JournalStore> store_; ///< closed while it fails
    bool is_durable_ = true;            ///< all that was written
    Clock::time_point durable_at_ = {}; ///< the last time that it was made so
    Clock::time_point forgotten_at_ = {};
    bool is_failing_ = false;
    Clock::time_point complained_at_ = {};
};

} // namespace tern::chat
