// Settings that contradict each other, or that would do nothing, are told at the start: where, what
// was found, what is allowed, in one line.

#include "generated/ftp_schema.h"
#include "servers/ftp/settings.h"
#include "servers/ftp/user_book.h"
#include "tests/harness/temporary_folder.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace tern;
using namespace tern::ftp;

namespace {

/// What is said of a configuration with these settings, without its file's name; empty: nothing.
std::string complaint(const std::string& settings, const std::string& users_file = "") {
    const test::TemporaryFolder folder;
    test::write_file(folder / "ftp.json", R"({"listeners": [{"name": "a"}], )" + settings + "}");
    test::write_file(folder / "users.json", users_file);
    try {
        const Configuration configuration =
            Configuration::load(folder / "ftp.json", generated::ftp_schema);
        settings_from(configuration);
        Log log{LogSettings{LogLevel::off}};
        const UserBook book(configuration, log);
    } catch (const ConfigurationError& error) {
        const std::string text = error.what();
        CHECK(text.find('\n') == std::string::npos);
        CHECK(text.starts_with(folder.path().string() + '/'));
        return text.substr(folder.path().string().size() + 1);
    }
    return "";
}

std::string user(const std::string& name, const std::string& home = ".") {
    return R"({"name": ")" + name + R"(", "password": "*", "home": ")" + home + R"("})";
}

} // namespace

TEST_SUITE("ftp/settings") {
    TEST_CASE("a range of ports is none that is other servers', or is no range") {
        const auto ports = [](int first, int last) {
            return complaint(R"("passive": {"first_port": )" + std::to_string(first) +
                             R"(, "last_port": )" + std::to_string(last) + "}");
        };
        CHECK(ports(0, 0).empty());
        CHECK(ports(1024, 1024).empty());
        CHECK(ports(2000, 1999).find("/passive/last_port: found 1999, ") != std::string::npos);
        CHECK(ports(2000, 0).find("/passive/last_port: found 0, ") != std::string::npos);
        CHECK(ports(0, 2000).find("/passive/first_port: found 0, ") != std::string::npos);
        CHECK(ports(1023, 2000).find("/passive/first_port: found 1023, ") != std::string::npos);
    }

    TEST_CASE("encryption that is asked for must be possible") {
        for (const auto& [settings, pointer] :
             {std::pair(R"("require_tls": true)", "/require_tls: found true, "),
              {R"("data_protection": "required")", "/data_protection: found \"required\", "},
              {R"("session_reuse": "require")", "/session_reuse: found \"require\", "}})
            CHECK(complaint(settings).find(pointer) != std::string::npos);
        const std::string tls = R"("tls": {"certificate": "c", "key": "k"}, )";
        CHECK(complaint(tls + R"("require_tls": true, "session_reuse": "require")").empty());
        CHECK(complaint(tls + R"("require_tls": true, "data_protection": "forbidden")")
                  .find("/data_protection: found \"forbidden\", ") != std::string::npos);
        CHECK(complaint(tls + R"("data_protection": "forbidden")").empty());
        CHECK(complaint(R"("tls": {"certificate": "c"})").find("/tls") != std::string::npos);
    }

    TEST_CASE("a host has one name, however it is written") {
        const auto hosts = [](const std::string& one, const std::string& other) {
            return complaint(R"("virtual_hosts": [{"name": ")" + one + R"("}, {"name": ")" + other +
                             R"("}])");
        };
        CHECK(hosts("a", "b").empty());
        CHECK(hosts("a", "A.").find("/virtual_hosts/1/name: found \"A.\"") != std::string::npos);
        CHECK(hosts("[::1]", "[0:0::1]").find("/virtual_hosts/1/name: ") != std::string::npos);
        CHECK(hosts("a", "::1").find("/virtual_hosts/1/name: found \"::1\"") != std::string::npos);
    }

    TEST_CASE("users have names and homes of their own, and the file that is wrong is named") {
        const std::string both = R"("users_file": "users.json", "users": [)" + user("a") + "]";
        const auto file = [](const std::string& one) { return R"({"users": [)" + one + "]}"; };
        CHECK(complaint(both, file(user("b"))).empty());
        CHECK(
            complaint(both, file(user("a"))).starts_with("users.json: /users/0/name: found \"a\""));
        CHECK(complaint(both, file(user("b", "none")))
                  .starts_with("users.json: /users/0/home: found "));
        CHECK(complaint(both, "{").starts_with("users.json"));
        CHECK(complaint(R"("users": [)" + user("a", "none") + "]")
                  .starts_with("ftp.json: /users/0/home: found "));
        CHECK(complaint(R"("anonymous": {"home": "none"})")
                  .starts_with("ftp.json: /anonymous/home: found "));
        const std::string called_ftp = R"("users": [)" + user("FTP") + "]";
        CHECK(complaint(called_ftp).empty());
        CHECK(complaint(called_ftp + R"(, "anonymous": {"home": "."})")
                  .starts_with("ftp.json: /users/0/name: found \"FTP\", "));
    }

    TEST_CASE("what the schema knows is told alike") {
        for (const auto& [settings, pointer] :
             {std::pair(R"("anonymous": {"home": ".", "rights": ["fly"]})", "/anonymous/rights/0"),
              {R"("limits": {"idle_timeout_s": 0})", "/limits/idle_timeout_s"},
              {R"("limits": {"login_attempts": 0})", "/limits/login_attempts"},
              {R"("concurrency": {"max_connections": 0})", "/concurrency/max_connections"}})
            CHECK(complaint(settings).find(pointer) != std::string::npos);
    }
}
