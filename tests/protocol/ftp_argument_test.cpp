#include "common/protocol/ftp/argument.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace tern::ftp_argument_test {

using namespace tern::ftp;

TEST_SUITE("ftp/argument") {
    TEST_CASE("numbers are digits and nothing else") {
        CHECK(parse_number("0") == 0U);
        CHECK(parse_number("18446744073709551615") == 18446744073709551615U);
        for (const char* const bad : {"", " 1", "1 ", "-1", "+1", "0x1", "18446744073709551616"})
            CHECK_FALSE(parse_number(bad));
        CHECK(parse_mode("0755") == 0755U);
        for (const char* const bad : {"", "8", "1000", "-1", "644 "})
            CHECK_FALSE(parse_mode(bad));
    }

    TEST_CASE("a path and its range") {
        const auto plain = part_range("two words");
        REQUIRE(plain);
        CHECK(plain->path == "two words");
        CHECK_FALSE(plain->begin);
        const auto from = part_range("file 5");
        REQUIRE(from);
        CHECK(from->path == "file");
        CHECK(from->begin == 5U);
        CHECK_FALSE(from->end);
        const auto quoted = part_range("\"a \"\"b 1\" 2 30");
        REQUIRE(quoted);
        CHECK(quoted->path == "a \"b 1");
        CHECK(quoted->begin == 2U);
        CHECK(quoted->end == 30U);
        for (const char* const bad : {"", "\"\"", "\"a", "\"a\"b", "\"a\" x", "\"a\" 1 2 3"})
            CHECK_FALSE(part_range(bad));
    }

    TEST_CASE("facts before a path") {
        const auto parts = part_facts("modify=1;UNIX.mode=0644; a; b");
        REQUIRE(parts);
        REQUIRE(parts->facts.size() == 2);
        CHECK(parts->facts[0].name == "modify");
        CHECK(parts->facts[1].value == "0644");
        CHECK(parts->path == "a; b");
        for (const char* const bad :
             {"", " file", "modify=1;", "modify=1; ", "modify; file", "=1; file", "modify=1 file"})
            CHECK_FALSE(part_facts(bad));
        std::string many;
        for (int i = 0; i < 17; ++i)
            many += "a=b;";
        CHECK_FALSE(part_facts(many + " file"));
    }

    TEST_CASE("hosts have no port, and nothing that is not in a name") {
        for (const char* const good :
             {"localhost", "ftp.example.org", "ftp.example.org.", "127.0.0.1", "[::1]",
              "[2001:db8::1]", "xn--bcher-kva.example"})
            CHECK(parse_host(good));
        for (const char* const bad :
             {"", ".", "a..b", "-a", "a-", "a:21", "a b", "[::1", "[]", "[::1]:21", "::1", "a/b",
              "b\xc3\xbc", "[", "[abc]", "[1.2.3.4]", "[fe80::1%lo]", "[1:2:3]"})
            CHECK_FALSE(parse_host(bad));
        CHECK_FALSE(parse_host(std::string(256, 'a')));
        CHECK_FALSE(parse_host(std::string_view("[::1\0 x]", 8)));
        CHECK(parse_host("FTP.Example.org.") == parse_host("ftp.example.ORG"));
        CHECK(parse_host("[2001:DB8:0:0::01]") == parse_host("[2001:db8::1]"));
        CHECK(parse_host("[::ffff:1.2.3.4]") == parse_host("[::FFFF:102:304]"));
        CHECK(parse_host("a") != parse_host("b"));
    }
}

} // namespace tern::ftp_argument_test
