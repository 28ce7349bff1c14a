// Commands beyond RFC 959: checksums, ranges, facts, hosts, and SITE.

#include "tests/conformance/ftp/ftp_server.h"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace tern::conformance::ftp;

namespace {

mode_t mode_of(const std::filesystem::path& file) {
    struct stat status = {};
    CHECK(::stat(file.c_str(), &status) == 0);
    return status.st_mode & 0777;
}

bool has(const Reply& reply, std::string_view text) {
    return reply.text.find(text) != std::string::npos;
}

} // namespace

TEST_SUITE("ftp/commands") {
    TEST_CASE("HASH tells the selected digest, of a file or of a range of it") {
        const Server server;
        Client client(server);
        client.log_in("anonymous");
        CHECK(has(client.ask("FEAT"), " HASH CRC32;MD5;SHA-1;SHA-256*;SHA-512"));
        CHECK(client.ask("OPTS HASH").text == "200 SHA-256");
        CHECK(client.ask("HASH hello.txt").text ==
              "213 SHA-256 0-11 "
              "4a1e67f2fe1d1cc7b31d0ca2ec441da4778203a036a77da10344c85e24ff0f92 hello.txt");
        CHECK(client.ask("OPTS HASH frob").code == 501);
        CHECK(client.ask("OPTS HASH md5").text == "200 MD5");
        CHECK(client.ask("HASH hello.txt").text ==
              "213 MD5 0-11 0f723ae7f9bf07744445e93ac5595156 hello.txt");
        CHECK(client.ask("OPTS HASH SHA-1").text == "200 SHA-1");
        CHECK(client.ask("RANG 0 4").code == 350);
        CHECK(client.ask("HASH hello.txt").text ==
              "213 SHA-1 0-4 aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d hello.txt");
        CHECK(client.ask("OPTS HASH CRC32").text == "200 CRC32");
        CHECK(client.ask("HASH hello.txt").text == "213 CRC32 0-11 c4c55dff hello.txt");
        CHECK(client.ask("OPTS HASH SHA-512").text == "200 SHA-512");
        CHECK(has(client.ask("FEAT"), ";SHA-256;SHA-512*"));
        CHECK(client.ask("HASH sub").code == 553);
        CHECK(client.ask("HASH missing").code == 550);
        CHECK(client.ask("HASH").code == 501);
        CHECK(client.ask("REST 12").code == 350);
        CHECK(client.ask("OPTS HASH CRC32").code == 200);
        CHECK(client.ask("HASH hello.txt").text == "213 CRC32 12-12 00000000 hello.txt");
        CHECK(client.ask("RANG 5 100").code == 350);
        CHECK(client.ask("HASH hello.txt").text == "213 CRC32 5-11 55e6403b hello.txt");
        CHECK(client.ask("REST 13").code == 350);
        CHECK(client.ask("HASH hello.txt").code == 501);
        CHECK(client.ask("HASH hello.txt").code == 213);
    }

    TEST_CASE("XCRC and its like take a range") {
        const Server server;
        Client client(server);
        client.log_in("anonymous");
        CHECK(client.ask("XCRC hello.txt").text == "250 C4C55DFF");
        CHECK(client.ask("XMD5 hello.txt").text == "250 0F723AE7F9BF07744445E93AC5595156");
        CHECK(client.ask("XSHA1 \"hello.txt\" 0 5").text ==
              "250 AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D");
        CHECK(client.ask("XSHA256 sub/two words").code == 250);
        CHECK(client.ask("XSHA512 hello.txt 12").code == 250);
        CHECK(client.ask("XCRC hello.txt 13").code == 501);
        CHECK(client.ask("XCRC hello.txt 5 4").code == 501);
        CHECK(client.ask("XCRC \"hello.txt").code == 501);
        CHECK(client.ask("XCRC sub").code == 550);
        CHECK(client.ask("XCRC way out").code == 550);
    }

    TEST_CASE("while a large file is read, others are served, and ABOR ends it") {
        const Server server;
        tern::test::write_file(server.home() / "small", "x");
        std::filesystem::resize_file(server.home() / "small", 1);
        tern::test::write_file(server.home() / "large", "");
        std::filesystem::resize_file(server.home() / "large", std::uintmax_t{1} << 40);
        Client client(server);
        client.log_in();
        client.say("HASH large"); // a terabyte of zeros
        CHECK(client.ask("NOOP").code == 200);
        CHECK(client.ask("STAT").text.starts_with("213 Reading large, "));
        if (model().clients_at_once(2) != 1) {
            Client other(server);
            other.log_in();
            CHECK(other.ask("XCRC small").code == 250);
        }
        CHECK(client.ask("ABOR").code == 426);
        CHECK(client.hear().code == 226);
        CHECK(client.ask("XCRC small").code == 250);
        client.say("XMD5 large");
        CHECK(client.ask("NOOP").code == 200);
        client.control().reset();
        Client last(server); // whatever serves one at a time is free again
        last.log_in();
        CHECK(last.ask("NOOP").code == 200);
    }

    TEST_CASE("facts are changed by MFMT, MFF and SITE") {
        const Server server;
        tern::test::write_file(server.home() / "a file", "1");
        Client client(server);
        client.log_in();
        CHECK(client.ask("MFMT 20010909014640 a file").text == "213 Modify=20010909014640; a file");
        CHECK(client.ask("MFMT 20019909014640 a file").code == 501);
        CHECK(client.ask("MFF modify=20020101000000;UNIX.mode=0640; a file").text ==
              "213 modify=20020101000000;UNIX.mode=0640; a file");
        CHECK(client.ask("MDTM a file").text == "213 20020101000000");
        CHECK(mode_of(server.home() / "a file") == 0640);
        // All of it or nothing.
        CHECK(client.ask("MFF modify=20030101000000;UNIX.mode=888; a file").code == 501);
        CHECK(client.ask("MFF UNIX.mode=0600;size=5; a file").code == 504);
        CHECK(client.ask("MDTM a file").text == "213 20020101000000");
        CHECK(mode_of(server.home() / "a file") == 0640);
        CHECK(client.ask("MFF Modify=19650101000000.5;unix.MODE=600; a file").text ==
              "213 Modify=19650101000000;unix.MODE=0600; a file");
        CHECK(client.ask("MDTM a file").text == "213 19650101000000");
        CHECK(client.ask("MDTM 20040101000000 a file").text == "213 Modify=20040101000000; a file");
        CHECK(client.ask("MDTM 20040101000000 none").code == 550);
        CHECK(client.ask("MDTM 20040231000000 a file").code == 550); // no date, and no file
        tern::test::write_file(server.home() / "20050101000000 a file", "1");
        CHECK(client.ask("MFMT 20060101000000 20050101000000 a file").code == 213);
        CHECK(client.ask("MDTM 20050101000000 a file").text == "213 20060101000000");
        CHECK(client.ask("MDTM a file").text == "213 20040101000000");
        CHECK(client.ask("MFF size=5; a file").code == 504);
        CHECK(client.ask("MFF modify=yesterday; a file").code == 501);
        CHECK(client.ask("MFF a file").code == 501);
        CHECK(client.ask("MFF modify=20020101000000; none").code == 550);
        CHECK(client.ask("SITE UTIME 20030101000000 a file").code == 200);
        CHECK(client.ask("MDTM a file").text == "213 20030101000000");
        CHECK(
            client.ask("SITE UTIME a file 20050101000000 20040101000000 20060101000000 UTC").code ==
            200);
        CHECK(client.ask("MDTM a file").text == "213 20040101000000");
        CHECK(client.ask("SITE UTIME a file").code == 501);
        CHECK(client.ask("SITE CHMOD 600 a file").code == 200);
        CHECK(mode_of(server.home() / "a file") == 0600);
        CHECK(client.ask("SITE CHMOD 999 a file").code == 501);
        CHECK(client.ask("SITE FROB").code == 500);
        CHECK(client.ask("SITE HELP").code == 214);
        Client reader(server);
        reader.log_in("anonymous");
        CHECK(reader.ask("MFF modify=20020101000000; hello.txt").code == 550);
        CHECK(reader.ask("SITE UTIME 20030101000000 hello.txt").code == 550);
        CHECK(reader.ask("MDTM 20030101000000 hello.txt").code == 550);
    }

    TEST_CASE("SITE UMASK is for new files and folders of the session") {
        const Server server;
        Client client(server);
        client.log_in();
        CHECK(client.ask("SITE UMASK 027").code == 200);
        CHECK(has(client.ask("SITE UMASK"), " 027."));
        CHECK(client.ask("SITE UMASK 888").code == 501);
        CHECK(client.ask("MKD folder").code == 257);
        CHECK(client.upload("STOR file", "x").code == 226);
        CHECK(mode_of(server.home() / "folder") == 0750);
        CHECK(mode_of(server.home() / "file") == 0640);
    }

    TEST_CASE("SITE IDLE shortens what the server allows") {
        const Server server({"limits.idle_timeout_s=40"});
        Client client(server);
        client.log_in();
        CHECK(has(client.ask("SITE IDLE"), "40 seconds, and 40 at most"));
        CHECK(client.ask("SITE IDLE 41").code == 501);
        CHECK(client.ask("SITE IDLE 0").code == 501);
        CHECK(has(client.ask("SITE IDLE 1"), "1 seconds, and 40 at most"));
        CHECK(client.hear().code == 421);
        client.control().wait_for_the_end();
    }

    TEST_CASE("HOST comes before USER, and names a host of ours") {
        const Server server(
            {R"(virtual_hosts=[{"name":"ftp.example.org","welcome":"Hello, example."},)"
             R"({"name":"[::1]"}])"});
        Client client(server);
        CHECK(client.ask("HOST FTP.example.ORG").text == "220 Hello, example.");
        CHECK(client.ask("HOST ftp.example.org.").text == "220 Hello, example.");
        CHECK(client.ask("HOST [::1]").text == "220 tern-ftpd is ready.");
        CHECK(client.ask("HOST [0:0:0::1]").text == "220 tern-ftpd is ready.");
        CHECK(client.ask("HOST ftp.example.com").code == 504);
        CHECK(client.ask("HOST [::2]").code == 504);
        CHECK(client.ask("HOST ::1").code == 501);
        CHECK(client.ask("HOST [ftp]").code == 501);
        CHECK(client.ask("HOST ftp.example.org:21").code == 501);
        CHECK(client.ask("HOST a b").code == 501);
        CHECK(client.ask("USER bob").code == 331);
        CHECK(client.ask("HOST [::1]").code == 503);
        CHECK(client.ask("PASS secret").code == 230);
        CHECK(client.ask("HOST [::1]").code == 503);
        CHECK(client.ask("REIN").code == 220);
        CHECK(client.ask("HOST [::1]").code == 220);
        CHECK(has(client.ask("FEAT"), "\n HOST\n"));
    }

    TEST_CASE("questions about the server, and what needs no doing") {
        const Server server;
        Client client(server);
        CHECK(client.ask("CSID Name=test; Version=1;").text.starts_with("200 Name=tern-ftpd;"));
        CHECK(client.ask("CLNT test").code == 200);
        CHECK(client.ask("LANG").code == 200);
        CHECK(client.ask("LANG EN-us").code == 200);
        CHECK(client.ask("LANG FR").code == 504);
        CHECK(client.ask("ACCT x").code == 202);
        CHECK(client.ask("OPTS UTF8 ON").code == 200);
        CHECK(client.ask("OPTS UTF8").code == 200);
        CHECK(client.ask("OPTS UTF8 OFF").code == 501);
        CHECK(client.ask("OPTS UTF8 frob").code == 501);
        CHECK(client.ask("OPTS FROB").code == 501);
        CHECK(client.ask("OPTS MODE Z LEVEL 10").code == 501);
        CHECK(client.ask("OPTS MODE Z LEVEL 9").code == 200);
        CHECK(client.ask("HELP HASH").text.starts_with("214 Syntax: HASH"));
        CHECK(client.ask("ALLO 5").code == 530);
        client.log_in();
        CHECK(client.ask("ALLO 5").code == 202);
        CHECK(client.ask("ALLO 5 R 80").code == 202);
        CHECK(client.ask("ALLO five").code == 501);
        CHECK(client.ask("ALLO 9000000000000000000").code == 452);
        CHECK(std::stoull(client.ask("AVBL").text.substr(4)) > 0);
        CHECK(client.ask("AVBL missing").code == 550);
        CHECK(client.ask("PRET RETR file").code == 200);
        CHECK(client.ask("PRET PWD").code == 501);
        CHECK(client.ask("OPTS MLST type;frob;").text == "200 MLST OPTS type;");
        CHECK(client.ask("MLST").text.find("\n type=") != std::string::npos);
        CHECK(client.ask("OPTS MLST").text == "200 MLST OPTS");
        for (const char* const once : {"SMNT x", "ADAT x", "MFCT 20010909014640 x", "MAIL"})
            CHECK(client.ask(once).code == 502);
    }

    TEST_CASE("STAT takes the options of LIST") {
        const Server server;
        Client client(server);
        client.log_in("anonymous");
        const Reply all = client.ask("STAT -la");
        CHECK(all.code == 212);
        CHECK(has(all, "hello.txt"));
        CHECK(client.ask("STAT -l hello.txt").text.starts_with("213-Status of hello.txt"));
    }

    TEST_CASE("STAT in its three forms") {
        const Server server;
        Client client(server);
        client.log_in("anonymous");
        CHECK(has(client.ask("STAT"), "TYPE I, MODE S"));
        CHECK(client.ask("STAT").code == 211);
        CHECK(client.ask("STAT hello.txt").text.starts_with("213-Status of hello.txt"));
        CHECK(client.ask("STAT .").text.starts_with("212-Status of ."));
        CHECK(client.ask("STAT missing").code == 550);
        CHECK(!client.download("LIST").empty());
        CHECK(client.hear().code == 226);
        CHECK(client.ask("STAT").code == 211);
    }

    TEST_CASE("no more commands a second than allowed, and none is lost") {
        const Server server({"limits.commands_per_second=20"});
        const auto begin = std::chrono::steady_clock::now();
        Client client(server);
        client.log_in();
        std::string many;
        for (int i = 0; i < 30; ++i)
            many += "NOOP\r\n";
        client.control().send_all(many);
        for (int i = 0; i < 30; ++i)
            CHECK(client.hear().code == 200);
        // The 21st of 33 must wait for the second after that of the first.
        CHECK(std::chrono::steady_clock::now() - begin > std::chrono::milliseconds(900));
    }

    TEST_CASE("whoever speaks HTTP is sent away") {
        const Server server;
        for (const char* const line : {"GET / HTTP/1.1", "POST / HTTP/1.1", "OPTIONS *", "PRI *"}) {
            Client client(server);
            CHECK(client.ask(line).code == 500);
            client.control().wait_for_the_end();
        }
    }
}
