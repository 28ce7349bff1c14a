// Conditional requests (RFC 9110 §13) and ranges (§14).

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace tern::conformance {

using test::difference;

TEST_SUITE_BEGIN("conformance/conditions");

namespace {

std::string field(std::string_view name, std::string_view value) {
    return std::string(name) + ": " + std::string(value) + "\r\n";
}

} // namespace

TEST_CASE("files have a Last-Modified and a strong ETag of their own") {
    const Server server;
    ClientSocket client = server.connect();
    const HttpResponse first = ask(client, "GET", "/1k.bin");
    CHECK(first.field("Last-Modified") == Site::last_modified);
    const std::string tag = first.field("ETag");
    CHECK(tag.size() > 2);
    CHECK(tag.front() == '"');
    CHECK(tag.back() == '"');
    CHECK(ask(client, "GET", "/1k.bin").field("ETag") == tag);
    CHECK(ask(client, "GET", "/one.bin").field("ETag") != tag);
}

TEST_CASE("If-None-Match: 304 for what the client has already") {
    const Server server;
    ClientSocket client = server.connect();
    const std::string tag = ask(client, "GET", "/1k.bin").field("ETag");
    for (const std::string& list :
         {tag, "W/" + tag, "\"other\", " + tag, "\"other\" ," + tag, std::string("*")}) {
        CAPTURE(list);
        const HttpResponse response = ask(client, "GET", "/1k.bin", field("If-None-Match", list));
        CHECK(response.status == 304);
        CHECK(response.field("ETag") == tag); // RFC 9110 §15.4.5
        CHECK(response.has("Date"));
        CHECK(ask(client, "HEAD", "/1k.bin", field("If-None-Match", list)).status == 304);
    }
    const HttpResponse other = ask(client, "GET", "/1k.bin", field("If-None-Match", "\"other\""));
    CHECK(other.status == 200);
    CHECK(difference(other.body, site().content("1k.bin")).empty());
}

TEST_CASE("If-Modified-Since: 304 for what has not changed since") {
    const Server server;
    ClientSocket client = server.connect();
    for (const std::string_view date :
         {Site::last_modified, std::string_view("Mon, 10 Sep 2001 01:46:40 GMT"),
          std::string_view("Sunday, 09-Sep-01 01:46:40 GMT"), // the obsolete forms: RFC 9110 §5.6.7
          std::string_view("Sun Sep  9 01:46:40 2001")}) {
        CAPTURE(date);
        CHECK(ask(client, "GET", "/1k.bin", field("If-Modified-Since", date)).status == 304);
    }
    for (const std::string_view date : {"Sun, 09 Sep 2001 01:46:39 GMT", "yesterday", ""}) {
        CAPTURE(date);
        CHECK(ask(client, "GET", "/1k.bin", field("If-Modified-Since", date)).status == 200);
    }
    // RFC 9110 §13.1.3: ignored beside If-None-Match.
    CHECK(ask(client, "GET", "/1k.bin",
              field("If-Modified-Since", Site::last_modified) + field("If-None-Match", "\"other\""))
              .status == 200);
}

TEST_CASE("If-Match and If-Unmodified-Since: 412 for what has changed") {
    const Server server;
    ClientSocket client = server.connect();
    const std::string tag = ask(client, "GET", "/1k.bin").field("ETag");
    CHECK(ask(client, "GET", "/1k.bin", field("If-Match", tag)).status == 200);
    CHECK(ask(client, "GET", "/1k.bin", field("If-Match", "*")).status == 200);
    CHECK(ask(client, "GET", "/1k.bin", field("If-Match", "\"other\"")).status == 412);
    CHECK(ask(client, "GET", "/1k.bin", field("If-Match", "W/" + tag)).status == 412);
    CHECK(ask(client, "GET", "/1k.bin", field("If-Unmodified-Since", Site::last_modified)).status ==
          200);
    CHECK(
        ask(client, "GET", "/1k.bin", field("If-Unmodified-Since", "Sun, 09 Sep 2001 01:46:39 GMT"))
            .status == 412);
}

TEST_CASE("a range of bytes is sent alone") {
    const Server server;
    ClientSocket client = server.connect();
    struct Range {
        const char* asked;
        std::size_t first, last;
    };
    for (const char* const path : {"1k.bin", "100k.bin"}) { // from memory, and from the file
        const std::string& content = site().content(path);
        const std::string size = std::to_string(content.size());
        const std::size_t end = content.size() - 1;
        for (const Range& range :
             {Range{"bytes=0-0", 0, 0}, Range{"bytes=10-99", 10, 99}, Range{"bytes=500-", 500, end},
              Range{"bytes=-5", end - 4, end}, Range{"bytes=-999999", 0, end},
              Range{"bytes=7-999999", 7, end}, Range{"Bytes=1-2", 1, 2}}) {
            CAPTURE(path);
            CAPTURE(range.asked);
            const HttpResponse response =
                ask(client, "GET", '/' + std::string(path), field("Range", range.asked));
            CHECK(response.status == 206);
            CHECK(response.field("Content-Range") == "bytes " + std::to_string(range.first) + '-' +
                                                         std::to_string(range.last) + '/' + size);
            const std::size_t length = range.last - range.first + 1;
            CHECK(difference(response.body, content.substr(range.first, length)).empty());
            CHECK(response.has("ETag"));
        }
    }
}

TEST_CASE("several ranges are parts of one answer") { // RFC 9110 §15.3.7.2
    const Server server;
    ClientSocket client = server.connect();
    for (const char* const path : {"1k.bin", "10m.bin"}) { // from memory, and from the file
        CAPTURE(path);
        const std::string& content = site().content(path);
        const std::string size = '/' + std::to_string(content.size()) + "\r\n\r\n";
        const std::string tag = ask(client, "HEAD", '/' + std::string(path)).field("ETag");
        const HttpResponse response =
            ask(client, "GET", '/' + std::string(path),
                field("Range", "bytes=600-604, 0-99,1000-1023") + field("If-Range", tag));
        CHECK(response.status == 206);
        const std::string type = response.field("Content-Type");
        REQUIRE(type.starts_with("multipart/byteranges; boundary="));
        const std::string boundary = "\r\n--" + type.substr(type.find('=') + 1);
        const std::string head =
            boundary + "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ";
        CHECK(difference(response.body, head + "600-604" + size + content.substr(600, 5) + head +
                                            "0-99" + size + content.substr(0, 100) + head +
                                            "1000-1023" + size + content.substr(1000, 24) +
                                            boundary + "--\r\n")
                  .empty());
    }
}

TEST_CASE("many ranges, and more than there is, are ignored") { // RFC 9110 §14.2
    const Server server;
    ClientSocket client = server.connect();
    std::string many = "bytes=0-0";
    for (int i = 1; i < 1'000; ++i)
        many += "," + std::to_string(i * 100) + "-" + std::to_string(i * 100);
    for (const std::string& range : {many, std::string("bytes=0-,0-,0-")}) {
        const HttpResponse response = ask(client, "GET", "/100k.bin", field("Range", range));
        CHECK(response.status == 200);
        CHECK(response.body.size() == 102'400);
    }
}

TEST_CASE("a range beyond the end is 416, with the size") { // RFC 9110 §15.5.17
    const Server server;
    ClientSocket client = server.connect();
    for (const auto& [the_target, the_range, content_range] :
         {std::tuple{"/1k.bin", "bytes=1024-", "bytes */1024"},
          std::tuple{"/1k.bin", "bytes=2000-3000", "bytes */1024"},
          std::tuple{"/1k.bin", "bytes=-0", "bytes */1024"},
          std::tuple{"/empty.bin", "bytes=0-", "bytes */0"}}) {
        // No lambda may capture a binding, says clang 14; and CAPTURE is one.
        const std::string target = the_target;
        const std::string range = the_range;
        CAPTURE(target);
        CAPTURE(range);
        const HttpResponse response = ask(client, "GET", target, field("Range", range));
        CHECK(response.status == 416);
        CHECK(response.field("Content-Range") == content_range);
    }
    CHECK(ask(client, "GET", "/1k.bin").status == 200);
}

TEST_CASE("a range that means nothing is ignored") { // RFC 9110 §14.2
    const Server server;
    ClientSocket client = server.connect();
    for (const char* const range : {"bytes=9-1", "bytes=a-b", "bytes=", "bytes=-", "lines=1-2",
                                    "bytes 0-1", "bytes=0x0-0x1", "bytes=1-2x"}) {
        CAPTURE(range);
        const HttpResponse response = ask(client, "GET", "/1k.bin", field("Range", range));
        CHECK(response.status == 200);
        CHECK(difference(response.body, site().content("1k.bin")).empty());
    }
    CHECK(ask(client, "HEAD", "/1k.bin", field("Range", "bytes=0-0")).status == 200);
}

TEST_CASE("If-Range: the part if it is of the same file, else the whole") { // RFC 9110 §13.1.5
    const Server server;
    ClientSocket client = server.connect();
    const std::string range = field("Range", "bytes=0-9");
    const std::string tag = ask(client, "GET", "/1k.bin").field("ETag");
    for (const auto& [the_validator, status] :
         {std::pair{tag, 206}, std::pair{std::string("\"other\""), 200}, std::pair{"W/" + tag, 200},
          std::pair{std::string(Site::last_modified), 206},
          std::pair{std::string("Mon, 10 Sep 2001 01:46:40 GMT"), 200}}) {
        // No lambda may capture a binding, says clang 14; and CAPTURE is one.
        const std::string validator = the_validator;
        CAPTURE(validator);
        CHECK(ask(client, "GET", "/1k.bin", range + field("If-Range", validator)).status == status);
    }
}

TEST_SUITE_END();

} // namespace tern::conformance
