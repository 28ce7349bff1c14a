#include "common/daemon/privileges.h"

#include "tests/base/child.h"

#include <doctest/doctest.h>

#include <grp.h>
#include <sys/resource.h>

namespace tern::privileges_test {

using namespace tern;

TEST_CASE("users are found by name") {
    const auto root = daemon::find_user("root");
    REQUIRE(root);
    CHECK(root->user == 0);
    CHECK_FALSE(daemon::find_user("no-such-user-here"));
    CHECK_FALSE(daemon::find_user(""));
}

TEST_CASE("root becomes the user for good; others stay who they are") {
    const auto nobody = daemon::find_user("nobody");
    REQUIRE(nobody);
    const bool is_root = ::geteuid() == 0;
    const pid_t child = test::fork_child([&] {
        if (!is_root)
            ::_exit(daemon::drop_privileges(*nobody) ? 1 : 0);
        if (!daemon::drop_privileges(*nobody))
            ::_exit(2);
        if (::getuid() != nobody->user || ::getegid() != nobody->group)
            ::_exit(3);
        if (::setuid(0) == 0 || ::setgid(0) == 0)
            ::_exit(4);
        gid_t groups[64];
        const int count = ::getgroups(64, groups);
        for (int i = 0; i < count; ++i)
            if (groups[i] == 0)
                ::_exit(5);
    });
    CHECK(WEXITSTATUS(test::wait_for(child)) == 0);
}

TEST_CASE("the limit of descriptors rises as far as it may") {
    const pid_t child = test::fork_child([] {
        rlimit limit = {};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = 32;
        limit.rlim_max = 100;
        if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
            ::_exit(1);
        if (daemon::raise_descriptor_limit() != 100)
            ::_exit(2);
        ::getrlimit(RLIMIT_NOFILE, &limit);
        ::_exit(limit.rlim_cur == 100 ? 0 : 3);
    });
    CHECK(WEXITSTATUS(test::wait_for(child)) == 0);
}

} // namespace tern::privileges_test
