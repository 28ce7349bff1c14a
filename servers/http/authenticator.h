#pragma once
// Basic authentication (RFC 7617) of users whose passwords are known as libcrypt hashes.
//
// Hashing is meant to be slow, so it is done seldom: who was let in once is recognised by a digest
// of name and password, and so are the latest failures; and all that remains may take a tenth of
// one processor, no more, however many passwords are tried, on however many connections. What is
// known and what was spent is in shared memory, so that it is the same in forked processes
// (docs/decisions/0016).

#include "common/base/clock.h"
#include "common/base/shared_memory.h"
#include "servers/http/keyed_digest.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern::http {

struct AuthenticationSettings {
    std::string realm;
    std::map<std::string, std::string> users; ///< names and hashes; at least one
};

/// Name and password of "Basic …". Nothing if it is none.
struct Credentials {
    std::string name;
    std::string password;
};
std::optional<Credentials> credentials_from(std::string_view authorization);

/// What came of hashing a password.
struct Hashing {
    enum class Outcome : unsigned char { same, different, failed };
    Outcome outcome = Outcome::failed; ///< failed: no memory
    Clock::duration taken{};           ///< of a processor's time
};
/// Compares a password with a hash. Thread-safe.
using Hasher = std::function<Hashing(const std::string& password, const std::string& hash)>;
Hashing hash_with_libcrypt(const std::string& password, const std::string& hash);

/// Thread-safe, and the same in all processes that are forked later.
class Authenticator {
public:
    /// Throws std::system_error.
    explicit Authenticator(const AuthenticationSettings& settings,
                           Hasher hasher = hash_with_libcrypt);

    enum class Verdict : unsigned char {
        granted,
        refused,
        busy, ///< too many passwords were tried lately
    };
    /// `authorization` is the field's value, empty if there is none. Takes a hashing's time if
    /// these credentials are new.
    Verdict check(std::string_view authorization, Clock::time_point now);

    /// For WWW-Authenticate.
    const std::string& challenge() const noexcept { return challenge_; }

    /// Hashing may take this much at once; what it took is paid back at a tenth of the speed.
    static constexpr Clock::duration largest_debt = std::chrono::milliseconds(500);
    static constexpr int share_of_time = 10; ///< one part in so many

private:
    /// Two words that are not read at once: a mixture of two digests is like neither.
    class SharedDigest {
    public:
        void store(const Digest& digest) noexcept;
        bool is(const Digest& digest) const noexcept;

    private:
        std::array<std::atomic<std::uint64_t>, 2> words_;
    };
    static constexpr std::size_t most_refused = 64;
    /// In shared memory, all zero at first. No lock that a killed process could leave behind.
    struct Shared {
        std::atomic<Clock::rep> paid_at; ///< when all of the time that was taken is paid back
        std::atomic<std::uint32_t> next_refused;
        std::array<SharedDigest, most_refused> refused; ///< the latest
    };
    struct SharedUser {
        SharedDigest granted;          ///< the credentials that are known to be right
        std::atomic<Clock::rep> taken; ///< by the last hashing; 0: unknown
    };
    static_assert(std::atomic<Clock::rep>::is_always_lock_free, "shared between processes");
    struct User {
        Digest name;
        std::string hash;
    };

    std::optional<std::size_t> find(const Digest& name) const noexcept;
    std::optional<Verdict> recall(std::optional<std::size_t> user,
                                  const Digest& credentials) const noexcept;
    bool borrow(Clock::duration time, Clock::time_point now) noexcept;
    Hashing::Outcome hash(const std::string& password, std::size_t user, Clock::duration borrowed);

    const Hasher hasher_;
    const KeyedDigest digest_;
    const std::string challenge_;
    std::vector<User> users_;
    SharedMemory memory_;
    Shared* shared_;
    SharedUser* shared_users_; ///< one for each of users_
};

} // namespace tern::http
