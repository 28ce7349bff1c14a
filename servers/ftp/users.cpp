#include "servers/ftp/users.h"

#include "common/base/result.h"
#include "common/files/beneath.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <filesystem>

namespace tern::ftp {
namespace {

UniqueFd open_home(const std::string& home, bool create, const std::string& pointer,
                   const Configuration& configuration) {
    std::error_code ignored; // opening it tells
    if (create)
        std::filesystem::create_directories(home, ignored);
    UniqueFd folder(::open(home.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    std::error_code error = folder ? std::error_code() : last_error();
    if (folder) { // an old kernel or a container may know no openat2
        const auto itself =
            files::open_beneath(folder.get(), "", files::Symlinks::within_root, O_RDONLY);
        error = itself ? std::error_code() : itself.error();
    }
    if (error)
        throw configuration.error(
            pointer, fmt::format("found \"{}\" ({}), allowed: a folder", home, error.message()));
    return folder;
}

} // namespace

Users::Users(const FtpSettings& settings, const Configuration& configuration) {
    for (const UserSettings& user : settings.users) {
        const std::string pointer = fmt::format("/users/{}/home", users_.size());
        users_.push_back({user.name, user.password,
                          open_home(user.home, user.create_home, pointer, configuration),
                          user.writable, false});
    }
    if (settings.anonymous_home)
        users_.push_back(
            {"anonymous", "",
             open_home(*settings.anonymous_home, false, "/anonymous/home", configuration), false,
             true});
}

const User* Users::find(std::string_view name) const noexcept {
    for (const User& user : users_)
        if (user.name == name || (user.anonymous && name == "ftp"))
            return &user;
    return nullptr;
}

std::string_view Users::decoy() const noexcept {
    return users_.empty() ? std::string_view() : std::string_view(users_.front().password);
}

} // namespace tern::ftp
