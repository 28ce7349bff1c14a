#include "servers/http/authenticator.h"

#include "common/protocol/http/fields.h"

#include <crypt.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>
#include <utility>

namespace tern::http {
namespace {

/// Of "Basic …": more than libcrypt takes of a password (512 bytes), and a long name.
constexpr std::size_t longest_authorization = 2048;
/// Borrowed for a hashing of which it is unknown how long it takes.
constexpr Clock::duration usual_hashing = std::chrono::milliseconds(100);

int base64_value(char c) noexcept {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::size_t value = alphabet.find(c);
    return value == std::string_view::npos ? -1 : static_cast<int>(value);
}

/// RFC 4648 §4, padding required.
std::optional<std::string> decode_base64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0)
        return std::nullopt;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding)
        text.remove_suffix(1);
    std::string bytes;
    unsigned bits = 0;
    unsigned have = 0;
    for (const char c : text) {
        const int value = base64_value(c);
        if (value < 0)
            return std::nullopt;
        bits = (bits << 6 | static_cast<unsigned>(value)) & 0xffff;
        have += 6;
        if (have >= 8) {
            have -= 8;
            bytes += static_cast<char>(bits >> have & 0xff);
        }
    }
    return bytes;
}

/// Of this thread: on a busy machine a hash takes longer, but not more.
Clock::duration processor_time() noexcept {
    timespec time = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

bool equal_in_constant_time(std::string_view left, std::string_view right) noexcept {
    unsigned differing = left.size() == right.size() ? 0 : 1;
    for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i)
        differing |= static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(right[i]);
    return differing == 0;
}

/// libcrypt's memory, in which the password leaves its traces.
struct CryptData {
    crypt_data data = {};
    CryptData() = default;
    CryptData(const CryptData&) = delete;
    CryptData& operator=(const CryptData&) = delete;
    ~CryptData() { ::explicit_bzero(&data, sizeof data); }
};

} // namespace

Hashing hash_with_libcrypt(const std::string& password, const std::string& hash) {
    const Clock::duration begun = processor_time();
    const auto memory = std::make_unique<CryptData>(); // 32 KiB
    errno = 0;
    const char* const result = ::crypt_r(password.c_str(), hash.c_str(), &memory->data);
    Hashing hashing{Hashing::Outcome::different, {}};
    if (result == nullptr || *result == '*') // libcrypt's way to say no
        hashing.outcome = errno == ENOMEM ? Hashing::Outcome::failed : Hashing::Outcome::different;
    else if (equal_in_constant_time(result, hash))
        hashing.outcome = Hashing::Outcome::same;
    hashing.taken = processor_time() - begun;
    return hashing;
}

std::optional<Credentials> credentials_from(std::string_view authorization) {
    constexpr std::string_view scheme = "Basic ";
    if (authorization.size() > longest_authorization ||
        !equal_ignoring_case(authorization.substr(0, scheme.size()), scheme))
        return std::nullopt;
    const auto text = decode_base64(trim(authorization.substr(scheme.size())));
    // RFC 7617 §2: no control characters. At a NUL, libcrypt would stop.
    if (!text || std::any_of(text->begin(), text->end(), is_control))
        return std::nullopt;
    const std::size_t colon = text->find(':');
    if (colon == std::string::npos)
        return std::nullopt;
    return Credentials{text->substr(0, colon), text->substr(colon + 1)};
}

void Authenticator::SharedDigest::store(const Digest& digest) noexcept {
    for (std::size_t i = 0; i < words_.size(); ++i)
        words_[i].store(digest[i], std::memory_order_relaxed);
}

bool Authenticator::SharedDigest::is(const Digest& digest) const noexcept {
    return http::equal_in_constant_time(
        {words_[0].load(std::memory_order_relaxed), words_[1].load(std::memory_order_relaxed)},
        digest);
}

Authenticator::Authenticator(const AuthenticationSettings& settings, Hasher hasher)
    : hasher_(std::move(hasher)),
      challenge_(R"(Basic realm=")" + settings.realm + R"(", charset="UTF-8")"),
      memory_(sizeof(Shared) + settings.users.size() * sizeof(SharedUser)),
      shared_(new (memory_.address()) Shared()),
      shared_users_(reinterpret_cast<SharedUser*>(shared_ + 1)) {
    std::uninitialized_value_construct_n(shared_users_, settings.users.size());
    for (const auto& [name, hash] : settings.users)
        users_.push_back({digest_(name), hash});
}

std::optional<std::size_t> Authenticator::find(const Digest& name) const noexcept {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < users_.size(); ++i)
        if (equal_in_constant_time(users_[i].name, name))
            found = i;
    return found;
}

/// What is known about these credentials without hashing.
std::optional<Authenticator::Verdict>
Authenticator::recall(std::optional<std::size_t> user, const Digest& credentials) const noexcept {
    if (user && shared_users_[*user].granted.is(credentials))
        return Verdict::granted;
    bool is_refused = false;
    for (const SharedDigest& refused : shared_->refused)
        is_refused = refused.is(credentials) || is_refused;
    return is_refused ? std::optional(Verdict::refused) : std::nullopt;
}

/// Asked before the time is spent: many threads may want to at once, and each hashing takes memory
/// too. Who owes nothing may borrow any amount, or a very slow hash could never be checked.
bool Authenticator::borrow(Clock::duration time, Clock::time_point now) noexcept {
    const Clock::rep present = now.time_since_epoch().count();
    const Clock::rep price = (time * share_of_time).count();
    constexpr Clock::rep most = (largest_debt * share_of_time).count();
    Clock::rep paid_at = shared_->paid_at.load(std::memory_order_relaxed);
    for (;;) {
        const Clock::rep begin = std::max(paid_at, present);
        if (begin > present && begin - present + price > most)
            return false;
        if (shared_->paid_at.compare_exchange_weak(paid_at, begin + price))
            return true;
    }
}

Hashing::Outcome Authenticator::hash(const std::string& password, std::size_t user,
                                     Clock::duration borrowed) {
    const Hashing hashing = hasher_(password, users_[user].hash);
    shared_users_[user].taken = hashing.taken.count();
    shared_->paid_at += ((hashing.taken - borrowed) * share_of_time).count();
    return hashing.outcome;
}

Authenticator::Verdict Authenticator::check(std::string_view authorization, Clock::time_point now) {
    const std::optional<Credentials> given = credentials_from(authorization);
    if (!given)
        return Verdict::refused;
    const Digest name = digest_(given->name);
    const Digest credentials = digest_(given->name + ':' + given->password);
    const std::optional<std::size_t> user = find(name);
    if (const auto known = recall(user, credentials))
        return *known;
    // An unknown name takes as long as a wrong password: always the same user's, for one name.
    const std::size_t hashed = user.value_or(name[0] % users_.size());
    const Clock::duration taken(shared_users_[hashed].taken.load(std::memory_order_relaxed));
    const Clock::duration time = taken > Clock::duration::zero() ? taken : usual_hashing;
    if (!borrow(time, now))
        return Verdict::busy;
    const Hashing::Outcome outcome = hash(given->password, hashed, time);
    if (outcome == Hashing::Outcome::failed)
        return Verdict::busy;
    if (outcome == Hashing::Outcome::same && user) {
        shared_users_[*user].granted.store(credentials);
        return Verdict::granted;
    }
    shared_->refused[shared_->next_refused++ % most_refused].store(credentials);
    return Verdict::refused;
}

} // namespace tern::http
