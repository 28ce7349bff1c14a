// The small forms of FTP: replies, host-ports, times, list lines, facts, patterns, paths, text.

#include "common/protocol/ftp/ascii.h"
#include "common/protocol/ftp/glob.h"
#include "common/protocol/ftp/host_port.h"
#include "common/protocol/ftp/list_line.h"
#include "common/protocol/ftp/reply.h"
#include "common/protocol/ftp/timestamp.h"
#include "common/protocol/ftp/virtual_path.h"

#include <doctest/doctest.h>

#include <string>

namespace tern::ftp_forms_test {

using namespace tern::ftp;

namespace {

std::string reply(unsigned code, std::string_view text) {
    std::string out;
    append_reply(out, code, text);
    return out;
}

} // namespace

TEST_SUITE("ftp/forms") {
    TEST_CASE("replies of one line and of several") {
        CHECK(reply(200, "Fine.") == "200 Fine.\r\n");
        CHECK(reply(211, "Features:\n SIZE\n211 no end\nEnd") ==
              "211-Features:\r\n SIZE\r\n 211 no end\r\n211 End\r\n");
    }
    TEST_CASE("a text cannot forge a line") {
        CHECK(reply(550, "a\r230 in\x01\xff") == "550 a?230 in?\xff\xff\r\n");
        CHECK(quoted("/a\"b\nc") == "\"/a\"\"b?c\"");
    }

    TEST_CASE("PORT") {
        const auto good = parse_port("127,0,0,1,4,1");
        REQUIRE(good);
        CHECK(good->host == "127.0.0.1");
        CHECK(good->port == 1025);
        for (const char* const bad :
             {"", "1,2,3,4,5", "1,2,3,4,5,6,7", "256,0,0,1,4,1", "a,0,0,1,4,1", "127,0,0,1,4,",
              "127,0,0,1,4,-1", " 127,0,0,1,4,1"})
            CHECK_FALSE(parse_port(bad));
        CHECK(port_form("10.1.2.3", 513) == "10,1,2,3,2,1");
    }
    TEST_CASE("EPRT") {
        const auto good = parse_eprt("!2!::1!5282!");
        REQUIRE(good);
        CHECK(good->host == "::1");
        CHECK(good->port == 5282);
        CHECK(good->protocol == 2);
        for (const char* const bad : {"", "|", "|1|127.0.0.1|", "|1|127.0.0.1|65536|", "|x|::1|1|",
                                      "1|127.0.0.1|1025|", "|1|127.0.0.1|1025|x"})
            CHECK_FALSE(parse_eprt(bad));
    }

    TEST_CASE("times are UTC, both ways") {
        CHECK(format_time(1'000'000'000) == "20010909014640");
        CHECK(parse_time("20010909014640") == 1'000'000'000);
        CHECK(parse_time("20010909014640.123") == 1'000'000'000);
        CHECK(parse_time("19691231235959") == -1);
        for (const char* const bad :
             {"", "2001", "20010230000000", "00000019697471", "20010909014661", "20011301000000",
              "20010909246000", "20010909014640.", "20010909014640x", "2001090901464x"})
            CHECK_FALSE(parse_time(bad));
    }

    TEST_CASE("lines as ls -l writes them") {
        Entry entry;
        entry.name = "a b";
        entry.permissions = 0644;
        entry.size = 12;
        entry.modified = 1'000'000'000;
        std::string line;
        append_list_line(line, entry, 1'000'000'060);
        CHECK(line == "-rw-r--r--    1 ftp      ftp                12 Sep  9 01:46 a b\r\n");
        line.clear();
        entry.kind = Entry::Kind::link;
        entry.target = "to\nthere";
        append_list_line(line, entry, 1'100'000'000);
        CHECK(line ==
              "lrw-r--r--    1 ftp      ftp                12 Sep  9  2001 a b -> to?there\r\n");
        line.clear();
        append_list_line(line, entry, 999'999'999); // the future has no hours
        CHECK(line.find("Sep  9  2001") != std::string::npos);
    }
    TEST_CASE("facts, and their selection") {
        Entry entry;
        entry.name = "x";
        entry.permissions = 0600;
        entry.size = 5;
        entry.modified = 1'000'000'000;
        entry.device = 16;
        entry.inode = 17;
        std::string line;
        entry.perm = "r";
        append_facts(line, entry, {});
        CHECK(line ==
              "type=file;size=5;modify=20010909014640;perm=r;unique=10g11;UNIX.mode=0600; x");
        const auto selection = FactSelection::from("SIZE;nonsense;type");
        CHECK(selection.names() == "type;size;");
        CHECK(selection.features() == "type*;size*;modify;perm;unique;UNIX.mode;");
        line.clear();
        entry.kind = Entry::Kind::folder;
        entry.relation = Entry::Relation::self;
        append_facts(line, entry, selection);
        CHECK(line == "type=cdir; x");
        CHECK(FactSelection::from("").names().empty());
    }
    TEST_CASE("what is neither file nor folder says what it is") {
        Entry entry;
        entry.name = "x";
        std::string letters;
        std::string types;
        for (const auto kind :
             {Entry::Kind::file, Entry::Kind::folder, Entry::Kind::link, Entry::Kind::fifo,
              Entry::Kind::socket, Entry::Kind::characters, Entry::Kind::blocks}) {
            entry.kind = kind;
            std::string line;
            append_list_line(line, entry, 0);
            letters += line.front();
            append_facts(types, entry, FactSelection::from("type;size"));
            types += '\n';
        }
        CHECK(letters == "-dlpscb");
        CHECK(types == "type=file;size=0; x\ntype=dir; x\ntype=OS.unix=symlink; x\n"
                       "type=OS.unix=fifo; x\ntype=OS.unix=socket; x\ntype=OS.unix=chr; x\n"
                       "type=OS.unix=blk; x\n");
    }

    TEST_CASE("patterns") {
        for (const auto& one : {std::pair("*", "abc"),
                                {"a*c", "abc"},
                                {"a?c", "abc"},
                                {"[a-c]*", "b"},
                                {"[!a]b", "bb"},
                                {"a\\*b", "a*b"},
                                {".*", ".hidden"},
                                {"[]]", "]"},
                                {"a[", "a["},
                                {"", ""},
                                {"*.t?t", "x.y.txt"},
                                {"**a**", "bab"}})
            CHECK_MESSAGE(matches(one.first, one.second), one.first, " ", one.second);
        for (const auto& one : {std::pair("*", ".hidden"),
                                {"a?c", "ac"},
                                {"[a-c]", "d"},
                                {"a\\*b", "axb"},
                                {"[!a]b", "ab"},
                                {"", "a"},
                                {"a*b", "a"}})
            CHECK_FALSE_MESSAGE(matches(one.first, one.second), one.first, " ", one.second);
        CHECK(is_pattern("a*"));
        CHECK_FALSE(is_pattern("a.b-c"));
    }
    TEST_CASE("no pattern takes for ever") {
        std::string pattern;
        for (int i = 0; i < 2000; ++i)
            pattern += "*a";
        CHECK_FALSE(matches(pattern + 'b', std::string(10'000, 'a')));
    }

    TEST_CASE("paths never leave the top") {
        CHECK(resolve("/", "a") == "/a");
        CHECK(resolve("/a", "b/c/") == "/a/b/c");
        CHECK(resolve("/a", "/b//./c") == "/b/c");
        CHECK(resolve("/a/b", "../../../..") == "/");
        CHECK(resolve("/a/b", "..") == "/a");
        CHECK(resolve("/a", "") == "/a");
        CHECK(resolve("/", "...") == "/...");
        CHECK(parent_of("/a") == "/");
        CHECK(parent_of("/a/b") == "/a");
        CHECK(name_of("/a/b") == "b");
        CHECK(name_of("/").empty());
    }

    TEST_CASE("text comes back as it went, however it is cut") {
        const std::string text = "a\nb\r\nc\r\rd\n\n\r";
        std::string wire;
        append_as_network_text(wire, text);
        CHECK(wire == "a\r\nb\r\r\nc\r\rd\r\n\r\n\r");
        for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
            NetworkTextReader reader;
            std::string back;
            reader.read(std::string_view(wire).substr(0, cut), back);
            reader.read(std::string_view(wire).substr(cut), back);
            reader.end(back);
            CHECK(back == text);
        }
    }
}

} // namespace tern::ftp_forms_test
