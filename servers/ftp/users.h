#pragma once
// Who may log in, and where each one's home is, as the configuration said at some time.

#include "common/base/unique_fd.h"
#include "servers/ftp/account.h"
#include "servers/ftp/user_settings.h"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tern::ftp {

struct User {
    std::string name;
    std::string password; ///< as crypt(5) writes it; empty for anonymous
    UniqueFd home;
    Rights rights;
    AccountLimits limits;
    AccountPage* page = nullptr; ///< where the limits are watched; null without limits
    bool writable = false;
    bool anonymous = false;
};

/// Below which path to look for what the user's broken uploads have left; empty: for nothing. The
/// home "/" is left alone, for it would be the whole machine. Valid while `user` is.
std::string path_to_search(const User& user);

/// What is wrong with one of the settings; what() is what was found, and what is allowed.
class BadUser : public std::runtime_error {
public:
    BadUser(std::size_t index, const char* setting, const std::string& complaint)
        : runtime_error(complaint), index_(index), setting_(setting) {}
    std::size_t index() const noexcept { return index_; }
    const char* setting() const noexcept { return setting_; } ///< below the user's pointer

private:
    std::size_t index_;
    const char* setting_;
};

class Users {
public:
    /// Opens the homes. Throws BadUser.
    Users(const std::vector<UserSettings>& all, Ledger& ledger);

    /// Null if there is no such user.
    const User* find(std::string_view name) const noexcept;
    const std::vector<User>& all() const noexcept { return users_; }

    /// What to check an unknown user's password against, so that it takes the same time.
    std::string_view decoy() const noexcept { return decoy_; }

private:
    std::vector<User> users_;
    std::string decoy_;
};

} // namespace tern::ftp
