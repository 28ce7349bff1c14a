#include "common/session/password_check.h"

#include "common/base/password.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

namespace tern {
namespace {

/// Shared with the thread that hashes, for the session may end before.
struct PasswordCheck {
    std::string password;
    std::string hash;
    bool fits = false;
};

std::function<void()> checking(std::shared_ptr<PasswordCheck> check) {
    return
        [check = std::move(check)] { check->fits = password_fits(check->password, check->hash); };
}

} // namespace

unsigned hashing_threads() noexcept {
    return std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
}

Task<bool> check_password(Workshop& workshop, std::string password, std::string hash) {
    const auto check = std::make_shared<PasswordCheck>();
    check->password = std::move(password);
    check->hash = std::move(hash);
    co_await workshop.run(checking(check));
    co_return check->fits;
}

} // namespace tern
