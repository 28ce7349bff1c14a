// What logins need besides the protocol: counts of sessions and failures, users, work elsewhere.

#include "common/base/password.h"
#include "common/session/workshop.h"
#include "servers/ftp/failed_logins.h"
#include "servers/ftp/user_book.h"
#include "servers/ftp/user_sessions.h"

#include "generated/ftp_schema.h"
#include "tests/harness/temporary_folder.h"

#include <doctest/doctest.h>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>

using namespace tern;
using namespace tern::ftp;
using namespace std::chrono_literals;

namespace {

Task<void> work(Workshop& workshop, std::atomic<int>& done) {
    const std::function<void()> count = [&done] { ++done; };
    co_await workshop.run(count);
    ++done;
}

Task<void> fail(Workshop& workshop, bool& ended) {
    const std::function<void()> bug = [] { throw 1; };
    co_await workshop.run(bug);
    ended = true;
}

void drive(Session& session) {
    while (Wait* const wait = session.resume())
        ::poll(wait->interests.data(), wait->interests.size(), -1);
}

} // namespace

TEST_SUITE("ftp/failed_logins") {
    TEST_CASE("an address is banned after so many failures, until the time has passed") {
        FailedLogins logins({3, 10min});
        const Clock::time_point now{1000h};
        for (int i = 0; i < 3; ++i) {
            CHECK(!logins.is_banned(7, now));
            logins.add(7, now);
        }
        CHECK(logins.is_banned(7, now));
        CHECK(logins.is_banned(7, now + 599s));
        CHECK(!logins.is_banned(8, now));
        CHECK(!logins.is_banned(7, now + 602s));
        logins.add(7, now + 602s); // counted anew
        CHECK(!logins.is_banned(7, now + 602s));
    }

    TEST_CASE("with more addresses than there is room for, the latest are known") {
        FailedLogins logins({1, 10min}, 64);
        Clock::time_point now{1h};
        for (std::uint64_t address = 1; address <= 10'000; ++address) {
            logins.add(address, now);
            CHECK(logins.is_banned(address, now));
        }
        FailedLogins never({0, 10min});
        never.add(1, now);
        CHECK(!never.is_banned(1, now));
    }
}

TEST_SUITE("ftp/user_sessions") {
    TEST_CASE("places are given back, also those of a process that was killed") {
        UserSessions sessions(3);
        {
            const UserSessions::Place one = sessions.enter("bob", 2);
            const UserSessions::Place two = sessions.enter("bob", 2);
            CHECK(one.is_taken());
            CHECK(two.is_taken());
            CHECK(!sessions.enter("bob", 2).is_taken());
            CHECK(sessions.enter("alice", 1).is_taken());
            CHECK(sessions.count("bob") == 2);
        }
        CHECK(sessions.count("bob") == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            const UserSessions::Place place = sessions.enter("bob", 0);
            ::_exit(place.is_taken() ? 0 : 1);
        }
        int status = 1;
        ::waitpid(child, &status, 0);
        CHECK(status == 0);
        CHECK(sessions.count("bob") == 0);
    }
}

TEST_SUITE("ftp/workshop") {
    TEST_CASE("a session goes on when its work is done, whatever comes of it") {
        Workshop workshop(2);
        std::atomic<int> done = 0;
        Session session(work(workshop, done));
        drive(session);
        CHECK(done == 2);
        bool ended = false;
        Session failing(fail(workshop, ended));
        drive(failing);
        CHECK(ended);
    }

    TEST_CASE("sessions that end before their work is done leave nothing behind") {
        std::atomic<int> done = 0;
        {
            Workshop workshop(1);
            for (int i = 0; i < 20; ++i) {
                Session session(work(workshop, done));
                session.resume(); // which ends here, whether or not the work is done by now
            }
        }
        CHECK(done <= 2 * 20);
    }
}

TEST_SUITE("ftp/password") {
    TEST_CASE("only hashes that cost something are hashes") {
        const std::string hash = hash_password("secret");
        CHECK(is_password_hash(hash));
        CHECK(password_fits("secret", hash));
        CHECK(!password_fits("secrets", hash));
        for (const char* none : {"*", "!", "", "x", "ab0123456789."})
            CHECK(!is_password_hash(none));
    }
}

TEST_SUITE("ftp/user_book") {
    TEST_CASE("users come from both files, and new ones when either changes") {
        test::TemporaryFolder folder;
        Log log{LogSettings{LogLevel::off}};
        const std::string listener =
            R"({"listeners": [{"name": "a"}], "users_file": "users.json",)";
        const auto user = [](const std::string& name) {
            return R"({"name": ")" + name + R"(", "password": "*", "home": "."})";
        };
        const auto write = [&](const std::string& one, const std::string& other) {
            test::write_file(folder / "ftp.json", listener + R"("users": [)" + user(one) + "]}");
            test::write_file(folder / "users.json", R"({"users": [)" + user(other) + "]}");
        };
        write("a", "b");
        const Configuration configuration =
            Configuration::load(folder / "ftp.json", generated::ftp_schema);
        UserBook book(configuration, log);
        Clock::time_point now{1h};
        const auto before = book.current(now);
        CHECK(before->find("a") != nullptr);
        CHECK(before->find("b") != nullptr);
        CHECK(!before->decoy().empty());
        CHECK(book.current(now) == before);
        write("a", "carol");
        CHECK(book.current(now + UserBook::looks_apart - 1ms) == before); // nobody looks so often
        now += UserBook::looks_apart;
        CHECK(book.current(now)->find("carol") != nullptr);
        CHECK(book.current(now)->find("b") == nullptr);
        CHECK(before->find("b") != nullptr);
        write("dave", "dave"); // twice: the old ones stay
        now += UserBook::looks_apart;
        CHECK(book.current(now)->find("carol") != nullptr);
        std::filesystem::remove(folder / "users.json");
        now += UserBook::looks_apart;
        CHECK(book.current(now)->find("carol") != nullptr);
    }

    TEST_CASE("of a users file that is gone, or wrong, the log is told once, and users stay") {
        test::TemporaryFolder folder;
        LogSettings settings;
        settings.file = folder / "log";
        const auto lines_with = [&](const std::string& word) {
            std::size_t lines = 0;
            const std::string text = test::read_file(folder / "log");
            for (std::size_t at = text.find(word); at != std::string::npos;
                 at = text.find(word, at + 1))
                ++lines;
            return lines;
        };
        const std::string users = R"({"users": [{"name": "b", "password": "*", "home": "."}]})";
        test::write_file(folder / "ftp.json",
                         R"({"listeners": [{"name": "a"}], "users_file": "users.json"})");
        test::write_file(folder / "users.json", users);
        const Configuration configuration =
            Configuration::load(folder / "ftp.json", generated::ftp_schema);
        Log log(settings);
        UserBook book(configuration, log);
        Clock::time_point now{1h};
        const auto look = [&] { return book.current(now += UserBook::looks_apart); };
        std::filesystem::remove(folder / "users.json");
        CHECK(look()->find("b") != nullptr);
        CHECK(lines_with("missing") == 0); // it may be about to be replaced
        for (int i = 0; i < 5; ++i)
            CHECK(look()->find("b") != nullptr);
        CHECK(lines_with("missing") == 1);
        test::write_file(folder / "users.json", "{");
        for (int i = 0; i < 5; ++i)
            CHECK(look()->find("b") != nullptr);
        CHECK(lines_with("not read again") == 2);
        std::filesystem::remove(folder / "users.json");
        for (int i = 0; i < 5; ++i)
            look();
        CHECK(lines_with("missing") == 2);
        test::write_file(folder / "users.json", users);
        CHECK(look()->find("b") != nullptr);
        CHECK(lines_with("not read again") == 3);
    }

    TEST_CASE("everybody may write anonymous as they like; others' names are as they are") {
        test::TemporaryFolder folder;
        Log log{LogSettings{LogLevel::off}};
        const Configuration configuration = Configuration::from_text(
            R"({"listeners": [{"name": "a"}], "anonymous": {"home": "."},
                "users": [{"name": "bob", "password": "*", "home": "."}]})",
            folder / "ftp.json", generated::ftp_schema);
        UserBook book(configuration, log);
        const auto users = book.current(Clock::time_point(1h));
        for (const char* const name : {"anonymous", "Anonymous", "ANONYMOUS", "ftp", "FTP"})
            CHECK(users->find(name) == users->find("anonymous"));
        CHECK(users->find("anonymous") != nullptr);
        CHECK(users->find("bob") != nullptr);
        CHECK(users->find("BOB") == nullptr);
    }
}
