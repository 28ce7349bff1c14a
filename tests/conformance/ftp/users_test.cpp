// What users may do: rights, quotas, paces, sessions; and what happens to those who guess.

#include "tests/conformance/ftp/ftp_server.h"

#include <doctest/doctest.h>

#include <optional>

using namespace tern::conformance::ftp;
using tern::test::read_file;
using tern::test::write_file;
using Names = std::vector<std::string>;

namespace {

/// Replaces the file in one step, as an editor does.
void replace_in(const std::filesystem::path& file, const std::string& from, const std::string& to) {
    std::string text = read_file(file);
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    write_file(file.string() + ".new", text);
    std::filesystem::rename(file.string() + ".new", file);
}

bool two_at_once() { return model().clients_at_once(2) != 1; }

/// Nothing, once a login is answered so; for what takes effect a moment after a session has ended.
bool eventually_logs_in(const Server& server, const std::string& name, int code) {
    return tern::test::eventually([&] {
        Client client(server);
        client.ask("USER " + name);
        return client.ask("PASS secret").code == code;
    });
}

} // namespace

TEST_SUITE("ftp/users") {
    TEST_CASE("each right allows what it says, and nothing else") {
        const Server server({R"(users.0.rights=["write", "mkdir"])"});
        write_file(server.home() / "old", "old");
        Client client(server);
        client.log_in();
        CHECK(client.ask("MKD new").code == 257);
        CHECK(client.ask("RMD new").code == 550);
        CHECK(client.upload("STOR file", "content").code == 226);
        CHECK(client.ask("REST 1").code == 350);
        for (const char* command :
             {"STOR old", "APPE old", "RETR old", "LIST", "NLST", "MLSD", "MLST old", "STAT old",
              "DELE old", "RNFR old", "MFMT 20200101000000 old", "SITE CHMOD 600 old"})
            CHECK(client.ask(command).code == 550);
        CHECK(read_file(server.home() / "old") == "old");
    }

    TEST_CASE("the fact perm tells what the rights allow, of each kind of entry") {
        struct Expected {
            const char* rights;
            const char *file, *folder, *linked_folder, *home;
        };
        for (const Expected& expected :
             {Expected{R"(["list", "read"])", "r", "el", "el", "el"},
              Expected{R"(["list", "write"])", "w", "cel", "cel", "cel"},
              Expected{R"(["list", "append", "mkdir"])", "a", "elm", "elm", "elm"},
              Expected{R"(["list", "delete"])", "d", "delp", "elp", "elp"},
              Expected{R"(["list", "rename", "chmod"])", "f", "efl", "efl", "el"},
              Expected{"null", "adfrw", "cdeflmp", "ceflmp", "celmp"}}) {
            CAPTURE(expected.rights);
            const Server server({std::string("users.0.rights=") + expected.rights});
            write_file(server.home() / "file", "old");
            std::filesystem::create_directory(server.home() / "folder");
            std::filesystem::create_symlink("folder", server.home() / "link");
            Client client(server);
            client.log_in();
            CHECK(client.ask("OPTS MLST perm;").code == 200);
            for (const auto& [name, letters] :
                 {std::pair<std::string, std::string>("/file", expected.file),
                  {"/folder", expected.folder},
                  {"/link", expected.linked_folder},
                  {"/", expected.home}})
                CHECK(client.ask("MLST " + name)
                          .text.find("\n perm=" + letters + "; " + name + '\n') !=
                      std::string::npos);
            const std::string all = client.download("MLSD");
            CHECK(client.hear().code == 226);
            for (const auto& [name, letters] :
                 {std::pair<std::string, std::string>("file", expected.file),
                  {"folder", expected.folder},
                  {"link", expected.linked_folder}})
                CHECK(all.find("perm=" + letters + "; " + name + "\r\n") != std::string::npos);
        }
    }

    TEST_CASE("nobody ends a file by renaming another one who may not write or delete") {
        const Server server({R"(users.0.rights=["list", "rename"])"});
        write_file(server.home() / "old", "old");
        write_file(server.home() / "new", "new");
        Client client(server);
        client.log_in();
        CHECK(client.ask("RNFR new").code == 350);
        CHECK(client.ask("RNTO old").code == 550);
        CHECK(read_file(server.home() / "old") == "old");
        CHECK(client.ask("RNFR new").code == 350);
        CHECK(client.ask("RNTO new").code == 250);
        CHECK(client.ask("RNFR new").code == 350);
        CHECK(client.ask("RNTO other").code == 250);
        CHECK(server.names() == Names{"old", "other"});
    }

    TEST_CASE("anonymous may be given more") {
        const Server server({R"(anonymous.rights=["list", "read", "write"])"});
        Client client(server);
        client.log_in("anonymous");
        CHECK(client.upload("STOR new", "content").code == 226);
        CHECK(client.ask("DELE new").code == 550);
    }

    TEST_CASE("more than the quota is 552, leaves nothing, and the session lives") {
        const Server server({"users.0.quota.bytes=10000", "users.0.quota.files=3"});
        write_file(server.home() / "old", std::string(4000, 'o'));
        Client client(server);
        client.log_in();
        CHECK(client.upload("STOR large", std::string(6001, 'n')).code == 552);
        CHECK(client.ask("AVBL").text == "213 6000");
        CHECK(client.ask("ALLO 6000").code == 202);
        CHECK(client.ask("ALLO 6001").code == 552);
        CHECK(client.ask("ALLO 6001 R 80").code == 552);
        CHECK(server.names() == Names{"old"});
        CHECK(client.upload("STOR fits", std::string(6000, 'n')).code == 226);
        CHECK(client.upload("APPE fits", "n").code == 552);
        CHECK(std::filesystem::file_size(server.home() / "fits") == 6000);
        CHECK(client.ask("DELE old").code == 250);
        CHECK(client.upload("APPE fits", "n").code == 226);
        CHECK(client.upload("STOR second", "2").code == 226);
        CHECK(client.upload("STOR third", "3").code == 226);
        ClientSocket unused = client.open_data();
        CHECK(client.ask("STOR fourth").code == 552);
        CHECK(server.names() == Names{"fits", "second", "third"});
    }

    TEST_CASE("no link makes room in a quota") {
        const Server server({"users.0.quota.bytes=10000", "users.0.quota.files=4"});
        write_file(server.home() / "old", std::string(6000, 'o'));
        std::filesystem::create_symlink("old", server.home() / "link");
        std::filesystem::create_symlink(".", server.home() / "here");
        Client client(server);
        client.log_in();
        const auto is_full = [&] {
            return client.upload("STOR large", std::string(4001, 'n')).code == 552;
        };
        CHECK(client.ask("RNFR old").code == 350);
        CHECK(client.ask("RNTO here/old").code == 250);
        CHECK(is_full());
        CHECK(client.ask("DELE link").code == 250);
        CHECK(is_full());
        std::filesystem::create_symlink("old", server.home() / "link");
        CHECK(client.upload("STOR new", "").code == 226);
        CHECK(client.ask("RNFR new").code == 350);
        CHECK(client.ask("RNTO link").code == 250);
        CHECK(is_full());
        std::filesystem::remove(server.home() / "link");
        std::filesystem::create_symlink("old", server.home() / "link");
        ClientSocket unused = client.open_data();
        CHECK(client.ask("APPE link").code == 552); // for which the link's file would be copied
        CHECK(std::filesystem::is_symlink(server.home() / "link"));
        CHECK(client.upload("STOR link", "").code == 226);
        CHECK(is_full());
        CHECK(read_file(server.home() / "old").size() == 6000);
    }

    TEST_CASE("data never moves faster than the pace allows") {
        const Server server(
            {"users.0.rate.up_bytes_per_s=1000000", "users.0.rate.down_bytes_per_s=1000000"});
        Client client(server);
        client.log_in();
        const std::string content(400'000, 'x');
        const auto begun = std::chrono::steady_clock::now();
        CHECK(client.upload("STOR file", content).code == 226);
        CHECK(client.download("RETR file") == content);
        CHECK(client.hear().code == 226);
        const auto taken = std::chrono::steady_clock::now() - begun;
        CHECK(taken > std::chrono::milliseconds(600));
        write_file(server.home() / "large", std::string(60'000'000, 'x')); // a minute's worth
        ClientSocket data = client.open_data();
        CHECK(client.ask("RETR large").code == 150);
        CHECK(client.ask("ABOR").code == 426); // heard at once
        CHECK(client.hear().code == 226);
    }

    TEST_CASE("a user has as many sessions as allowed, and is told why there is no more") {
        if (!two_at_once())
            return;
        const Server server({"users.0.max_sessions=1"});
        {
            Client first(server);
            first.log_in();
            Client second(server);
            CHECK(second.ask("USER bob").code == 331);
            CHECK(second.ask("PASS secret").code == 421);
            second.control().wait_for_the_end();
            CHECK(first.ask("QUIT").code == 221);
            first.control().wait_for_the_end();
        }
        CHECK(eventually_logs_in(server, "bob", 230));
    }

    TEST_CASE("an address from which passwords are guessed is turned away") {
        const Server server({"limits.ban_after_failed_logins=2"});
        {
            Client client(server);
            CHECK(client.ask("USER bob").code == 331);
            CHECK(client.ask("PASS wrong").code == 530);
            CHECK(client.ask("USER nobody").code == 331);
            CHECK(client.ask("PASS wrong").code == 421);
            client.control().wait_for_the_end();
        }
        ClientSocket banned(server.endpoint(), SocketOptions{encrypted()});
        CHECK(banned.read_line().starts_with("421 "));
        banned.wait_for_the_end();
        SocketOptions elsewhere;
        elsewhere.tls = encrypted();
        elsewhere.source = "127.0.0.2";
        ClientSocket other(server.endpoint(), elsewhere);
        CHECK(other.read_line().starts_with("220 "));
    }

    TEST_CASE("users are read again when the configuration changes; sessions keep what they have") {
        const Server server({"limits.ban_after_failed_logins=0"}); // "alice" is not at once there
        if (two_at_once()) {
            Client before(server);
            before.log_in();
            replace_in(server.configuration(), R"("writable": true)", R"("writable": false)");
            // The files are not looked at for every login.
            CHECK(tern::test::eventually([&] {
                Client after(server);
                after.log_in();
                return after.ask("SITE CHMOD 700 /").code == 550;
            }));
            CHECK(before.ask("MKD new").code == 257);
        } else {
            replace_in(server.configuration(), R"("writable": true)", R"("writable": false)");
        }
        replace_in(server.configuration(), R"("name": "bob")", R"("name": "alice")");
        CHECK(eventually_logs_in(server, "alice", 230));
        // A mistake leaves what was in force; a process that begins later knows the start's users.
        if (model().strategy == "fork_per_client" || model().strategy == "process_pool")
            return;
        replace_in(server.configuration(), R"("users": [)", R"("users": {)");
        CHECK(eventually_logs_in(server, "alice", 230));
    }
}
