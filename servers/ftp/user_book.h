#pragma once
// The users as they are now: read again when a file that names them has changed, which is looked at
// a few times a second at most. Sessions keep the user that they have logged in with.

#include "common/base/clock.h"
#include "common/base/configuration.h"
#include "common/base/log.h"
#include "common/base/shared_memory.h"
#include "servers/ftp/account.h"
#include "servers/ftp/users.h"

#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace tern::ftp {

/// Thread-safe; each forked process reads for itself.
class UserBook {
public:
    /// Throws ConfigurationError.
    UserBook(const Configuration& configuration, Log& log);

    /// How long a change may go unnoticed.
    static constexpr Clock::duration looks_apart = std::chrono::milliseconds(250);
    /// Shared, for sessions outlive the book's interest in their users.
    std::shared_ptr<const Users> current(Clock::time_point now);

    /// Removes what a server that crashed has left of uploads. Not below "/", for that would be
    /// the whole machine; nobody sees them anyway.
    void remove_leftovers();

private:
    /// By which a change of a file is noticed.
    struct Version {
        ino_t inode = 0;
        off_t size = 0;
        timespec changed = {};
        bool operator==(const Version& other) const noexcept;
    };
    static Version version_of(const std::filesystem::path& file) noexcept;
    bool has_changed(Clock::time_point now) noexcept;
    void read_again() noexcept;
    std::shared_ptr<const Users> read(const Configuration& configuration);
    void note_absence(bool is_missing, Clock::time_point now) noexcept;
    std::uint64_t version() const noexcept;
    bool is_news(std::uint64_t version) noexcept;

    /// In place of a version: the users file is missing.
    static constexpr std::uint64_t gone = 1;

    const Configuration& configuration_; ///< as it was at the start
    const std::string schema_;
    const std::string users_schema_;
    const std::string users_file_; ///< empty: none
    Log& log_;
    Ledger ledger_;
    /// What all processes share.
    struct News {
        std::atomic<std::uint64_t> told;       ///< the version that the log was told of last
        std::atomic<Clock::rep> missing_since; ///< the users file; 0: it is there
    };
    SharedMemory memory_;
    News& news_;
    std::mutex mutex_;
    Version seen_, users_seen_;
    Clock::time_point next_look_ = Clock::time_point::min();
    std::shared_ptr<const Users> users_;
};

} // namespace tern::ftp
