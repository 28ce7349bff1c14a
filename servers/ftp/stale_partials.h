#pragma once
// What broken uploads have left and nobody has gone on with: partial files, removed when they are
// of a certain age, a few entries of a folder at a time, so that others get their turn
// (docs/decisions/0039).

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/session/task.h"
#include "servers/ftp/user_book.h"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>

namespace tern::ftp {

/// One search through the homes of all who may store.
class StalePartials {
public:
    /// Of files that were last written before `before`.
    StalePartials(std::shared_ptr<const Users> users,
                  std::chrono::system_clock::time_point before) noexcept
        : users_(std::move(users)), before_(before) {}

    /// Looks at some entries. False: there are no more.
    bool advance();
    std::size_t removed() const noexcept { return removed_; }

private:
    void look(const std::filesystem::directory_entry& entry);

    const std::shared_ptr<const Users> users_;
    const std::chrono::system_clock::time_point before_;
    std::size_t begun_ = 0; ///< homes; the last one of these is being searched
    std::filesystem::recursive_directory_iterator entry_;
    std::size_t removed_ = 0;
};

/// A resident: searches now and again, for files that nobody has written for the time `age`.
Task<void> remove_stale_partials(UserBook& book, Clock::duration age, Log& log);

} // namespace tern::ftp
