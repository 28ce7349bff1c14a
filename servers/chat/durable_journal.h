#pragma once
// The journal that outlives the server: the hub puts what is said into a ring, one writer moves it
// from there into a database (docs/decisions/0023).
//
// The writer is a thread, or a child process where the server forks. It is never waited for.

#include "common/base/log.h"
#include "common/session/task.h"
#include "common/strategy/inheritance.h"
#include "servers/chat/journal.h"
#include "servers/chat/journal_ring.h"
#include "servers/chat/journal_store.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace tern::chat {

struct JournalSettings {
    std::filesystem::path file; ///< the database; the ring is beside it, ".ring". Empty: no journal
    std::chrono::milliseconds fsync_interval{1000};
    Retention retention;
    bool forks = false; ///< whether the server runs sessions in processes
};

class DurableJournal final : public Journal {
public:
    /// Opens both files, and brings what an earlier life has left in the ring to the database.
    /// Throws JournalError or std::system_error. `log` outlives it.
    DurableJournal(JournalSettings settings, Log& log);
    /// Writes what is still in the ring, if the disk lets it.
    ~DurableJournal() override;
    DurableJournal(const DurableJournal&) = delete;
    DurableJournal& operator=(const DurableJournal&) = delete;

    void record(std::string_view room, const Said& said) noexcept override { put(room, said); }
    void record(std::string_view room, const RoomState& state) noexcept override {
        put(room, state);
    }

    /// Before the server serves: everything; what was said oldest first, then what was set.
    void read(const std::function<void(JournalRecord)>& take) const;

    /// Has the writer write until the server stops. A resident of the service: nobody forks in the
    /// process that has threads, and who forks is where the hub is.
    Task<void> write();

private:
    template <class Content>
    void put(std::string_view room, const Content& content) noexcept;
    Task<void> write_by_thread();
    Task<void> write_by_child();

    const JournalSettings settings_;
    Log& log_;
    JournalRing ring_;
    const strategy::Inheritance inheritance_; ///< after the ring, whose bell the child needs
    std::string record_;                      ///< scratch
};

} // namespace tern::chat
