#include "servers/ftp/stale_partials.h"

#include "common/session/session.h"
#include "servers/ftp/home.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <system_error>

namespace tern::ftp {
namespace {

namespace fs = std::filesystem;
using std::chrono::system_clock;

/// Entries that are looked at before others get their turn.
constexpr int looks_per_turn = 64;
/// Each level is an open folder; nobody needs so many, and what is deeper stays.
constexpr int deepest = 64;
constexpr Clock::duration longest_pause = std::chrono::hours(1);
constexpr Clock::duration shortest_pause = std::chrono::milliseconds(50);

system_clock::time_point last_written(const struct stat& status) noexcept {
    const auto since = std::chrono::seconds(status.st_mtim.tv_sec) +
                       std::chrono::nanoseconds(status.st_mtim.tv_nsec);
    return system_clock::time_point(std::chrono::duration_cast<system_clock::duration>(since));
}

Task<void> pause(Session& session, Clock::time_point until_when) {
    Wait wait;
    wait.deadline = until_when;
    do {
        co_await until(wait);
    } while (session.now() < until_when && !session.finish_requested());
}

} // namespace

bool StalePartials::advance() {
    std::error_code error;
    for (int looks = 0; looks < looks_per_turn; ++looks) {
        if (entry_ != fs::recursive_directory_iterator()) {
            look(*entry_);
            if (entry_.depth() >= deepest)
                entry_.disable_recursion_pending();
            entry_.increment(error); // an error ends the search of this home
            continue;
        }
        if (begun_ == users_->all().size())
            return false;
        const std::string home = path_to_search(users_->all()[begun_++]);
        if (!home.empty())
            entry_ = {home, fs::directory_options::skip_permission_denied, error};
    }
    return true;
}

void StalePartials::look(const fs::directory_entry& entry) {
    struct stat status;
    if (!is_partial_name(entry.path().filename().string()) ||
        ::lstat(entry.path().c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
        last_written(status) >= before_ || ::unlink(entry.path().c_str()) != 0)
        return;
    const User& user = users_->all()[begun_ - 1];
    Account(user.page, user.limits).give_back(static_cast<std::uint64_t>(status.st_size), 1);
    ++removed_;
}

Task<void> remove_stale_partials(UserBook& book, Clock::duration age, Log& log) {
    Session& session = co_await this_session();
    while (!session.finish_requested()) {
        const auto before = system_clock::now() - std::chrono::ceil<system_clock::duration>(age);
        StalePartials search(book.current(session.now()), before);
        while (search.advance() && !session.finish_requested())
            co_await pause(session, Clock::time_point::min());
        if (search.removed() > 0)
            log.info("partial uploads that nobody has gone on with: {} removed", search.removed());
        const Clock::duration apart = std::clamp(age / 2, shortest_pause, longest_pause);
        const Clock::time_point next = session.now() + apart;
        co_await pause(session, next);
    }
}

} // namespace tern::ftp
