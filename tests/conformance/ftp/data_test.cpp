// Data connections that do not come, come from elsewhere, stall or break; listings of many files
// and of patterns; and what the control connection says meanwhile.

#include "tests/conformance/ftp/content.h"
#include "tests/conformance/ftp/ftp_server.h"

#include <doctest/doctest.h>

#include <sys/socket.h>

#include <algorithm>
#include <functional>

using namespace tern::conformance::ftp;

namespace {

void make_files(const std::filesystem::path& folder, std::size_t count) {
    const std::filesystem::path first = folder / "file0";
    tern::test::write_file(first, "");
    for (std::size_t i = 1; i < count; ++i) // names are cheaper than files
        std::filesystem::create_hard_link(first, folder / ("file" + std::to_string(i)));
}

std::size_t lines_in(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// Whether a transfer is broken off whose data connection does `part` and then nothing more.
bool stalls(Client& client, const std::string& command,
            const std::function<void(ClientSocket&)>& part) {
    return tern::test::eventually([&] {
        ClientSocket data = client.open_data();
        CHECK(client.ask(command).code == 150);
        bool in_time = true;
        try {
            part(data);
        } catch (const tern::test::ConnectionLost&) { // a busy machine: try again
            in_time = false;
        }
        CHECK(client.hear().code == 426);
        return in_time;
    });
}

} // namespace

TEST_SUITE("ftp/data") {
    TEST_CASE("a client that connects late is served, and one that comes from elsewhere is not") {
        const Server server;
        Client client(server);
        client.log_in("anonymous");
        const Reply passive = client.ask("EPSV");
        CHECK(client.ask("RETR hello.txt").code == 150);
        CHECK(client.ask("NOOP").code == 200);
        ClientSocket data = client.connect_data(passive);
        CHECK(data.read_to_end() == "hello\nworld\n");
        CHECK(client.hear().code == 226);
        const Reply again = client.ask("EPSV");
        CHECK(client.ask("RETR hello.txt").code == 150);
        ClientSocket foreign = client.connect_data(again, "127.0.0.2");
        CHECK(client.hear().code == 425);
        foreign.wait_for_the_end();
        CHECK(client.ask("RETR hello.txt").code == 425); // the port is gone
    }

    TEST_CASE("foreign data connections can be allowed") {
        const Server server({"foreign_data_connections=true"});
        Client client(server);
        client.log_in("anonymous");
        ClientSocket data = client.open_data("127.0.0.2");
        CHECK(client.ask("RETR hello.txt").code == 150);
        CHECK(data.read_to_end() == "hello\nworld\n");
        CHECK(client.hear().code == 226);
    }

    TEST_CASE("a data connection that stalls ends, in either direction") {
        const Server server({"limits.data_stall_timeout_s=0.2", "limits.idle_timeout_s=60"});
        tern::test::write_file(server.home() / "large", std::string(large, 'x'));
        Client client(server);
        client.log_in();
        CHECK(stalls(client, "RETR large", [](ClientSocket& data) { data.handshake(); }));
        CHECK(stalls(client, "STOR new", [](ClientSocket& data) { data.send_all("half"); }));
        CHECK(server.names() == std::vector<std::string>{"large"});
    }

    TEST_CASE("a data connection that is reset, at whatever point, is 426 or 425") {
        const Server server;
        tern::test::write_file(server.home() / "large", std::string(large, 'x'));
        Client client(server);
        client.log_in();
        for (const std::string command : {"RETR large", "STOR new", "APPE large"}) {
            { // before the command
                ClientSocket data = client.open_data();
                data.reset();
                CHECK(client.ask(command).code == 150);
                const int code = client.hear().code;
                CHECK((code == 426 || code == 425));
            }
            { // after 150, before any byte
                ClientSocket data = client.open_data();
                CHECK(client.ask(command).code == 150);
                data.reset();
                CHECK(client.hear().code == 426);
            }
            { // in the middle
                ClientSocket data = client.open_data();
                CHECK(client.ask(command).code == 150);
                if (command == "RETR large")
                    CHECK(data.read_exactly(100).size() == 100);
                else
                    data.send_all("half");
                data.reset();
                CHECK(client.hear().code == 426);
            }
        }
        CHECK(server.names() == std::vector<std::string>{"large"});
        CHECK(client.ask("SIZE large").text == "213 " + std::to_string(large));
    }

    TEST_CASE("a client that is gone at any point costs nothing") {
        const Server server;
        tern::test::write_file(server.home() / "large", std::string(large, 'x'));
        for (int at = 0; at < 5; ++at) {
            Client client(server);
            if (at >= 1)
                client.log_in();
            if (at == 2)
                CHECK(client.ask("PASV").code == 227);
            if (at >= 3) {
                const Reply passive = client.ask("EPSV");
                CHECK(client.ask("RETR large").code == 150);
                if (at == 4) {
                    ClientSocket data = client.connect_data(passive);
                    CHECK(data.read_exactly(10).size() == 10);
                    client.control().reset();
                    data.wait_for_the_end();
                    continue;
                }
            }
            client.control().reset();
        }
        const Server fresh;
        Client one(fresh);
        one.log_in();
        Client last(server);
        last.log_in();
        const auto as_fresh = [&] { return server.possessions() == fresh.possessions(); };
        CHECK(tern::test::eventually(as_fresh));
    }

    TEST_CASE("ABOR as urgent data ends the transfer, and so does a plain one") {
        const Server server;
        tern::test::write_file(server.home() / "large", std::string(large, 'x'));
        Client client(server);
        client.log_in();
        for (const bool urgent : {false, true}) {
            if (urgent && encrypted())
                continue; // TLS has no urgent data
            ClientSocket data = client.open_data();
            CHECK(client.ask("RETR large").code == 150);
            CHECK(data.read_exactly(1000).size() == 1000);
            if (urgent) { // as RFC 959 says, and old clients do: IP, then the mark is urgent
                client.control().send_all("\xff\xf4");
                CHECK(::send(client.control().descriptor(), "\xff\xf2", 2, MSG_OOB) == 2);
            }
            client.say("ABOR");
            CHECK(client.hear().code == 426);
            CHECK(client.hear().code == 226);
        }
        CHECK(client.ask("ABOR").code == 226); // nothing to abort
        const Reply passive = client.ask("EPSV");
        CHECK(client.ask("RETR large").code == 150);
        CHECK(client.ask("ABOR").code == 426); // while nobody has connected yet
        CHECK(client.hear().code == 226);
    }

    TEST_CASE("the idle time stands still while data moves") {
        const Server server;
        Client client(server);
        client.log_in();
        ClientSocket data = client.open_data();
        client.control().send_all("SITE IDLE 1\r\nSTOR file\r\n"); // without idling in between
        CHECK(client.hear().code == 200);
        CHECK(client.hear().code == 150);
        for (int i = 0; i < 12; ++i) { // longer than that in all
            data.send_all("part");
            CHECK_FALSE(client.control().has_input_within(std::chrono::milliseconds(100)));
        }
        data.end_sending();
        CHECK(client.hear().code == 226);
        CHECK(client.hear().code == 421);
    }

    TEST_CASE("a listing that its client does not take to the end is not complete") {
        const Server server;
        make_files(server.home(), 3000);
        Client client(server);
        client.log_in();
        {
            SocketOptions small;
            ClientSocket data = client.open_data();
            CHECK(client.ask("LIST").code == 150);
            data.reset();
        }
        const int code = client.hear().code;
        // All of it may have gone before the reset came.
        CHECK((code == 426 || code == 226));
        CHECK(lines_in(client.download("LIST")) == 3000);
        CHECK(client.hear().code == 226);
        CHECK(lines_in(client.download("MLSD")) == 3000);
        CHECK(client.hear().code == 226);
    }

    TEST_CASE("patterns may be in any step of a path") {
        const Server server;
        for (const char* const folder : {"a1/x", "a2/x", "b/x"})
            std::filesystem::create_directories(server.home() / folder);
        for (const char* const file : {"a1/x/f.txt", "a2/x/f.txt", "a2/x/g.bin", "b/x/f.txt"})
            tern::test::write_file(server.home() / file, "1");
        tern::test::write_file(server.home() / "[odd]", "1");
        std::filesystem::create_symlink("../../..", server.home() / "a3");
        Client client(server);
        client.log_in();
        const auto names = [&](const std::string& pattern) {
            std::string text = client.download("NLST " + pattern);
            CHECK(client.hear().code == 226);
            std::vector<std::string> all;
            for (std::size_t end = 0; (end = text.find("\r\n")) != std::string::npos;
                 text.erase(0, end + 2))
                all.push_back(text.substr(0, end));
            std::sort(all.begin(), all.end());
            return all;
        };
        using Names = std::vector<std::string>;
        CHECK(names("a*/x/*.txt") == Names{"a1/x/f.txt", "a2/x/f.txt"});
        CHECK(names("*/*/f*") == Names{"a1/x/f.txt", "a2/x/f.txt", "b/x/f.txt"});
        CHECK(names("a[!1]/x/*") == Names{"a2/x/f.txt", "a2/x/g.bin"});
        CHECK(names("a2/x/?.bin") == Names{"a2/x/g.bin"});
        CHECK(names("/a?/x/g*") == Names{"/a2/x/g.bin"});
        CHECK(names("[odd]") == Names{"[odd]"}); // it is a name
        CHECK(names("*.none").empty());
        CHECK(client.download("LIST */x/g*").find(" a2/x/g.bin\r\n") != std::string::npos);
        CHECK(client.hear().code == 226);
        ClientSocket unused = client.open_data();
        CHECK(client.ask("LIST */*/*/*/*/*/*/*/*/*").code == 550);
        CHECK(client.ask("LIST " + std::string(300, '*')).code == 553);
    }

    TEST_CASE("others are served while a folder of very many entries is listed") {
        const Server server;
        make_files(server.home(), 20'000);
        Client client(server);
        client.log_in();
        ClientSocket data = client.open_data();
        CHECK(client.ask("LIST").code == 150);
        const std::string beginning = data.read_exactly(100);
        if (model().clients_at_once(2) != 1) {
            Client other(server);
            other.log_in();
            CHECK(other.ask("SIZE file7").text == "213 0");
        }
        CHECK(lines_in(beginning + data.read_to_end()) == 20'000);
        CHECK(client.hear().code == 226);
        client.say("STAT no*such*thing"); // reads all names, and finds none
        CHECK(client.hear().code == 212);
        CHECK(client.ask("STAT .").code == 450);
    }

    TEST_CASE("after EPSV ALL there is nothing else, and a session can have one door only") {
        const Server server;
        Client client(server);
        client.log_in("anonymous");
        const Reply first = client.ask("EPSV");
        const Reply second = client.ask("PASV");
        CHECK(second.code == 227);
        CHECK_THROWS_AS(client.connect_data(first), std::system_error);
        CHECK(client.ask("EPSV ALL").code == 200);
        CHECK(client.ask("PASV").code == 503);
        CHECK(client.ask("PORT 127,0,0,1,200,1").code == 503);
        CHECK(client.ask("EPRT |1|127.0.0.1|50000|").code == 503);
        CHECK(client.download("NLST sub") == "sub/two words\r\n");
        CHECK(client.hear().code == 226);
    }

    TEST_CASE("PORT and EPRT: what is no address, and whose it may not be") {
        const Server server;
        Client client(server);
        client.log_in("anonymous");
        for (const char* const bad :
             {"PORT 127,0,0,1,1", "PORT 127,0,0,1,256,1", "PORT x", "EPRT |1|127.0.0.1|",
              "EPRT |1|nowhere|50000|", "EPRT |1|127.0.0.1|65536|", "EPRT 1"})
            CHECK(client.ask(bad).code == 501);
        CHECK(client.ask("PORT 127,0,0,1,3,255").code == 504);
        CHECK(client.ask("PORT 0,0,0,0,200,1").code == 504);
        CHECK(client.ask("EPRT |1|127.0.0.2|50000|").code == 504);
        CHECK(client.ask("EPRT |3|127.0.0.1|50000|").code == 522);
        const Server without({"active.enabled=false"});
        Client other(without);
        other.log_in("anonymous");
        CHECK(other.ask("PORT 127,0,0,1,200,1").code == 502);
    }
}
