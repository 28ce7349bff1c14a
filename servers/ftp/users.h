#pragma once
// Who may log in, and where each one's home is.

#include "common/base/configuration.h"
#include "common/base/unique_fd.h"
#include "servers/ftp/settings.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tern::ftp {

struct User {
    std::string name;
    std::string password; ///< as crypt(5) writes it; empty for anonymous
    UniqueFd home;
    bool writable = false;
    bool anonymous = false;
};

class Users {
public:
    /// Opens the homes. Throws ConfigurationError.
    Users(const FtpSettings& settings, const Configuration& configuration);

    /// Null if there is no such user. "anonymous" and "ftp" are the same one.
    const User* find(std::string_view name) const noexcept;

    /// What to check an unknown user's password against, so that it takes the same time; empty if
    /// nobody has a password.
    std::string_view decoy() const noexcept;

private:
    std::vector<User> users_;
};

} // namespace tern::ftp
