// How data is represented: MODE Z, TYPE A with offsets, ranges; and TLS that begins and ends in the
// middle.

#include "tests/conformance/ftp/content.h"
#include "tests/conformance/ftp/ftp_server.h"

#include <doctest/doctest.h>

#include <zlib.h>

using namespace tern::conformance::ftp;

namespace {

std::string deflated(const std::string& plain) {
    std::string to(::compressBound(plain.size()), '\0');
    uLongf size = to.size();
    REQUIRE(::compress(reinterpret_cast<Bytef*>(to.data()), &size,
                       reinterpret_cast<const Bytef*>(plain.data()), plain.size()) == Z_OK);
    to.resize(size);
    return to;
}

/// Nothing, unless it is a whole stream.
std::string inflated(const std::string& compressed) {
    std::string to(1 << 24, '\0');
    uLongf size = to.size();
    if (::uncompress(reinterpret_cast<Bytef*>(to.data()), &size,
                     reinterpret_cast<const Bytef*>(compressed.data()), compressed.size()) != Z_OK)
        return {};
    to.resize(size);
    return to;
}

} // namespace

TEST_SUITE("ftp/modes") {
    TEST_CASE("MODE Z: files and listings are compressed, both ways") {
        const Server server;
        const std::string content = content_of(2'000'000);
        Client client(server);
        client.log_in();
        CHECK(client.ask("MODE B").code == 504);
        CHECK(client.ask("MODE Z").code == 200);
        CHECK(client.upload("STOR file", deflated(content)).code == 226);
        CHECK(tern::test::read_file(server.home() / "file") == content);
        const std::string down = client.download("RETR file");
        CHECK(client.hear().code == 226);
        CHECK(down.size() < content.size() / 2);
        CHECK(inflated(down) == content);
        CHECK(client.ask("OPTS MODE Z LEVEL 0").code == 200);
        CHECK(client.ask("REST 1999000").code == 350);
        CHECK(inflated(client.download("RETR file")) == content.substr(1'999'000));
        CHECK(client.hear().code == 226);
        CHECK(client.ask("REST 2000000").code == 350);
        CHECK(client.upload("STOR file", deflated("more")).code == 226);
        CHECK(client.upload("APPE file", deflated("")).code == 226);
        CHECK(tern::test::read_file(server.home() / "file") == content + "more");
        CHECK(inflated(client.download("NLST")) == "file\r\n");
        CHECK(client.hear().code == 226);
        CHECK(client.ask("TYPE A").code == 200);
        CHECK(client.upload("STOR text", deflated("a\r\nb\r\n")).code == 226);
        CHECK(tern::test::read_file(server.home() / "text") == "a\nb\n");
        CHECK(inflated(client.download("RETR text")) == "a\r\nb\r\n");
        CHECK(client.hear().code == 226);
        CHECK(client.ask("MODE S").code == 200);
        CHECK(client.download("RETR text") == "a\r\nb\r\n");
        CHECK(client.hear().code == 226);
    }

    TEST_CASE("MODE Z: what is cut, or no such stream, is no upload") {
        const Server server;
        tern::test::write_file(server.home() / "file", "old");
        const std::string good = deflated(content_of(100'000));
        Client client(server);
        client.log_in();
        CHECK(client.ask("MODE Z").code == 200);
        CHECK(client.upload("STOR file", good.substr(0, good.size() - 1)).code == 426);
        CHECK(client.upload("STOR file", "").code == 426);
        CHECK(client.upload("STOR file", good + "x").code == 451);
        CHECK(client.upload("STOR file", "no stream at all").code == 451);
        CHECK(tern::test::read_file(server.home() / "file") == "old");
        CHECK(server.names() == std::vector<std::string>{"file"});
        CHECK(client.upload("STOR file", good).code == 226);
    }

    TEST_CASE("MODE Z: a little that becomes much lets others have their turn") {
        const Server server;
        const std::string bomb = deflated(std::string(64 << 20, '\0'));
        Client client(server);
        client.log_in();
        CHECK(client.ask("MODE Z").code == 200);
        ClientSocket data = client.open_data();
        CHECK(client.ask("STOR file").code == 150);
        data.send_all(bomb);
        CHECK(client.ask("NOOP").code == 200);
        data.end_sending();
        CHECK(client.hear().code == 226);
        CHECK(client.ask("SIZE file").text == "213 67108864");
    }

    TEST_CASE("MODE Z can be forbidden") {
        const Server server({"compression.enabled=false"});
        Client client(server);
        client.log_in();
        CHECK(client.ask("MODE Z").code == 504);
        CHECK(client.ask("OPTS MODE Z LEVEL 1").code == 501);
        CHECK(client.ask("FEAT").text.find("MODE Z") == std::string::npos);
    }

    TEST_CASE("in TYPE A offsets are of the text on the wire, both ways") {
        const Server server;
        tern::test::write_file(server.home() / "text", "one\ntwo\nthree\n");
        Client client(server);
        client.log_in();
        CHECK(client.ask("TYPE A").code == 200);
        const std::string wire = "one\r\ntwo\r\nthree\r\n";
        for (const std::size_t offset : {1U, 4U, 5U, 9U, 17U}) {
            CHECK(client.ask("REST " + std::to_string(offset)).code == 350);
            CHECK(client.download("RETR text") == wire.substr(offset));
            CHECK(client.hear().code == 226);
        }
        CHECK(client.ask("REST 5").code == 350);
        CHECK(client.upload("STOR text", "2\r\n").code == 226);
        CHECK(tern::test::read_file(server.home() / "text") == "one\n2\n");
        ClientSocket unused = client.open_data();
        CHECK(client.ask("REST 4").code == 350); // between CR and LF
        CHECK(client.ask("STOR text").code == 554);
        CHECK(client.ask("REST 9").code == 350);
        CHECK(client.ask("STOR text").code == 554);
        CHECK(client.ask("REST 13").code == 350);
        CHECK(client.ask("RETR text").code == 554);
        CHECK(client.ask("REST 9").code == 350); // only reading it tells
        CHECK(client.ask("RETR text").code == 150);
        unused.wait_for_the_end();
        CHECK(client.hear().code == 554);
    }

    TEST_CASE("REST is for the transfer that comes next, and for no other") {
        const Server server;
        tern::test::write_file(server.home() / "file", "0123456789");
        Client client(server);
        client.log_in();
        const auto fetched = [&] {
            const std::string content = client.download("RETR file");
            CHECK(client.hear().code == 226);
            return content;
        };
        const auto offset = [&](const char* command) { CHECK(client.ask(command).code == 350); };
        for (const char* const prepares :
             {"TYPE I", "MODE S", "STRU F", "ALLO 10", "PRET RETR file", "OPTS UTF8 ON", "EPSV"}) {
            CAPTURE(prepares);
            offset("REST 7");
            CHECK(client.ask(prepares).code < 300);
            CHECK(fetched() == "789");
        }
        for (const char* const other : {"NOOP", "PWD", "CWD /", "SIZE file", "MLST file",
                                        "STAT file", "RETR none", "RETR", "FROB", "REST 0"}) {
            CAPTURE(other);
            offset("REST 7");
            CHECK(client.ask(other).code > 0);
            CHECK(fetched() == "0123456789");
        }
        offset("REST 7");
        CHECK(client.download("NLST") == "file\r\n");
        CHECK(client.hear().code == 226);
        CHECK(fetched() == "0123456789");
        offset("RANG 2 4"); // without a data connection
        CHECK(client.ask("RETR file").code == 425);
        CHECK(fetched() == "0123456789");
        ClientSocket unused = client.open_data();
        offset("RANG 2 4");
        CHECK(client.ask("RETR none").code == 550);
        CHECK(client.ask("RETR file").code == 150);
        CHECK(unused.read_to_end() == "0123456789");
        CHECK(client.hear().code == 226);
        unused = client.open_data();
        offset("REST 7");
        CHECK(client.ask("STOU").code == 554);
        offset("REST 7");
        CHECK(client.ask("APPE file").code == 554);
        offset("REST 7");
        CHECK(client.ask("APPE new").code == 554);
        offset("REST 10"); // which is where it goes on anyway
        CHECK(client.upload("APPE file", "X").code == 226);
        CHECK(client.upload("STOR file", "Y").code == 226);
        CHECK(tern::test::read_file(server.home() / "file") == "Y");
    }

    TEST_CASE("RANG is for the bytes of one transfer") {
        const Server server;
        tern::test::write_file(server.home() / "file", "0123456789");
        Client client(server);
        client.log_in();
        CHECK(client.ask("RANG 2 4").code == 350);
        CHECK(client.download("RETR file") == "234");
        CHECK(client.hear().code == 226);
        CHECK(client.download("RETR file") == "0123456789");
        CHECK(client.hear().code == 226);
        CHECK(client.ask("RANG 8 100").code == 350);
        CHECK(client.download("RETR file") == "89");
        CHECK(client.hear().code == 226);
        CHECK(client.ask("RANG 2 4").code == 350);
        CHECK(client.ask("RANG 1 0").code == 350);
        CHECK(client.download("RETR file") == "0123456789");
        CHECK(client.hear().code == 226);
        for (const char* const bad :
             {"RANG 4 2", "RANG 4", "RANG -1 2", "RANG a b", "RANG 1 2 3"}) {
            CHECK(client.ask("RANG 2 4").code == 350);
            CHECK(client.ask(bad).code == 501);
        }
        CHECK(client.download("RETR file") == "0123456789"); // each has taken the range back
        CHECK(client.hear().code == 226);
        CHECK(client.ask("RANG 11 12").code == 350);
        CHECK(client.download("RETR file").empty());
        CHECK(client.hear().code == 226);
        ClientSocket unused = client.open_data();
        CHECK(client.ask("RANG 2 4").code == 350);
        CHECK(client.ask("APPE file").code == 504);
        CHECK(client.ask("REST 11").code == 350);
        CHECK(client.ask("RETR file").code == 554);
    }

    TEST_CASE("RANG before STOR replaces these bytes and no others") {
        const Server server;
        tern::test::write_file(server.home() / "file", "0123456789");
        Client client(server);
        client.log_in();
        const auto text = [&] { return tern::test::read_file(server.home() / "file"); };
        CHECK(client.ask("TYPE I").code == 200);
        const auto store = [&](const std::string& range, std::string_view bytes) {
            CHECK(client.ask("RANG " + range).code == 350);
            return client.upload("STOR file", bytes).code;
        };
        CHECK(store("2 4", "abc") == 226);
        CHECK(text() == "01abc56789");
        CHECK(store("0 0", "A") == 226);
        CHECK(text() == "A1abc56789");
        CHECK(store("8 11", "wxyz") == 226); // beyond the end
        CHECK(text() == "A1abc567wxyz");
        CHECK(store("12 12", "!") == 226); // at the end
        CHECK(text() == "A1abc567wxyz!");
        CHECK(store("2 4", "12") == 426);
        CHECK(store("2 4", "1234") == 451);
        CHECK(text() == "A1abc567wxyz!");
        CHECK(server.names() == std::vector<std::string>{"file"});
        CHECK(client.ask("RANG 14 15").code == 350);
        ClientSocket unused = client.open_data();
        CHECK(client.ask("STOR file").code == 554);
        CHECK(client.ask("TYPE A").code == 200);
        CHECK(client.ask("RANG 2 4").code == 350);
        CHECK(client.ask("STOR file").code == 551);
        CHECK(text() == "A1abc567wxyz!");
    }

    TEST_CASE("AUTH TLS: what came in plain text before it is forgotten") {
        if (encrypted())
            return; // there is nothing to begin
        const Server server({}, AuthTls::yes);
        Client client(server);
        client.control().send_all(
            "AUTH TLS\r\nUSER bob\r\n"); // in one packet, as an attacker would
        CHECK(client.hear().code == 234);
        client.control().start_tls();
        CHECK(client.ask("PASS secret").code == 503);
        CHECK(client.ask("AUTH TLS").code == 503);
        CHECK(client.ask("PROT P").code == 503);
        for (const char* const bad : {"PBSZ x", "PBSZ -1", "PBSZ 4294967296"})
            CHECK(client.ask(bad).code == 501);
        CHECK(client.ask("PROT P").code == 503);
        CHECK(client.ask("PBSZ 16384").text == "200 PBSZ=0");
        CHECK(client.ask("PROT S").code == 536);
        CHECK(client.ask("PROT E").code == 536);
        CHECK(client.ask("PROT X").code == 504);
        CHECK(client.ask("FEAT").text.find("CCC") == std::string::npos);
        CHECK(client.ask("REIN").code == 220); // RFC 4217 §11
        client.control().stop_tls();
        client.begin_tls();
        client.log_in();
        CHECK(client.upload("STOR file", "protected").code == 226);
        CHECK(client.download("RETR file") == "protected");
        CHECK(client.hear().code == 226);
        CHECK(client.ask("CCC").code == 534);
    }

    TEST_CASE(
        "CCC, where it is allowed, leaves the control connection plain and the data protected") {
        const Server server({"allow_clear_control=true"}, AuthTls::yes);
        Client client(server);
        if (!encrypted()) {
            CHECK(client.ask("CCC").code == 533);
            client.begin_tls();
        }
        CHECK(client.ask("CCC").code == 530);
        CHECK(client.ask("FEAT").text.find("\n CCC\n") != std::string::npos);
        client.log_in();
        CHECK(client.ask("CCC").code == 200);
        client.control().stop_tls();
        CHECK(client.ask("PWD").code == 257);
        CHECK(client.upload("STOR file", "protected").code == 226);
        CHECK(client.ask("PROT C").code == 503);
        CHECK(client.ask("QUIT").code == 221);
    }

    TEST_CASE("CCC: a client that says no close_notify is understood, before ours and after it") {
        const Server server({"allow_clear_control=true"}, AuthTls::yes);
        for (const bool waits : {true, false}) {
            Client client(server);
            if (!encrypted())
                client.begin_tls();
            client.log_in();
            CHECK(client.ask("CCC").code == 200);
            if (waits)
                client.control().leave_tls_after_goodbye();
            else
                client.control().leave_tls();
            CHECK(client.ask("PWD").code == 257);
            CHECK(client.upload("STOR file", "protected").code == 226);
            CHECK(client.ask("QUIT").code == 221);
            client.control().wait_for_the_end();
        }
    }

    TEST_CASE("TLS data that ends without close_notify is an upload, unless the server is strict") {
        if (!encrypted())
            return;
        for (const bool strict : {false, true}) {
            const Server server(
                {strict ? "uploads.require_close_notify=true" : "uploads.sync=false"});
            Client client(server);
            client.log_in();
            ClientSocket data = client.open_data();
            CHECK(client.ask("STOR file").code == 150);
            data.send_all("content");
            data.end_without_goodbye();
            CHECK(client.hear().code == (strict ? 426 : 226));
            CHECK(server.names().size() == (strict ? 0 : 1));
        }
    }
}
