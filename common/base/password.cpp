#include "common/base/password.h"

#include "common/base/result.h"

#include <crypt.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
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

PasswordCheck::PasswordCheck(std::string password, std::string hash)
    : done_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!done_)
        throw std::system_error(last_error(), "eventfd");
    worker_ = std::jthread([this, password = std::move(password), hash = std::move(hash)] {
        result_ = password_fits(password, hash) ? Verdict::fits : Verdict::differs;
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = ::write(done_.get(), &one, sizeof one);
    });
}

} // namespace tern
