// What is removed of uploads that nobody has gone on with, and what is not.

#include "servers/ftp/home.h"
#include "servers/ftp/stale_partials.h"

#include "tests/harness/temporary_folder.h"

#include <doctest/doctest.h>

using namespace tern;
using namespace tern::ftp;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// Of the file times' clock, which is another than the system's.
void put(const fs::path& file, std::chrono::minutes age) {
    test::write_file(file, std::string(100, 'x'));
    fs::last_write_time(file, fs::file_time_type::clock::now() - age);
}

UserSettings user_of(const std::string& name, const fs::path& home, Rights rights) {
    UserSettings user;
    user.name = name;
    user.home = home;
    user.rights = rights;
    user.limits.bytes = 1000;
    return user;
}

std::size_t search(Ledger& ledger, const std::vector<UserSettings>& users, unsigned& turns) {
    StalePartials search(std::make_shared<const Users>(users, ledger),
                         std::chrono::system_clock::now() - 10min);
    for (turns = 1; search.advance();)
        ++turns;
    return search.removed();
}

} // namespace

TEST_SUITE("ftp/stale_partials") {
    TEST_CASE("old partial files of those who may store are removed, and nothing else") {
        test::TemporaryFolder folder;
        for (const char* const name : {"home/a/b", "other", "home/.tern-partial-folder"})
            fs::create_directories(folder / name);
        put(folder / "home/file", 1h);
        put(folder / "home/.tern-partial-young", 5min);
        put(folder / "other/.tern-partial-x", 1h);
        fs::create_directory_symlink(folder / "other", folder / "home/link");
        fs::create_symlink(folder / "home/file", folder / "home/.tern-partial-link");
        std::vector<fs::path> staying;
        for (const auto& entry : fs::recursive_directory_iterator(folder.path()))
            staying.push_back(entry.path());
        for (const char* const name : {"home/.tern-partial-x", "home/a/b/.tern-partial-y"})
            put(folder / name, 1h);

        Ledger ledger;
        const std::vector<UserSettings> users = {
            user_of("writer", folder / "home", Rights::all()),
            user_of("reader", folder / "other", Rights::to_look()),
            user_of("root", "/", Rights::all())};
        Account account(ledger.page_of("writer"), users[0].limits);
        REQUIRE(account.take(1000, 0));
        unsigned turns = 0;
        CHECK(search(ledger, users, turns) == 2);
        CHECK(account.take(200, 0)); // what they took of the quota is given back
        CHECK(!account.take(1, 0));
        std::vector<fs::path> left;
        for (const auto& entry : fs::recursive_directory_iterator(folder.path()))
            left.push_back(entry.path());
        std::sort(staying.begin(), staying.end());
        std::sort(left.begin(), left.end());
        CHECK(left == staying);
    }

    TEST_CASE("a large home is searched in many turns, however deep it is") {
        test::TemporaryFolder folder;
        fs::path deep = folder.path();
        for (int i = 0; i < 80; ++i)
            fs::create_directory(deep /= "d");
        put(deep / ".tern-partial-x", 1h);
        put(folder / "d/d/.tern-partial-x", 1h);
        for (int i = 0; i < 300; ++i)
            test::write_file(folder / std::to_string(i), "");
        Ledger ledger;
        unsigned turns = 0;
        CHECK(search(ledger, {user_of("bob", folder.path(), Rights::all())}, turns) == 1);
        CHECK(turns > 5);
        CHECK(fs::exists(deep / ".tern-partial-x")); // nobody can have put it there by mistake
    }
}
