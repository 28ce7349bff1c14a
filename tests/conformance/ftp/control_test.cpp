// What the control connection hears while a transfer is under way, and what its end means.

#include "tests/conformance/ftp/content.h"
#include "tests/conformance/ftp/ftp_server.h"

#include <doctest/doctest.h>

using namespace tern::conformance::ftp;

namespace {

using Names = std::vector<std::string>;

/// What is said to a transfer that stands still, and the codes that it is answered with.
struct Talk {
    std::string said;
    std::vector<int> heard;
};

void check_answers(Client& client, const Talk& talk) {
    CAPTURE(talk.said);
    client.control().send_all(talk.said);
    for (const int code : talk.heard)
        CHECK(client.hear().code == code);
}

} // namespace

TEST_SUITE("ftp/control") {
    TEST_CASE("ABOR is heard at once, whatever waits before it, and all are answered in order") {
        const Server server;
        tern::test::write_file(server.home() / "large", std::string(large, 'x'));
        Client client(server);
        client.log_in();
        const std::string interrupt = "\xff\xf4\xff\xf2";
        const std::vector<Talk> talks = {
            {"NOOP\r\nABOR\r\n", {200, 426, 226}},
            {"PWD\r\nABOR\r\n", {426, 257, 226}},
            {"PWD\r\n" + interrupt + "ABOR\r\n", {426, 257, 226}},
            {"STAT\r\nPWD\r\nNOOP\r\nFROB\r\n" + interrupt + "ABOR\r\nSYST\r\n",
             {213, 426, 257, 200, 500, 226, 215}},
        };
        for (const Talk& talk : talks) {
            ClientSocket data = client.open_data();
            CHECK(client.ask("RETR large").code == 150);
            CHECK(data.read_exactly(1000).size() == 1000);
            check_answers(client, talk);
            data.wait_for_the_end();
        }
        check_answers(client, {"HASH large\r\nPWD\r\nABOR\r\n", {426, 257, 226}});
    }

    TEST_CASE("commands wait for the end of a transfer, many of them, too") {
        const Server server;
        tern::test::write_file(server.home() / "large", std::string(large, 'x'));
        Client client(server);
        client.log_in();
        ClientSocket data = client.open_data();
        CHECK(client.ask("RETR large").code == 150);
        constexpr std::size_t count = 3000; // more than the server keeps while it waits
        std::string many;
        for (std::size_t i = 0; i < count; ++i)
            many += "PWD\r\n";
        client.control().send_all(many);
        CHECK(data.read_to_end().size() == large);
        CHECK(client.hear().code == 226);
        std::size_t answered = 0;
        while (answered < count && client.hear().code == 257)
            ++answered;
        CHECK(answered == count);
    }

    TEST_CASE("an upload whose client ends the control connection is broken, whatever it said") {
        const Server server;
        tern::test::write_file(server.home() / "file", "old");
        for (const std::string said : {"", "PWD\r\n", "PWD\r\nSYST\r\nQUI"}) {
            CAPTURE(said);
            Client client(server);
            client.log_in();
            ClientSocket data = client.open_data();
            CHECK(client.ask("STOR file").code == 150);
            data.send_all("half");
            client.control().send_all(said);
            client.control().end_sending();
            CHECK(client.hear().code == 426);
            client.control().wait_for_the_end();
            data.wait_for_the_end();
            CHECK(tern::test::read_file(server.home() / "file") == "old");
            CHECK(server.names() == Names{"file"});
        }
    }

    TEST_CASE("what came of an upload whose client is gone is kept where that is wanted") {
        const Server server({"uploads.keep_partial=true"});
        {
            Client client(server);
            client.log_in();
            ClientSocket data = client.open_data();
            CHECK(client.ask("STOR file").code == 150);
            data.send_all("half");
            const auto said = [&] { return client.ask("STAT").text; };
            CHECK(tern::test::eventually([&] { return said().ends_with(" 4 bytes so far."); }));
            client.control().send_all("PWD\r\n");
            client.control().end_sending();
            CHECK(client.hear().code == 426);
            client.control().wait_for_the_end();
        }
        Client client(server);
        client.log_in();
        CHECK(client.ask("MDTM file").code == 550);
        CHECK(client.upload("APPE file", " and half").code == 226);
        CHECK(tern::test::read_file(server.home() / "file") == "half and half");
    }

    TEST_CASE("who says QUIT may end the control connection, and the upload goes on") {
        const Server server;
        Client client(server);
        client.log_in();
        ClientSocket data = client.open_data();
        CHECK(client.ask("STOR file").code == 150);
        client.control().send_all("PWD\r\nQUIT\r\n");
        client.control().end_sending();
        data.send_all("all of it");
        data.end_sending();
        for (const int code : {226, 257, 221})
            CHECK(client.hear().code == code);
        CHECK(tern::test::read_file(server.home() / "file") == "all of it");
    }
}
