#include "servers/http/files_handler.h"
#include "tests/harness/temporary_folder.h"
#include "tests/http/requests.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>

namespace tern::files_handler_test {

namespace {

using namespace tern::http;
using namespace std::chrono_literals;
using tern::UniqueFd;
using tern::test::some_moment;
using tern::test::status_of;
using tern::test::TemporaryFolder;
using tern::test::TestRequest;
using tern::test::value_of;
using tern::test::write_file;

/// A site in a folder of its own, beside which lies a file that nobody may get.
struct Site {
    TemporaryFolder folder;
    std::filesystem::path root = folder / "www";

    Site() {
        std::filesystem::create_directory(root);
        write_file(folder / "secret", "secret");
        write_file(root / "page.html", "0123456789");
        write_file(root / "index.html", "index");
        std::filesystem::create_directory(root / "sub");
    }

    FilesHandler handler(CacheSettings cache = {}, Symlinks symlinks = Symlinks::within_root,
                         std::vector<std::string> index = {"index.html"}) const {
        return FilesHandler({{{"*"}, root, std::move(index), symlinks}}, MimeTypes(), cache);
    }
};

std::string content_of(const ContentPart& part) {
    if (part.file.descriptor < 0)
        return std::string(part.bytes);
    std::string content(part.file.length, '\0');
    const ssize_t got =
        ::pread(part.file.descriptor, content.data(), content.size(), part.file.offset);
    REQUIRE(got == static_cast<ssize_t>(content.size()));
    return content;
}

std::string content_of(const Response& response) {
    if (response.parts.empty())
        return content_of(ContentPart{response.bytes, response.file});
    std::string content;
    for (const ContentPart& part : response.parts)
        content += content_of(part);
    return content;
}

unsigned status(FilesHandler& handler, std::string path) {
    return status_of(handler.respond(TestRequest(std::move(path))));
}

std::string content(FilesHandler& handler, std::string path) {
    return content_of(handler.respond(TestRequest(std::move(path))));
}

Moment later(std::chrono::seconds by) {
    return {some_moment.steady + by, some_moment.wall + by.count()};
}

/// Small files in memory, and all files by descriptor: the answers must not differ.
const std::array<CacheSettings, 2> both_ways = {{{1 << 20, 1 << 10, 1s}, {0, 0, 1s}}};

} // namespace

TEST_SUITE("http/files_handler") {

    TEST_CASE("a file with all that describes it") {
        const Site site;
        for (const CacheSettings& cache : both_ways) {
            FilesHandler handler = site.handler(cache);
            const Response response = handler.respond(TestRequest("/page.html"));
            CHECK(status_of(response) == 200);
            CHECK(content_of(response) == "0123456789");
            CHECK(response.length() == 10);
            CHECK(value_of(response, "Content-Type") == "text/html; charset=utf-8");
            CHECK(value_of(response, "Accept-Ranges") == "bytes");
            CHECK(value_of(response, "Last-Modified").ends_with(" GMT"));
            CHECK(value_of(response, "ETag").starts_with('"'));
            const bool is_in_memory = response.file.descriptor < 0;
            CHECK(is_in_memory == (cache.bytes > 0));
        }
    }

    TEST_CASE("an empty file") {
        const Site site;
        write_file(site.root / "empty", "");
        for (const CacheSettings& cache : both_ways) {
            FilesHandler handler = site.handler(cache);
            CHECK(status(handler, "/empty") == 200);
            CHECK(content(handler, "/empty").empty());
        }
    }

    TEST_CASE("folders: index files, redirects, nothing to show") {
        const Site site;
        FilesHandler handler = site.handler({}, Symlinks::none, {"index.html", "index.txt"});
        CHECK(content(handler, "/") == "index");
        CHECK(status(handler, "/sub/") == 403);
        CHECK(status(handler, "/nowhere/") == 404);
        CHECK(status(handler, "/page.html/") == 404);
        write_file(site.root / "sub/index.txt", "second");
        CHECK(content(handler, "/sub/") == "second");
        CHECK(value_of(handler.respond(TestRequest("/sub/")), "Content-Type") ==
              "text/plain; charset=utf-8");

        const Response redirect = handler.respond(TestRequest("/sub").query("a=b"));
        CHECK(status_of(redirect) == 301);
        CHECK(value_of(redirect, "Location") == "/sub/?a=b");
        std::filesystem::create_directory(site.root / "a b?\r\n");
        CHECK(value_of(handler.respond(TestRequest("/a b?\r\n")), "Location") ==
              "/a%20b%3F%0D%0A/");
    }

    TEST_CASE("what is not there, or not for everyone") {
        const Site site;
        FilesHandler handler = site.handler();
        CHECK(status(handler, "/nowhere") == 404);
        CHECK(status(handler, "/page.html/x") == 404);
        CHECK(status(handler, "/" + std::string(5'000, 'a')) == 404);
        CHECK(status(handler, "/" + std::string(300, 'a')) == 404);
        if (::geteuid() == 0) // root may read everything
            return;
        write_file(site.root / "private", "x");
        std::filesystem::permissions(site.root / "private", std::filesystem::perms::none);
        CHECK(status(handler, "/private") == 403);
    }

    TEST_CASE("nothing outside of the root is reachable") {
        const Site site;
        std::filesystem::create_symlink("../secret", site.root / "up");
        std::filesystem::create_symlink(site.folder / "secret", site.root / "absolute");
        std::filesystem::create_symlink("..", site.root / "above");
        std::filesystem::create_symlink("/proc/self/root", site.root / "magic");
        std::filesystem::create_symlink("loop", site.root / "loop");
        for (const Symlinks symlinks : {Symlinks::none, Symlinks::within_root}) {
            FilesHandler handler = site.handler({}, symlinks);
            for (const char* path :
                 {"/up", "/absolute", "/above/secret", "/above/", "/magic/etc/passwd", "/../secret",
                  "/sub/../../secret", "/loop"}) {
                CAPTURE(std::string(path));
                CHECK(status(handler, path) == 404);
            }
        }
    }

    TEST_CASE("symbolic links within the root, if they are allowed") {
        const Site site;
        std::filesystem::create_symlink("page.html", site.root / "link");
        std::filesystem::create_symlink("../page.html", site.root / "sub/link");
        FilesHandler allowed = site.handler({}, Symlinks::within_root);
        CHECK(content(allowed, "/link") == "0123456789");
        CHECK(content(allowed, "/sub/link") == "0123456789");
        FilesHandler forbidden = site.handler({}, Symlinks::none);
        CHECK(status(forbidden, "/link") == 404);
        CHECK(status(forbidden, "/sub/link") == 404);
    }

    TEST_CASE("only regular files, and a FIFO does not hang the server") {
        const Site site;
        REQUIRE(::mkfifo((site.root / "fifo").c_str(), 0600) == 0);
        const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        const std::string path = site.root / "socket";
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        FilesHandler handler = site.handler();
        CHECK(status(handler, "/fifo") == 404);
        CHECK(status(handler, "/socket") == 404);
    }

    TEST_CASE("ranges") {
        const Site site;
        for (const CacheSettings& cache : both_ways) {
            FilesHandler handler = site.handler(cache);
            const Response part =
                handler.respond(TestRequest("/page.html").field("Range", "bytes=2-4"));
            CHECK(status_of(part) == 206);
            CHECK(content_of(part) == "234");
            CHECK(value_of(part, "Content-Range") == "bytes 2-4/10");
            CHECK(value_of(part, "Content-Type") == "text/html; charset=utf-8");
            const Response none =
                handler.respond(TestRequest("/page.html").field("Range", "bytes=10-"));
            CHECK(status_of(none) == 416);
            CHECK(value_of(none, "Content-Range") == "bytes */10");
            // RFC 9110 §14.2: only GET has ranges.
            const Response head = handler.respond(
                TestRequest("/page.html", Method::head).field("Range", "bytes=2-4"));
            CHECK(status_of(head) == 200);
            CHECK(head.length() == 10);
        }
    }

    TEST_CASE("several ranges, in the order that was asked for") {
        const Site site;
        write_file(site.root / "long.txt", std::string(500, 'a') + std::string(500, 'b'));
        for (const CacheSettings& cache : both_ways) {
            FilesHandler handler = site.handler(cache);
            const Response parts =
                handler.respond(TestRequest("/long.txt").field("Range", "bytes=-2,499-500,0-0"));
            CHECK(status_of(parts) == 206);
            CHECK(value_of(parts, "Content-Range").empty());
            CHECK(value_of(parts, "ETag").starts_with('"'));
            const std::string type = value_of(parts, "Content-Type");
            REQUIRE(type.starts_with("multipart/byteranges; boundary="));
            const std::string boundary = "\r\n--" + type.substr(type.find('=') + 1);
            const std::string head =
                boundary + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes ";
            const std::string content = content_of(parts);
            CHECK(content == head + "998-999/1000\r\n\r\nbb" + head + "499-500/1000\r\n\r\nab" +
                                 head + "0-0/1000\r\n\r\na" + boundary + "--\r\n");
            CHECK(parts.length() == content.size());

            const Response joined =
                handler.respond(TestRequest("/long.txt").field("Range", "bytes=0-1,2-3"));
            CHECK(value_of(joined, "Content-Range") == "bytes 0-3/1000");
            const Response other = handler.respond(TestRequest("/long.txt")
                                                       .field("Range", "bytes=0-1,200-201")
                                                       .field("If-Range", "\"other\""));
            CHECK(status_of(other) == 200);
        }
    }

    TEST_CASE("conditional requests") {
        const Site site;
        FilesHandler handler = site.handler();
        const Response first = handler.respond(TestRequest("/page.html"));
        const std::string tag = value_of(first, "ETag");
        const std::string date = value_of(first, "Last-Modified");

        const Response same =
            handler.respond(TestRequest("/page.html").field("If-None-Match", tag));
        CHECK(status_of(same) == 304);
        CHECK(same.length() == 0);
        CHECK(value_of(same, "ETag") == tag);
        CHECK(value_of(same, "Last-Modified") == date);
        CHECK(value_of(same, "Content-Type").empty());
        CHECK(status_of(handler.respond(
                  TestRequest("/page.html").field("If-Modified-Since", date))) == 304);
        CHECK(status_of(handler.respond(TestRequest("/page.html").field("If-Match", "\"x\""))) ==
              412);
        CHECK(status_of(handler.respond(TestRequest("/page.html").field("If-Match", tag))) == 200);

        const auto with_if_range = [&](std::string_view value) {
            return status_of(handler.respond(
                TestRequest("/page.html").field("Range", "bytes=0-0").field("If-Range", value)));
        };
        CHECK(with_if_range(tag) == 206);
        CHECK(with_if_range(date) == 206);
        CHECK(with_if_range("\"x\"") == 200);
        // A precondition comes before the range.
        CHECK(status_of(handler.respond(TestRequest("/page.html")
                                            .field("Range", "bytes=99-")
                                            .field("If-None-Match", tag))) == 304);
    }

    TEST_CASE(
        "the cache serves what it has until it looks again, and notices every kind of change") {
        const Site site;
        const auto get = [&](FilesHandler& handler, const char* path, const Moment& moment) {
            return handler.respond(TestRequest(path).at(moment));
        };
        FilesHandler handler = site.handler({1 << 20, 1 << 10, 5s});
        const Response before = get(handler, "/page.html", later(0s));

        write_file(site.root / "page.html", "changed");
        CHECK(content_of(get(handler, "/page.html", later(4s))) == "0123456789");
        const Response after = get(handler, "/page.html", later(5s));
        CHECK(content_of(after) == "changed");
        CHECK(value_of(after, "ETag") != value_of(before, "ETag"));
        CHECK(content_of(before) == "0123456789"); // an answer under way keeps what it has

        write_file(site.root / "other", "renamed");
        std::filesystem::rename(site.root / "other", site.root / "page.html");
        CHECK(content_of(get(handler, "/page.html", later(10s))) == "renamed");

        std::filesystem::remove(site.root / "page.html");
        CHECK(content_of(get(handler, "/page.html", later(11s))) == "renamed");
        CHECK(status_of(get(handler, "/page.html", later(15s))) == 404);
        CHECK(status_of(get(handler, "/page.html", later(15s))) == 404);

        write_file(site.root / "page.html", std::string(5'000, 'x')); // too large to keep
        CHECK(content_of(get(handler, "/page.html", later(20s))).size() == 5'000);
    }

    TEST_CASE("a change that leaves size and times as they were is noticed in a young file") {
        const Site site;
        const std::filesystem::path page = site.root / "page.html";
        struct stat status = {};
        REQUIRE(::stat(page.c_str(), &status) == 0);
        FilesHandler handler = site.handler({1 << 20, 1 << 10, 0s});
        // The file has just been written, as its change time says.
        const Moment young = {some_moment.steady, status.st_mtim.tv_sec + 1};
        CHECK(content_of(handler.respond(TestRequest("/page.html").at(young))) == "0123456789");
        {
            const UniqueFd file(::open(page.c_str(), O_WRONLY | O_CLOEXEC));
            REQUIRE(::pwrite(file.get(), "abcdefghij", 10, 0) == 10);
            const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
            REQUIRE(::futimens(file.get(), times.data()) == 0);
        }
        CHECK(content_of(handler.respond(TestRequest("/page.html").at(young))) == "abcdefghij");
    }

    TEST_CASE("a file from the future is dated now") {
        const Site site;
        FilesHandler handler = site.handler();
        const Moment long_ago = {some_moment.steady, 1'000'000'000};
        const Response response = handler.respond(TestRequest("/page.html").at(long_ago));
        CHECK(value_of(response, "Last-Modified") == "Sun, 09 Sep 2001 01:46:40 GMT");
    }

    TEST_CASE("sites are told apart by host name") {
        const TemporaryFolder folder;
        for (const char* name : {"a", "b", "rest"}) {
            std::filesystem::create_directory(folder / name);
            write_file(folder / name / "index.html", name);
        }
        FilesHandler handler({{{"a.example", "A.test"}, folder / "a", {"index.html"}, {}},
                              {{"*"}, folder / "rest", {"index.html"}, {}},
                              {{"b.example"}, folder / "b", {"index.html"}, {}}},
                             MimeTypes(), {});
        const auto site = [&](std::string_view host) {
            return content_of(handler.respond(TestRequest("/").host(host)));
        };
        CHECK(site("a.example") == "a");
        CHECK(site("a.TEST") == "a");
        CHECK(site("b.example") == "b");
        CHECK(site("c.example") == "rest");
        CHECK(site("") == "rest");
    }

    TEST_CASE("without sites nothing is found; a root that is no folder is refused") {
        FilesHandler handler({}, MimeTypes(), {});
        CHECK(status(handler, "/") == 404);
        const Site site;
        CHECK_THROWS_AS(DocumentRoot(site.root / "page.html", Symlinks::none), std::system_error);
        CHECK_THROWS_AS(DocumentRoot(site.root / "nowhere", Symlinks::none), std::system_error);
    }

    TEST_CASE("media types") {
        const MimeTypes types({{"html", "text/x-own"}, {"own", "x/own"}});
        CHECK(types.type_of("a/b.css") == "text/css; charset=utf-8");
        CHECK(types.type_of("a.tar.GZ") == "application/gzip");
        CHECK(types.type_of("a.html") == "text/x-own");
        CHECK(types.type_of("a.own") == "x/own");
        for (const char* path : {"a", "a.", ".html", "a.b/c", "a.unknown", ""}) {
            CAPTURE(std::string(path));
            CHECK(types.type_of(path) == "application/octet-stream");
        }
    }

} // TEST_SUITE

} // namespace tern::files_handler_test
