#include "common/daemon/privileges.h"

#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace tern::daemon {
namespace {

void require(bool done, const char* step, const Identity& identity) {
    if (!done)
        throw std::runtime_error("cannot become user " + identity.name + ": " + step + ": " +
                                 std::system_category().message(errno));
}

bool has_become(const Identity& identity) noexcept {
    uid_t real_user = 0, user = 0, saved_user = 0;
    gid_t real_group = 0, group = 0, saved_group = 0;
    if (::getresuid(&real_user, &user, &saved_user) != 0 ||
        ::getresgid(&real_group, &group, &saved_group) != 0)
        return false;
    return real_user == identity.user && user == identity.user && saved_user == identity.user &&
           real_group == identity.group && group == identity.group && saved_group == identity.group;
}

} // namespace

std::optional<Identity> find_user(const std::string& name) {
    std::vector<char> space(16 * 1024);
    passwd entry = {};
    passwd* found = nullptr;
    while (::getpwnam_r(name.c_str(), &entry, space.data(), space.size(), &found) == ERANGE)
        space.resize(space.size() * 2);
    if (found == nullptr)
        return std::nullopt;
    return Identity{name, found->pw_uid, found->pw_gid};
}

bool drop_privileges(const Identity& identity) {
    if (::geteuid() != 0)
        return false;
    // The groups first: without root's user it could not be done any more.
    require(::initgroups(identity.name.c_str(), identity.group) == 0, "initgroups", identity);
    require(::setgid(identity.group) == 0, "setgid", identity);
    require(::setuid(identity.user) == 0, "setuid", identity);
    require(has_become(identity), "still someone else", identity);
    require(identity.user == 0 || ::setuid(0) != 0, "root could be had back", identity);
    return true;
}

std::size_t raise_descriptor_limit() noexcept {
    rlimit limit = {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1024; // POSIX promises less, but every Linux starts here
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return before;
    return limit.rlim_cur;
}

} // namespace tern::daemon
