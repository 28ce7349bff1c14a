// Logins, folders and files: what needs no data connection.

#include "tests/conformance/ftp/ftp_server.h"

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <csignal>

using namespace tern::conformance::ftp;
namespace fs = std::filesystem;

TEST_SUITE("ftp/session") {
    TEST_CASE("anonymous may look; nobody may do anything before logging in") {
        const Server server;
        Client client(server);
        CHECK(client.ask("PWD").code == 530);
        CHECK(client.ask("PASS x").code == 503);
        CHECK(client.ask("USER ftp").code == 331);
        CHECK(client.ask("PASS me@home").code == 230);
        CHECK(client.ask("MKD new").code == 550);
        CHECK(client.ask("DELE hello.txt").code == 550);
        CHECK(client.ask("REIN").code == 220);
        CHECK(client.ask("PWD").code == 530);
        CHECK(client.ask("QUIT").code == 221);
        client.control().wait_for_the_end();
    }

    TEST_CASE("wrong passwords and unknown names get the same answer, and the third one the door") {
        const Server server;
        Client client(server);
        CHECK(client.ask("USER bob").code == 331);
        const Reply wrong = client.ask("PASS wrong");
        CHECK(wrong.code == 530);
        CHECK(client.ask("USER nobody").code == 331);
        CHECK(client.ask("PASS secret").text == wrong.text);
        CHECK(client.ask("USER bob").code == 331);
        CHECK(client.ask("PASS secrets").code == 421);
        client.control().wait_for_the_end();
    }

    TEST_CASE("nothing outside of the home is reached, by any spelling") {
        const Server server;
        Client client(server);
        client.log_in("anonymous");
        CHECK(client.ask("CWD ../../../..").text.find("\"/\"") != std::string::npos);
        CHECK(client.ask("CWD /etc").code == 550);
        CHECK(client.ask("SIZE ../secret").code == 550);
        CHECK(client.ask("SIZE way out").code == 550);
        CHECK(client.ask("SIZE sub/../../secret").code == 550);
        CHECK(client.ask("CWD sub").code == 250);
        CHECK(client.ask("PWD").text.starts_with("257 \"/sub\""));
        CHECK(client.ask("SIZE two words").text == "213 1");
        CHECK(client.ask("CDUP").code == 250);
    }

    TEST_CASE("folders and files are made, renamed and removed") {
        const Server server;
        Client client(server);
        client.log_in();
        CHECK(client.ask("MKD a\"b").text.starts_with("257 \"/a\"\"b\""));
        CHECK(client.ask("MKD a\"b").code == 550);
        CHECK(client.ask("RNTO c").code == 503);
        CHECK(client.ask("RNFR /").code == 550);
        CHECK(client.ask("RNFR a\"b").code == 350);
        CHECK(client.ask("NOOP").code == 200);
        CHECK(client.ask("RNTO c").code == 503); // RNFR was not right before
        CHECK(client.ask("RNFR a\"b").code == 350);
        CHECK(client.ask("RNTO c").code == 250);
        CHECK(client.upload("STOR c/f", "12345").code == 226);
        CHECK(client.ask("RMD c").code == 550);
        CHECK(client.ask("MFMT 20010909014640 c/f").code == 213);
        CHECK(client.ask("MDTM c/f").text == "213 20010909014640");
        CHECK(client.ask("MLST c/f").text.find("size=5;modify=20010909014640;") !=
              std::string::npos);
        CHECK(client.ask("DELE c").code == 550);
        CHECK(client.ask("DELE c/f").code == 250);
        CHECK(client.ask("RMD c").code == 250);
        CHECK(server.names().empty());
    }

    TEST_CASE("what is neither a file nor a folder is told apart, and neither read nor written") {
        const Server server;
        REQUIRE(::mkfifo((server.home() / "pipe").c_str(), 0600) == 0);
        Client client(server);
        client.log_in();
        CHECK(client.download("LIST").starts_with("prw------- "));
        CHECK(client.hear().code == 226);
        CHECK(client.download("MLSD").starts_with("type=OS.unix=fifo;modify="));
        CHECK(client.hear().code == 226);
        CHECK(client.ask("MLST pipe").text.find(";perm=df;") != std::string::npos);
        ClientSocket unused = client.open_data();
        for (const char* const command :
             {"RETR pipe", "STOR pipe", "APPE pipe", "SIZE pipe", "MDTM pipe", "XCRC pipe"})
            CHECK(client.ask(command).code == 550);
        CHECK(client.ask("DELE pipe").code == 250);
    }

    TEST_CASE("commands in one packet are answered in order") {
        const Server server;
        Client client(server);
        client.control().send_all("USER ftp\r\nPASS x\r\nNOOP\r\nSYST\r\nFROB\r\nPWD\r\nQUIT\r\n");
        for (const int code : {331, 230, 200, 215, 500, 257, 221})
            CHECK(client.hear().code == code);
        client.control().wait_for_the_end();
    }

    TEST_CASE("what is no command is refused, and a line without an end does not grow") {
        const Server server;
        Client client(server);
        client.log_in();
        CHECK(client.ask("").code == 500);
        CHECK(client.ask("RETR").code == 501);
        CHECK(client.ask("PWD now").code == 501);
        CHECK(client.ask("SMNT x").code == 502);
        CHECK(client.ask("TYPE E").code == 504);
        CHECK(client.ask("STRU R").code == 504);
        CHECK(client.ask("REST -1").code == 501);
        CHECK(client.ask("REST 99999999999999999999").code == 501);
        CHECK(client.ask("STOR " + std::string(100'000, 'x')).code == 500);
        CHECK(client.ask("NOOP").code == 200);
        CHECK(client.ask("\xff\xf4\xff\xf2NOOP").code == 200);
        CHECK(client.ask("GET / HTTP/1.1").code == 500);
        client.control().wait_for_the_end();
    }

    TEST_CASE("the metrics tell what became of logins, and why transfers failed") {
        Server server({R"(metrics_listener={"port": 0})"});
        {
            Client client(server);
            CHECK(client.ask("USER nobody").code == 331);
            CHECK(client.ask("PASS secret").code == 530);
            client.log_in();
            ClientSocket data = client.open_data();
            CHECK(client.ask("STOR file").code == 150);
            CHECK(client.ask("ABOR").code == 426);
            CHECK(client.hear().code == 226);
            CHECK(client.ask("QUIT").code == 221);
            client.control().wait_for_the_end();
        }
        ClientSocket door(server.process().endpoint("metrics"), SocketOptions{});
        door.send_all("GET /metrics HTTP/1.0\r\n\r\n");
        const std::string text = door.read_to_end();
        for (const char* const line : {"tern_ftp_logins_total{result=\"welcome\"} 1\n",
                                       "tern_ftp_logins_total{result=\"denied\"} 1\n",
                                       "tern_ftp_logins_total{result=\"refused\"} 0\n",
                                       "tern_ftp_logins_total{result=\"banned\"} 0\n",
                                       "tern_ftp_transfers_failed_total{reason=\"aborted\"} 1\n",
                                       "tern_ftp_transfers_failed_total{reason=\"broken\"} 0\n"}) {
            CAPTURE(line);
            CHECK(text.find(line) != std::string::npos);
        }
        CHECK(text.find("reason=\"complete\"") == std::string::npos);
    }

    TEST_CASE("an idle session hears 421, and so does one when the server stops") {
        Server server({"limits.idle_timeout_s=0.2", "limits.login_timeout_s=0.1"});
        CHECK(tern::test::comes_in_time([&] { // the time for logins is the TLS handshake's as well
            Client idle(server);
            CHECK(idle.hear().code == 421);
            idle.control().wait_for_the_end();
            return true;
        }));
        Server stopping;
        Client client(stopping);
        client.log_in();
        stopping.process().signal(SIGTERM);
        CHECK(client.hear().code == 421);
        client.control().wait_for_the_end();
        CHECK(stopping.process().wait_for_exit() == tern::test::Exit{0, 0});
    }

    TEST_CASE("a session that the end of the grace cuts off hears 421, and the log tells of it") {
        Server server({"concurrency.shutdown_grace_s=0.3"});
        Client client(server);
        client.log_in();
        ClientSocket data = client.open_data();
        CHECK(client.ask("STOR file").code == 150);
        data.handshake();
        server.process().signal(SIGTERM);
        CHECK(client.hear().code == 421);
        client.control().wait_for_the_end();
        CHECK(server.process().wait_for_exit() == tern::test::Exit{0, 0});
        CHECK(server.process().log().find("session of \"bob\" was cut off") != std::string::npos);
        CHECK(server.names().empty());
    }
}
