#pragma once
// Who may log in, and where each one's home is, as the configuration said at some time.

#include "common/base/unique_fd.h"
#include "servers/ftp/account.h"
#include "servers/ftp/user_settings.h"

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

class Users {
public:
    /// Opens the homes. Throws std::invalid_argument with a word on what was found and allowed.
    Users(const std::vector<UserSettings>& all, Ledger& ledger);

    /// Null if there is no such user. "anonymous" and "ftp" are the same one.
    const User* find(std::string_view name) const noexcept;
    const std::vector<User>& all() const noexcept { return users_; }

    /// What to check an unknown user's password against, so that it takes the same time.
    std::string_view decoy() const noexcept { return decoy_; }

private:
    std::vector<User> users_;
    std::string decoy_;
};

} // namespace tern::ftp
