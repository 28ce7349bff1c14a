#pragma once
// Basic authentication (RFC 7617) of users whose passwords are known as libcrypt hashes.
//
// Hashing is meant to be slow, so it is done seldom: who was let in once is recognised by a digest
// of name and password, and so are the latest failures; and all that remains may take a tenth of
// one processor, no more, however many passwords are tried.

#include "common/base/clock.h"
#include "servers/http/keyed_digest.h"

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern::http {

struct AuthenticationSettings {
    std::string realm;
    std::map<std::string, std::string> users; ///< names and hashes; at least one
};

/// Whether it is of a method that libcrypt knows, and not one of those before MD5.
bool is_password_hash(const std::string& hash) noexcept;

/// Name and password of "Basic …". Nothing if it is none.
struct Credentials {
    std::string name;
    std::string password;
};
std::optional<Credentials> credentials_from(std::string_view authorization);

/// Thread-safe.
class Authenticator {
public:
    explicit Authenticator(const AuthenticationSettings& settings);

    enum class Verdict : unsigned char {
        granted,
        refused,
        busy, ///< too many passwords were tried lately
    };
    /// `authorization` is the field's value, empty if there is none.
    Verdict check(std::string_view authorization);

    /// For WWW-Authenticate.
    const std::string& challenge() const noexcept { return challenge_; }
    /// How often a password was hashed.
    std::size_t hashings() const;

private:
    struct User {
        Digest name;
        std::string hash;
        std::optional<Digest> granted; ///< of the credentials that are known to be right
    };
    static constexpr std::size_t most_refused = 64;

    User* find(const Digest& name) noexcept;
    std::optional<Verdict> recall(const User* user, const Digest& credentials);
    bool may_hash(Clock::time_point now);

    const KeyedDigest digest_;
    std::string challenge_;
    mutable std::mutex mutex_;
    std::vector<User> users_;
    std::vector<Digest> refused_; ///< the latest
    std::size_t next_refused_ = 0;
    Clock::duration budget_; ///< that hashing may take before it has to wait
    Clock::time_point budget_time_;
    std::size_t hashings_ = 0;
};

} // namespace tern::http
