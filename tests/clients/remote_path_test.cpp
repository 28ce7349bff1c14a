#include "clients/ftp/remote_path.h"

#include "clients/ftp/digest.h"
#include "clients/ftp/listing.h"
#include "clients/ftp/words.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace tern::ftp_client {
namespace {

TEST_CASE("a path is resolved without leaving the root") {
    CHECK(resolved("/", "") == "/");
    CHECK(resolved("/a/b", "c") == "/a/b/c");
    CHECK(resolved("/a/b", "/c//d/") == "/c/d");
    CHECK(resolved("/a/b", "../../../x/./y") == "/x/y");
    CHECK(parent_of("/a/b") == "/a");
    CHECK(parent_of("/") == "/");
    CHECK(last_part_of("/a/b") == "b");
    CHECK(last_part_of("/a/b/") == "b");
    CHECK(last_part_of("b") == "b");
}

TEST_CASE("a server's name becomes a local name only if it leads nowhere and controls nothing") {
    for (const char* const name : {"a", "a b", "..a", ".hidden", "你好", "a\\b", "-rf"})
        CHECK_MESSAGE(is_safe_name(name), name);
    for (const char* const name :
         {"", ".", "..", "/", "/etc/passwd", "../x", "a/../b", "a\nb", "\x1b[2J", "\xff",
          "\xe2\x80\xae"
          "x"})
        CHECK_FALSE_MESSAGE(is_safe_name(name), name);
    CHECK_FALSE(is_safe_name(std::string(300, 'x')));
    CHECK_FALSE(is_safe_name(std::string("a\0b", 3)));
}

TEST_CASE("a name that ends a line is no argument") {
    CHECK(is_one_line("a b"));
    CHECK_FALSE(is_one_line("a\r\nDELE b"));
    CHECK_FALSE(is_one_line("a\n"));
    CHECK_FALSE(is_one_line(std::string("a\0b", 3)));
}

TEST_CASE("facts tell what a folder holds, in whatever case, and what is unknown is passed over") {
    const auto entries = entries_from("type=cdir;; .\r\n"
                                      "Type=dir;Modify=20010909014640;Perm=el; folder name\r\n"
                                      "size=1000;TYPE=file;x.y=z; a;b=c d\r\n"
                                      "type=pdir; ..\r\n"
                                      "no facts at all\r\n"
                                      "size=x;type=file; z\n");
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].name == "a;b=c d");
    CHECK(entries[0].size == 1000);
    CHECK_FALSE(entries[0].is_folder);
    CHECK(entries[1].name == "folder name");
    CHECK(entries[1].is_folder);
    CHECK(entries[1].modified == 1'000'000'000);
    CHECK(entries[2].size == 0);
    CHECK(listing_view(entries) == "  1.0 KiB                    a;b=c d\n"
                                   "           2001-09-09 01:46  folder name/\n"
                                   "      0 B                    z\n");
}

TEST_CASE("a listing cannot control the terminal") {
    CHECK(listing_view(entries_from("type=file; \x1b[2J\r\n")).find('\x1b') == std::string::npos);
}

TEST_CASE("a digest is read from its reply only") {
    const std::string digits(64, 'A');
    CHECK(sha256_from("213 SHA-256 0-49 " + digits + " name") == std::string(64, 'a'));
    CHECK(sha256_from("213 SHA-1 0-49 " + digits + " name") == std::nullopt);
    CHECK(sha256_from("213 SHA-256 0-49 short name") == std::nullopt);
    CHECK(sha256_from("502 no") == std::nullopt);
    CHECK(sha256_from("213 SHA-256 ") == std::nullopt);
}

TEST_CASE("words are parted by blanks that nothing keeps together") {
    using Words = std::vector<std::string>;
    CHECK(words_of("  get  a\tb ") == Words{"get", "a", "b"});
    CHECK(words_of(R"(get "a b" 'c "d' e\ f "g\"h")") ==
          Words{"get", "a b", "c \"d", "e f", "g\"h"});
    CHECK(words_of("get \"\"") == Words{"get", ""});
    CHECK(words_of("get \"open end") == Words{"get", "open end"});
    CHECK(words_of("").empty());
}

} // namespace
} // namespace tern::ftp_client
