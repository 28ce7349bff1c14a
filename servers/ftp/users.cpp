#include "servers/ftp/users.h"

#include "common/base/password.h"
#include "common/base/result.h"
#include "common/files/beneath.h"
#include "common/files/temporary_file.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <filesystem>
#include <utility>

namespace tern::ftp {
namespace {

Result<UniqueFd> open_home(const UserSettings& user) {
    std::error_code ignored; // opening it tells
    if (user.create_home)
        std::filesystem::create_directories(user.home, ignored);
    UniqueFd folder(::open(user.home.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder)
        return last_error();
    // An old kernel or a container may know no openat2.
    const auto itself =
        files::open_beneath(folder.get(), "", files::Symlinks::within_root, O_RDONLY);
    if (!itself)
        return itself.error();
    return folder;
}

/// What an unknown user's password is compared with where nobody has one: a yescrypt hash of usual
/// cost, of nothing that anybody knows.
constexpr std::string_view nobodys =
    "$y$j9T$ZpqLeloVX3zheFbJ6mfK91$C5s0lSWHBLY5RYE.naqNHUv888nAXgw/WGuu.5KiY33";

} // namespace

std::string path_to_search(const User& user) {
    const std::string home = "/proc/self/fd/" + std::to_string(user.home.get());
    const bool stores = user.rights.has(Right::write) || user.rights.has(Right::append);
    std::error_code error;
    if (!stores || std::filesystem::read_symlink(home, error) == "/")
        return {};
    return home + '/';
}

Users::Users(const std::vector<UserSettings>& all, Ledger& ledger) {
    for (const UserSettings& settings : all) {
        User user;
        user.name = settings.name;
        user.password = settings.password;
        Result<UniqueFd> home = open_home(settings);
        if (!home)
            throw BadUser(users_.size(), "/home",
                          fmt::format("found \"{}\" ({}), allowed: a folder", settings.home,
                                      home.error().message()));
        user.home = std::move(*home);
        user.rights = settings.rights;
        user.limits = settings.limits;
        user.writable = settings.rights.has(Right::write);
        user.anonymous = settings.anonymous;
        if (settings.limits != AccountLimits{}) {
            user.page = ledger.page_of(user.name);
            if (user.page == nullptr)
                throw BadUser(users_.size(), "", "found too many users with limits, allowed: 4096");
        }
        if (decoy_.empty() && is_password_hash(user.password))
            decoy_ = user.password;
        users_.push_back(std::move(user));
    }
    if (decoy_.empty())
        decoy_ = nobodys;
}

const User* Users::find(std::string_view name) const noexcept {
    for (const User& user : users_)
        if (user.anonymous ? is_anonymous_name(name) : user.name == name)
            return &user;
    return nullptr;
}

} // namespace tern::ftp
