// Data connections: files both ways, listings, and everything that goes wrong on the way.

#include "tests/conformance/ftp/content.h"
#include "tests/conformance/ftp/ftp_server.h"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

using namespace tern::conformance::ftp;
using tern::UniqueFd;
using Names = std::vector<std::string>;

TEST_SUITE("ftp/transfer") {
    TEST_CASE("a file goes up and comes down, whole and from an offset") {
        const Server server;
        Client client(server);
        client.log_in();
        const std::string content = content_of(3'000'000);
        CHECK(client.upload("STOR file", content).code == 226);
        CHECK(tern::test::read_file(server.home() / "file") == content);
        CHECK(client.ask("SIZE file").text == "213 3000000");
        CHECK(client.download("RETR file") == content);
        CHECK(client.hear().code == 226);
        CHECK(client.ask("REST 2999990").code == 350);
        CHECK(client.download("RETR file") == content.substr(2'999'990));
        CHECK(client.hear().code == 226);
        CHECK(client.upload("APPE file", "tail").code == 226);
        CHECK(client.ask("REST 3000002").code == 350);
        CHECK(client.upload("STOR file", "end").code == 226);
        CHECK(tern::test::read_file(server.home() / "file") == content + "taend");
        CHECK(client.ask("REST 3000006").code == 350);
        ClientSocket unused = client.open_data();
        CHECK(client.ask("RETR file").code == 554);
        CHECK(server.names() == Names{"file"});
    }

    TEST_CASE("an upload gets a name of its own by STOU") {
        const Server server;
        Client client(server);
        client.log_in();
        ClientSocket data = client.open_data();
        const Reply begun = client.ask("STOU");
        CHECK(begun.text.starts_with("150 FILE: "));
        data.send_all("x");
        data.end_sending();
        CHECK(client.hear().code == 226);
        CHECK(server.names() == Names{begun.text.substr(10)});
    }

    TEST_CASE("text is converted, both ways") {
        const Server server;
        Client client(server);
        client.log_in();
        CHECK(client.ask("TYPE A").code == 200);
        CHECK(client.upload("STOR text", "a\r\nb\rc\nd\r\n\r").code == 226);
        CHECK(tern::test::read_file(server.home() / "text") == "a\nb\rc\nd\n\r");
        CHECK(client.download("RETR text") == "a\r\nb\rc\r\nd\r\n\r");
        CHECK(client.hear().code == 226);
    }

    TEST_CASE("listings") {
        const Server server;
        Client client(server);
        client.log_in("anonymous");
        CHECK(client.download("NLST *.txt") == "hello.txt\r\n");
        CHECK(client.hear().code == 226);
        CHECK(client.download("NLST sub") == "sub/two words\r\n");
        CHECK(client.hear().code == 226);
        const std::string list = client.download("LIST -la");
        CHECK(client.hear().code == 226);
        CHECK(list.find(" hello.txt\r\n") != std::string::npos);
        CHECK(list.find(" way out -> ../secret\r\n") != std::string::npos);
        const std::string facts = client.download("MLSD sub");
        CHECK(client.hear().code == 226);
        CHECK(facts.starts_with("type=file;size=1;"));
        CHECK(facts.ends_with(" two words\r\n"));
        CHECK(client.ask("STAT sub").text.find(" two words\n212 ") != std::string::npos);
        ClientSocket unused = client.open_data();
        CHECK(client.ask("LIST missing").code == 550);
        CHECK(client.ask("MLSD hello.txt").code == 501);
    }

    TEST_CASE("until it is complete, an upload is nowhere to be seen") {
        const Server server;
        tern::test::write_file(server.home() / "file", "old");
        Client client(server);
        client.log_in();
        for (const bool reset : {true, false}) {
            ClientSocket data = client.open_data();
            CHECK(client.ask("STOR file").code == 150);
            data.send_all(content_of(1'000'000));
            CHECK(client.ask("STAT").code == 213);
            CHECK(tern::test::read_file(server.home() / "file") == "old");
            if (reset) {
                data.reset();
                CHECK(client.hear().code == 426);
            } else {
                CHECK(client.ask("ABOR").code == 426);
                CHECK(client.hear().code == 226);
            }
            CHECK(tern::test::read_file(server.home() / "file") == "old");
            CHECK(server.names() == Names{"file"});
        }
    }

    TEST_CASE("a partial file is kept where that is wanted, and gone on from") {
        const Server server({"uploads.keep_partial=true"});
        Client client(server);
        client.log_in();
        const std::string content = content_of(1'000'000);
        ClientSocket data = client.open_data();
        CHECK(client.ask("STOR file").code == 150);
        data.send_all(content.substr(0, 500'000));
        const auto said = [&] { return client.ask("STAT").text; };
        CHECK(tern::test::eventually([&] { return said().find("500000") != std::string::npos; }));
        data.reset();
        CHECK(client.hear().code == 426);
        CHECK(client.ask("RETR file").code == 425);
        CHECK(client.ask("MDTM file").code == 550);
        CHECK(client.download("NLST -a").empty());
        CHECK(client.hear().code == 226);
        CHECK(client.ask("SIZE file").text == "213 500000");
        CHECK(client.upload("APPE file", content.substr(500'000)).code == 226);
        CHECK(tern::test::read_file(server.home() / "file") == content);
        CHECK(server.names() == Names{"file"});
    }

    TEST_CASE("a partial file that nobody goes on with is removed some time later") {
        using std::chrono::hours;
        const Server server(
            {"uploads.keep_partial=true", "uploads.partial_expiry_s=1", "users.0.quota.files=2"});
        const auto put = [](const std::filesystem::path& file, hours age) {
            tern::test::write_file(file, "some of it");
            const auto now = std::filesystem::file_time_type::clock::now();
            std::filesystem::last_write_time(file, now - age);
        };
        put(server.library() / ".tern-partial-old", hours(1)); // nobody may write there
        put(server.home() / ".tern-partial-new", -hours(1));
        put(server.home() / ".tern-partial-old", hours(1));
        Client client(server);
        client.log_in();
        CHECK(tern::test::eventually([&] { return server.names().size() == 1; }));
        CHECK(server.names() == Names{".tern-partial-new"});
        CHECK(std::filesystem::exists(server.library() / ".tern-partial-old"));
        CHECK(client.ask("SIZE old").code == 550);
        CHECK(client.ask("SIZE new").text == "213 10");
        const auto is_counted = [&] { // out, the one that was removed
            ClientSocket data = client.open_data();
            if (client.ask("STOR file").code != 150)
                return false;
            data.send_all("1");
            data.end_sending();
            return client.hear().code == 226;
        };
        CHECK(tern::test::eventually(is_counted));
        CHECK(client.ask("PASV").code == 227);
        CHECK(client.ask("STOR more").code == 552);
    }

    TEST_CASE("the log of transfers tells a digest of what was moved, if asked") {
        const Server server(
            {"transfer_log.file=moved", "transfer_log.format=json", "transfer_log.digest=SHA-256"});
        const std::string content = "hello\nworld\n";
        Client client(server);
        client.log_in();
        CHECK(client.upload("STOR file", content).code == 226);
        CHECK(client.download("RETR file") == content);
        CHECK(client.hear().code == 226);
        CHECK(client.ask("REST 6").code == 350);
        CHECK(client.download("RETR file") == "world\n");
        CHECK(client.hear().code == 226);
        ClientSocket data = client.open_data();
        CHECK(client.ask("STOR file").code == 150);
        CHECK(client.ask("ABOR").code == 426);
        CHECK(client.hear().code == 226);
        const auto log = server.configuration().parent_path() / "moved";
        const auto lines = [&] { return tern::test::lines_of(log); };
        REQUIRE(tern::test::eventually([&] { return lines().size() == 4; }));
        const std::string whole =
            R"("digest":"SHA-256 4a1e67f2fe1d1cc7b31d0ca2ec441da4778203a036a77da10344c85e24ff0f92"})";
        CHECK(lines()[0].ends_with(whole));
        CHECK(lines()[1].ends_with(whole));
        CHECK(lines()[2].find(R"("digest":"SHA-256 e258d248fda94c63)") != std::string::npos);
        CHECK(lines()[3].find("digest") == std::string::npos);
    }

    TEST_CASE("TLS data that ends without close_notify is a cut where that is required") {
        if (!encrypted())
            return;
        for (const bool required : {true, false}) {
            const Server server({required ? "uploads.require_close_notify=true"
                                          : "uploads.require_close_notify=false"});
            Client client(server);
            client.log_in();
            ClientSocket data = client.open_data();
            CHECK(client.ask("STOR file").code == 150);
            data.send_all("content");
            REQUIRE(::shutdown(data.descriptor(), SHUT_WR) == 0);
            CHECK(client.hear().code == (required ? 426 : 226));
            CHECK(server.names() == (required ? Names{} : Names{"file"}));
        }
    }

    TEST_CASE("an upload cannot begin beyond the end of what is there") {
        const Server server;
        Client client(server);
        client.log_in();
        CHECK(client.ask("REST 18446744073709551616").code == 501);
        CHECK(client.ask("REST 9223372036854775807").code == 350);
        ClientSocket unused = client.open_data();
        CHECK(client.ask("STOR file").code == 554);
        CHECK(client.ask("NOOP").code == 200);
    }

    TEST_CASE("a client that goes away in the middle leaves nothing behind") {
        const Server server;
        for (int i = 0; i < 3; ++i) {
            Client client(server);
            client.log_in();
            ClientSocket data = client.open_data();
            CHECK(client.ask("STOR file").code == 150);
            data.send_all("half");
            client.control().reset();
            CHECK_NOTHROW(data.wait_for_the_end());
        }
        const Server fresh;
        Client first(fresh);
        first.log_in();
        Client last(server);
        last.log_in();
        const auto as_fresh = [&] { return server.possessions() == fresh.possessions(); };
        CHECK(tern::test::eventually(as_fresh));
        CHECK(server.names().empty());
    }

    TEST_CASE("ABOR, NOOP and STAT are answered during a transfer; others wait for its end") {
        const Server server;
        tern::test::write_file(server.home() / "large", std::string(large, 'x'));
        Client client(server);
        client.log_in();
        {
            ClientSocket data = client.open_data();
            CHECK(client.ask("RETR large").code == 150);
            CHECK(data.read_exactly(1000) == std::string(1000, 'x'));
            CHECK(client.ask("NOOP").code == 200);
            CHECK(client.ask("STAT").text.starts_with("213 Sending /large, "));
            CHECK(client
                      .ask("\xff\xf4\xff\xf2"
                           "ABOR")
                      .code == 426);
            CHECK(client.hear().code == 226);
        }
        ClientSocket data = client.open_data();
        CHECK(client.ask("RETR large").code == 150);
        client.control().send_all("PWD\r\nQUIT\r\n");
        CHECK(data.read_to_end().size() == large);
        for (const int code : {226, 257, 221})
            CHECK(client.hear().code == code);
        client.control().wait_for_the_end();
    }

    TEST_CASE("a data connection that nobody makes, or somebody else, is 425") {
        const Server server({"limits.data_connect_timeout_s=0.1"});
        Client client(server);
        client.log_in();
        CHECK(client.ask("LIST").code == 425); // no PASV before it
        CHECK(client.ask("EPSV").code == 229);
        CHECK(client.ask("LIST").code == 150);
        CHECK(client.hear().code == 425);
        ClientSocket foreign = client.open_data("127.0.0.2");
        CHECK(client.ask("LIST").code == 425);
        CHECK(client.download("LIST").empty());
        CHECK(client.hear().code == 226);
    }

    TEST_CASE("a passive range that is exhausted is 425, and ports come back") {
        std::optional<Server> server;
        std::optional<Client> first;
        const auto has_a_port = [&] { // unless somebody else is quick to take it
            first.reset();
            server.emplace();
            Client asking(*server);
            asking.log_in();
            const std::string text = asking.ask("EPSV").text;
            const std::string port =
                text.substr(text.find("|||") + 3, text.rfind('|') - text.find("|||") - 3);
            CHECK(asking.ask("QUIT").code == 221);
            asking.control().wait_for_the_end();
            server.emplace(std::vector{"passive.first_port=" + port, "passive.last_port=" + port});
            first.emplace(*server);
            first->log_in();
            return first->ask("EPSV").code == 229;
        };
        REQUIRE(tern::test::eventually(has_a_port));
        CHECK(first->ask("EPSV").code == 229);
        if (model().clients_at_once(2) != 1) {
            Client second(*server);
            second.log_in();
            CHECK(second.ask("PASV").code == 425);
        }
        CHECK(first->ask("QUIT").code == 221);
        first->control().wait_for_the_end();
        first.reset();
        Client third(*server);
        third.log_in();
        CHECK(tern::test::eventually([&] { return third.ask("PASV").code == 227; }));
    }

    TEST_CASE("PORT goes to the client itself, and to no privileged port") {
        const Server server;
        Client client(server);
        client.log_in();
        CHECK(client.ask("PORT 127,0,0,2,200,1").code == 504);
        CHECK(client.ask("PORT 127,0,0,1,0,80").code == 504);
        CHECK(client.ask("EPRT |2|::1|50000|").code == 522);
        CHECK(client.ask("EPSV 2").code == 522);
        if (encrypted())
            return; // the test's TLS client cannot accept
        const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(listener.get(), 1) == 0);
        REQUIRE(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
        const std::string where = "|1|127.0.0.1|" + std::to_string(ntohs(address.sin_port)) + '|';
        CHECK(client.ask("EPRT " + where).code == 200);
        CHECK(client.ask("LIST").code == 150);
        const UniqueFd data(::accept(listener.get(), nullptr, nullptr));
        CHECK(data.get() >= 0);
        CHECK(client.hear().code == 226);
        CHECK(client.ask("EPSV ALL").code == 200);
        CHECK(client.ask("EPRT " + where).code == 503);
        CHECK(client.ask("PASV").code == 503);
    }
}
