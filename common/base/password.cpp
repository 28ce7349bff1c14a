#include "common/base/password.h"

#include "common/base/result.h"

#include <crypt.h>

#include <memory>
#include <string_view>
#include <system_error>

namespace tern {

std::string hash_password(const std::string& password) {
    char salt[CRYPT_GENSALT_OUTPUT_SIZE];
    const auto work = std::make_unique<crypt_data>();
    // No random bytes given: crypt_gensalt_rn gets them from the kernel.
    if (::crypt_gensalt_rn("$y$", 0, nullptr, 0, salt, sizeof salt) == nullptr)
        throw std::system_error(last_error(), "crypt_gensalt");
    const char* const hash = ::crypt_r(password.c_str(), salt, work.get());
    if (hash == nullptr || *hash == '*')
        throw std::system_error(last_error(), "crypt");
    return hash;
}

bool password_fits(const std::string& password, const std::string& hash) {
    const auto work = std::make_unique<crypt_data>();
    const char* const made = ::crypt_r(password.c_str(), hash.c_str(), work.get());
    if (made == nullptr || *made == '*' || hash.empty())
        return false;
    const std::string_view other = made;
    unsigned difference = other.size() == hash.size() ? 0 : 1;
    for (std::size_t i = 0; i < other.size() && i < hash.size(); ++i)
        difference |= static_cast<unsigned>(other[i] ^ hash[i]) & 0xffU;
    return difference == 0;
}

bool is_password_hash(const std::string& hash) noexcept {
    // The methods without a "$" are fast, and to them nearly any text is a hash.
    if (!hash.starts_with('$'))
        return false;
    const int quality = ::crypt_checksalt(hash.c_str());
    return quality != CRYPT_SALT_INVALID && quality != CRYPT_SALT_METHOD_DISABLED;
}

} // namespace tern
