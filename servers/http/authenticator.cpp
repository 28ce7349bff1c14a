#include "servers/http/authenticator.h"

#include "common/protocol/http/fields.h"

#include <crypt.h>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <memory>
#include <utility>

namespace tern::http {
namespace {

constexpr Clock::duration largest_budget = std::chrono::seconds(1);
constexpr int share_of_time = 10; ///< one part in so many

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

/// Slow. The time that the comparison takes tells only about the hash, which the client has not.
bool has_hash(const std::string& password, const std::string& hash) {
    const auto data = std::make_unique<crypt_data>(); // 32 KiB
    const char* const result = ::crypt_r(password.c_str(), hash.c_str(), data.get());
    if (result == nullptr || *result == '*') // libcrypt's way to say no
        return false;
    const std::string_view got = result;
    unsigned differing = got.size() == hash.size() ? 0 : 1;
    for (std::size_t i = 0; i < std::min(got.size(), hash.size()); ++i)
        differing |= static_cast<unsigned char>(got[i]) ^ static_cast<unsigned char>(hash[i]);
    return differing == 0;
}

} // namespace

bool is_password_hash(const std::string& hash) noexcept {
    // The methods without a "$" are too weak, and to them nearly any text is a hash.
    if (!hash.starts_with('$'))
        return false;
    const int quality = ::crypt_checksalt(hash.c_str());
    return quality != CRYPT_SALT_INVALID && quality != CRYPT_SALT_METHOD_DISABLED;
}

std::optional<Credentials> credentials_from(std::string_view authorization) {
    constexpr std::string_view scheme = "Basic ";
    if (!equal_ignoring_case(authorization.substr(0, scheme.size()), scheme))
        return std::nullopt;
    const auto text = decode_base64(trim(authorization.substr(scheme.size())));
    if (!text || text->find('\0') != std::string::npos) // where libcrypt would stop
        return std::nullopt;
    const std::size_t colon = text->find(':');
    if (colon == std::string::npos)
        return std::nullopt;
    return Credentials{text->substr(0, colon), text->substr(colon + 1)};
}

Authenticator::Authenticator(const AuthenticationSettings& settings)
    : challenge_("Basic realm=\"" + settings.realm + "\", charset=\"UTF-8\""),
      budget_(largest_budget), budget_time_(Clock::now()) {
    for (const auto& [name, hash] : settings.users)
        users_.push_back({digest_(name), hash, std::nullopt});
}

std::size_t Authenticator::hashings() const {
    const std::lock_guard lock(mutex_);
    return hashings_;
}

Authenticator::User* Authenticator::find(const Digest& name) noexcept {
    User* found = nullptr;
    for (User& user : users_)
        if (equal_in_constant_time(user.name, name))
            found = &user;
    return found;
}

/// What is known about these credentials without hashing.
std::optional<Authenticator::Verdict> Authenticator::recall(const User* user,
                                                            const Digest& credentials) {
    if (user != nullptr && user->granted && equal_in_constant_time(*user->granted, credentials))
        return Verdict::granted;
    bool is_refused = false;
    for (const Digest& refused : refused_)
        is_refused = equal_in_constant_time(refused, credentials) || is_refused;
    return is_refused ? std::optional(Verdict::refused) : std::nullopt;
}

bool Authenticator::may_hash(Clock::time_point now) {
    budget_ =
        std::min<Clock::duration>(largest_budget, budget_ + (now - budget_time_) / share_of_time);
    budget_time_ = now;
    if (budget_ <= Clock::duration::zero())
        return false;
    ++hashings_;
    return true;
}

Authenticator::Verdict Authenticator::check(std::string_view authorization) {
    const std::optional<Credentials> given = credentials_from(authorization);
    if (!given)
        return Verdict::refused;
    const Digest credentials = digest_(given->name + ':' + given->password);
    std::string hash;
    bool is_known = false;
    {
        const std::lock_guard lock(mutex_);
        const User* const user = find(digest_(given->name));
        if (const auto known = recall(user, credentials))
            return *known;
        if (!may_hash(Clock::now()))
            return Verdict::busy;
        // An unknown name takes as long as a wrong password.
        is_known = user != nullptr;
        hash = is_known ? user->hash : users_.front().hash;
    }
    const Clock::duration begun = processor_time();
    const bool is_right = has_hash(given->password, hash) && is_known;
    const Clock::duration taken = processor_time() - begun;
    const std::lock_guard lock(mutex_);
    budget_ -= taken;
    if (is_right) {
        find(digest_(given->name))->granted = credentials;
        return Verdict::granted;
    }
    if (refused_.size() < most_refused)
        refused_.push_back(credentials);
    else
        refused_[next_refused_++ % most_refused] = credentials;
    return Verdict::refused;
}

} // namespace tern::http
