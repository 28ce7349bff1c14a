#pragma once
// Passwords, as crypt(5) keeps them.

#include "common/base/unique_fd.h"

#include <atomic>
#include <string>
#include <string_view>
#include <thread>

namespace tern {

/// A new yescrypt hash. Throws std::system_error.
std::string hash_password(const std::string& password);

bool password_fits(const std::string& password, const std::string& hash);

/// Checks a password on a thread of its own, for hashing is slow by design and others share the
/// session's thread. Sessions only run where nobody forks any more.
class PasswordCheck {
public:
    PasswordCheck(std::string password, std::string hash);

    /// Readable once it is known.
    int descriptor() const noexcept { return done_.get(); }
    bool is_done() const noexcept { return result_ != Verdict::unknown; }
    bool fits() const noexcept { return result_ == Verdict::fits; }

private:
    enum class Verdict : unsigned char { unknown, fits, differs };

    UniqueFd done_;
    std::atomic<Verdict> result_ = Verdict::unknown;
    std::jthread worker_; ///< last: joined before the rest goes
};

} // namespace tern
