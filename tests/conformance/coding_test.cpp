// Files in coded form: Accept-Encoding, Content-Encoding, Vary (RFC 9110 §8.4, §12.5.3, §12.5.5).

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"
#include "tests/harness/decompress.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace tern::conformance {

using test::decompress;
using test::difference;
using test::write_file;

TEST_SUITE_BEGIN("conformance/coding");

namespace {

/// A folder with pages of its own.
class Pages {
public:
    Pages() {
        for (int line = 0; line < 500; ++line)
            page_ += "<p>line " + std::to_string(line * 7919 % 1'000) + "</p>\n";
        write("page.html", page_);
        write("beside.html", page_);
        write("beside.html.gz", test::gzip("made beforehand"));
        write("stale.html", page_);
        write("stale.html.gz", test::gzip("of long ago"), -1);
        write("tiny.txt", "tiny");
        write("noise.bin", random_bytes(5'000));
        for (int part = 0; part < 60; ++part) // more than the cache takes
            large_ += page_;
        write("large.css", large_);
        write("large.css.gz", test::gzip(large_));
    }

    void write(const std::string& name, std::string_view content, std::time_t later = 0) const {
        write_file(folder_ / name, content);
        const timespec time = {1'000'000'000 + later, 0};
        const timespec times[2] = {time, time};
        if (::utimensat(AT_FDCWD, (folder_ / name).c_str(), times, 0) != 0)
            throw std::runtime_error("utimensat");
    }

    std::string root() const { return setting("sites.0.root", folder_.path().string()); }
    const std::string& page() const { return page_; }
    const std::string& large() const { return large_; }

private:
    TemporaryFolder folder_;
    std::string page_, large_;
};

std::string accept(std::string_view codings) {
    return "Accept-Encoding: " + std::string(codings) + "\r\n";
}

std::string plain(const HttpResponse& response) {
    return decompress(response.field("Content-Encoding"), response.body);
}

} // namespace

TEST_CASE("each coding gives the same bytes, under a strong tag of its own") {
    const Pages pages;
    const Server server({pages.root()});
    ClientSocket client = server.connect();
    std::set<std::string> tags;
    for (const std::string coding : {"", "gzip", "br", "zstd", "gzip", "br", "zstd", ""}) {
        CAPTURE(coding);
        const HttpResponse response = ask(client, "GET", "/page.html", accept(coding));
        CHECK(response.status == 200);
        CHECK(response.field("Content-Encoding") == coding);
        CHECK(difference(plain(response), pages.page()).empty());
        CHECK((response.body.size() < pages.page().size() / 2) == !coding.empty());
        CHECK(response.field("Vary") == "Accept-Encoding");
        CHECK(response.field("Content-Type") == "text/html; charset=utf-8");
        const std::string tag = response.field("ETag");
        CHECK(tag.starts_with('"'));
        tags.insert(tag);
        const HttpResponse head = ask(client, "HEAD", "/page.html", accept(coding));
        for (const char* const name : {"Content-Length", "Content-Type", "Content-Encoding", "ETag",
                                       "Vary", "Last-Modified", "Accept-Ranges"})
            CHECK(head.field(name) == response.field(name));
    }
    CHECK(tags.size() == 4);
    const HttpResponse unasked = ask(client, "GET", "/page.html");
    CHECK(unasked.field("Vary") == "Accept-Encoding");
    CHECK(unasked.body == pages.page());
}

TEST_CASE("what the client likes best is sent, and never 406") {
    const Pages pages;
    const Server server({pages.root()});
    ClientSocket client = server.connect();
    for (const auto& [accepted, coding] :
         {std::pair{"gzip, deflate, br, zstd", "br"}, std::pair{"gzip;q=1.0, br;q=0.9", "gzip"},
          std::pair{"*;q=0.1", "br"}, std::pair{"*, br;q=0", "zstd"}, std::pair{"X-GZIP", "gzip"},
          std::pair{"gzip;q=0", ""}, std::pair{"gzip;q=0.5, identity", ""},
          std::pair{"identity;q=0", ""}, std::pair{"*;q=0", ""}, std::pair{"deflate", ""},
          std::pair{"gzip;q=0.1, *;q=0", "gzip"}, std::pair{"gzip;q=1.5, ;;,\"", ""},
          std::pair{"compress\r\nAccept-Encoding: zstd", "zstd"}}) {
        const std::string fields = accept(accepted);
        CAPTURE(fields);
        const HttpResponse response = ask(client, "GET", "/page.html", fields);
        CHECK(response.status == 200);
        CHECK(response.field("Content-Encoding") == coding);
        CHECK(difference(plain(response), pages.page()).empty());
    }
}

TEST_CASE("files beside that were made beforehand come first, unless they are older") {
    const Pages pages;
    const Server server({pages.root()});
    ClientSocket client = server.connect();
    const HttpResponse beside = ask(client, "GET", "/beside.html", accept("br, zstd, gzip"));
    CHECK(beside.field("Content-Encoding") == "gzip");
    CHECK(beside.field("Content-Type") == "text/html; charset=utf-8");
    CHECK(plain(beside) == "made beforehand");
    CHECK(plain(ask(client, "GET", "/beside.html", accept("br"))) == pages.page());
    CHECK(ask(client, "GET", "/beside.html").body == pages.page());
    CHECK(plain(ask(client, "GET", "/stale.html", accept("gzip"))) == pages.page());

    const HttpResponse large = ask(client, "GET", "/large.css", accept("gzip"));
    CHECK(large.field("Content-Encoding") == "gzip");
    CHECK(difference(plain(large), pages.large()).empty());
    CHECK(difference(ask(client, "GET", "/large.css", accept("br")).body, pages.large()).empty());
    CHECK(ask(client, "GET", "/large.css").field("Vary") == "Accept-Encoding");
}

TEST_CASE("a changed file changes in all its forms") {
    const Pages pages;
    const Server server({pages.root(), setting("cache.revalidate_s", "0")});
    CHECK(plain(server.get("/page.html", accept("gzip"))) == pages.page());
    const std::string longer = pages.page() + "and more\n";
    pages.write("page.html", longer, 5);
    CHECK(plain(server.get("/page.html", accept("gzip"))) == longer);
    pages.write("page.html.br", "any bytes", 5);
    CHECK(server.get("/page.html", accept("gzip, br")).body == "any bytes");
}

TEST_CASE("what gains nothing is sent as it is") {
    const Pages pages;
    const Server server({pages.root()});
    ClientSocket client = server.connect();
    const HttpResponse tiny = ask(client, "GET", "/tiny.txt", accept("gzip"));
    CHECK(tiny.body == "tiny");
    CHECK(tiny.field("Vary") == "Accept-Encoding"); // there may be a file beside it tomorrow
    const HttpResponse noise = ask(client, "GET", "/noise.bin", accept("gzip"));
    CHECK_FALSE(noise.has("Content-Encoding"));
    CHECK_FALSE(noise.has("Vary"));
    CHECK(difference(noise.body, random_bytes(5'000)).empty());
}

TEST_CASE("preconditions and ranges are about the form that is sent") {
    const Pages pages;
    const Server server({pages.root()});
    ClientSocket client = server.connect();
    const std::string plain_tag = ask(client, "GET", "/page.html").field("ETag");
    const std::string zip = accept("gzip");
    const HttpResponse whole = ask(client, "GET", "/page.html", zip);
    const std::string tag = whole.field("ETag");
    for (const auto& [fields, current] :
         {std::pair{zip, tag}, std::pair{std::string(), plain_tag}}) {
        for (const std::string& list : {current, plain_tag + ", " + tag}) {
            const HttpResponse same =
                ask(client, "GET", "/page.html", fields + "If-None-Match: " + list + "\r\n");
            CHECK(same.status == 304);
            CHECK(same.field("ETag") == current);
            CHECK(same.field("Vary") == "Accept-Encoding");
        }
    }
    CHECK(ask(client, "GET", "/page.html", zip + "If-None-Match: " + plain_tag + "\r\n").status ==
          200);

    const HttpResponse part =
        ask(client, "GET", "/page.html", zip + "Range: bytes=20-\r\nIf-Range: " + tag + "\r\n");
    CHECK(part.status == 206);
    CHECK(part.field("Content-Encoding") == "gzip");
    CHECK(
        difference(decompress("gzip", whole.body.substr(0, 20) + part.body), pages.page()).empty());
    const HttpResponse other = ask(client, "GET", "/page.html",
                                   zip + "Range: bytes=20-\r\nIf-Range: " + plain_tag + "\r\n");
    CHECK(other.status == 200);
    CHECK(difference(plain(other), pages.page()).empty());
}

TEST_CASE("compression can be switched off, and bounded") {
    const Pages pages;
    const Server off({pages.root(), setting("sites.0.compression.on_the_fly", "false"),
                      setting("sites.0.compression.precompressed", "false")});
    const HttpResponse page = off.get("/beside.html", accept("gzip"));
    CHECK(page.body == pages.page());
    CHECK_FALSE(page.has("Vary"));

    const Server own({pages.root(), setting("sites.0.compression.codings", R"(["gzip"])"),
                      setting("sites.0.compression.types", R"(["text/html", "text/css"])"),
                      setting("sites.0.compression.max_bytes", "100")});
    CHECK(own.get("/page.html", accept("gzip")).body == pages.page());
    CHECK(plain(own.get("/beside.html", accept("br, gzip;q=0.1"))) == "made beforehand");
    CHECK_FALSE(own.get("/tiny.txt").has("Vary"));
}

TEST_SUITE_END();

} // namespace tern::conformance
