#include "servers/ftp/user_book.h"

#include "common/files/temporary_file.h"
#include "generated/ftp_schema.h"

#include <exception>

namespace tern::ftp {

bool UserBook::Version::operator==(const Version& other) const noexcept {
    return inode == other.inode && size == other.size && changed.tv_sec == other.changed.tv_sec &&
           changed.tv_nsec == other.changed.tv_nsec;
}

UserBook::Version UserBook::version_of(const std::filesystem::path& file) noexcept {
    struct stat status;
    if (file.empty() || ::stat(file.c_str(), &status) != 0)
        return {};
    return {status.st_ino, status.st_size, status.st_mtim};
}

UserBook::UserBook(const Configuration& configuration, Log& log)
    : configuration_(configuration), schema_(generated::ftp_schema),
      users_schema_(users_file_schema(generated::ftp_schema)),
      users_file_(users_file_of(configuration)), log_(log), memory_(sizeof(News)),
      news_(*static_cast<News*>(memory_.address())), seen_(version_of(configuration.file())),
      users_seen_(version_of(users_file_)), users_(read(configuration)) {
    // It may have changed since it was read.
    if (seen_.inode != 0)
        read_again();
}

std::shared_ptr<const Users> UserBook::read(const Configuration& configuration) {
    std::optional<Configuration> file;
    if (!users_file_.empty())
        file = Configuration::load(users_file_, users_schema_);
    const std::vector<UserSettings> all = users_from(configuration, file);
    try {
        return std::make_shared<const Users>(all, ledger_);
    } catch (const BadUser& error) {
        const UserSettings& user = all[error.index()];
        const Configuration& source = user.in_users_file ? *file : configuration;
        throw source.error(user.pointer + error.setting(), error.what());
    }
}

bool UserBook::has_changed(Clock::time_point now) noexcept {
    const Version file_now = version_of(configuration_.file());
    const Version users_now = version_of(users_file_);
    note_absence(!users_file_.empty() && users_now.inode == 0, now);
    // A file that is being replaced may be missing for a moment; that changes nothing.
    const bool changed = (!(file_now == seen_) && file_now.inode != 0) ||
                         (!(users_now == users_seen_) && users_now.inode != 0);
    if (changed) {
        seen_ = file_now;
        users_seen_ = users_now;
    }
    return changed;
}

/// The log is told if the users file is still missing a while later, by whichever process looks
/// then.
void UserBook::note_absence(bool is_missing, Clock::time_point now) noexcept {
    if (!is_missing) {
        std::uint64_t told = gone;
        if (news_.missing_since.exchange(0) != 0)
            news_.told.compare_exchange_strong(told, 0);
        return;
    }
    Clock::rep since = 0;
    const Clock::rep present_time = now.time_since_epoch().count();
    if (!news_.missing_since.compare_exchange_strong(since, present_time) &&
        present_time - since >= looks_apart.count() && is_news(gone))
        log_.error("users not read again: {} is missing; they stay as they were", users_file_);
}

std::uint64_t UserBook::version() const noexcept {
    return static_cast<std::uint64_t>(seen_.changed.tv_nsec + seen_.changed.tv_sec +
                                      users_seen_.changed.tv_nsec + users_seen_.changed.tv_sec);
}

/// Whether no other process has told the log of this version.
bool UserBook::is_news(std::uint64_t version) noexcept {
    return news_.told.exchange(version) != version;
}

void UserBook::read_again() noexcept try {
    users_ = read(configuration_.read_again(schema_));
    if (is_news(version()))
        log_.info("users: {}", users_->all().size());
} catch (const std::exception& error) {
    if (is_news(version()))
        log_.error("users not read again: {}", error.what());
}

std::shared_ptr<const Users> UserBook::current(Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (now < next_look_)
        return users_;
    next_look_ = now + looks_apart;
    if (has_changed(now))
        read_again();
    return users_;
}

void UserBook::remove_leftovers() {
    for (const User& user : users_->all())
        if (const std::string home = path_to_search(user); !home.empty())
            files::remove_leftovers(home);
}

} // namespace tern::ftp
