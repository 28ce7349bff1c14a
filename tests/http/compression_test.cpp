#include "servers/http/compress.h"
#include "servers/http/files_handler.h"
#include "servers/http/stored_file.h"
#include "tests/harness/decompress.h"
#include "tests/harness/temporary_folder.h"
#include "tests/http/requests.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace tern::compression_test {

namespace {

using namespace tern::http;
using namespace std::chrono_literals;
using tern::test::decompress;
using tern::test::gzip;
using tern::test::some_moment;
using tern::test::status_of;
using tern::test::TemporaryFolder;
using tern::test::TestRequest;
using tern::test::value_of;

constexpr std::array all_codings = {Coding::gzip, Coding::brotli, Coding::zstd};

std::string text_of(std::size_t size) {
    std::string text;
    for (std::size_t line = 0; text.size() < size; ++line)
        text += "<p>line " + std::to_string(line * 7919 % 1'000) + " of a page</p>\n";
    text.resize(size);
    return text;
}

std::string noise_of(std::size_t size) {
    std::string noise;
    for (std::uint64_t state = 1; noise.size() < size; state = state * 6364136223846793005U + 1)
        noise += static_cast<char>(state >> 56);
    return noise;
}

void set_time(const std::filesystem::path& file, std::time_t time) {
    const std::array<timespec, 2> times = {timespec{time, 0}, timespec{time, 0}};
    REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times.data(), 0) == 0);
}

/// Files that were all changed at the same time.
struct Site {
    TemporaryFolder folder;
    std::string page = text_of(5'000);

    Site() {
        write("page.html", page);
        write("index.html", page);
        write("small.txt", text_of(100));
        write("noise.txt", noise_of(1'000));
        write("picture.png", page);
        write("large.css", text_of(50'000));
    }

    void write(std::string_view name, std::string_view content,
               std::time_t time = 1'000'000'000) const {
        tern::test::write_file(folder / name, content);
        set_time(folder / name, time);
    }

    FilesHandler handler(CompressionSettings compression = {},
                         CacheSettings cache = {1 << 20, 10'000, 1s}) const {
        SiteSettings site;
        site.root = folder.path();
        site.compression = std::move(compression);
        return FilesHandler({site}, MimeTypes(), cache);
    }
};

Response get(FilesHandler& handler, std::string path, std::string_view accepted,
             std::chrono::seconds later = 0s) {
    return handler.respond(TestRequest(std::move(path))
                               .field("Accept-Encoding", accepted)
                               .at({some_moment.steady + later, some_moment.wall + later.count()}));
}

std::string content_of(const Response& response) {
    if (response.file.descriptor < 0)
        return std::string(response.bytes);
    std::string content(response.file.length, '\0');
    REQUIRE(::pread(response.file.descriptor, content.data(), content.size(),
                    response.file.offset) == static_cast<ssize_t>(content.size()));
    return content;
}

std::string coding_of(const Response& response) { return value_of(response, "Content-Encoding"); }

std::string plain_of(const Response& response) {
    return decompress(coding_of(response), content_of(response));
}

} // namespace

TEST_SUITE("http/compression") {

    TEST_CASE("every coding gives the content back, or nothing if it gains nothing") {
        for (const Coding coding : all_codings) {
            for (const std::size_t size : {100U, 5'000U, 131'072U, 1'000'000U}) {
                const std::string text = text_of(size);
                const std::optional<std::string> coded = compress(coding, text);
                REQUIRE(coded);
                CHECK(coded->size() < text.size());
                CHECK(decompress(name_of(coding), *coded) == text);
                CHECK(compress(coding, text) == coded); // strong tags rely on it
            }
            for (const std::string& content :
                 {std::string(), std::string("x"), std::string("short"), noise_of(50'000)})
                CHECK_FALSE(compress(coding, content));
        }
    }

    TEST_CASE("files are compressed on the fly, with all that describes it") {
        const Site site;
        FilesHandler handler = site.handler();
        std::set<std::string> tags = {value_of(handler.respond(TestRequest("/page.html")), "ETag")};
        for (const Coding coding : all_codings) {
            const std::string name(name_of(coding));
            CAPTURE(name);
            const Response response = get(handler, "/page.html", name);
            CHECK(status_of(response) == 200);
            CHECK(coding_of(response) == name);
            CHECK(plain_of(response) == site.page);
            CHECK(response.length() < site.page.size() / 2);
            CHECK(value_of(response, "Vary") == "Accept-Encoding");
            CHECK(value_of(response, "Content-Type") == "text/html; charset=utf-8");
            CHECK(value_of(response, "Last-Modified") == "Sun, 09 Sep 2001 01:46:40 GMT");
            CHECK(value_of(response, "Accept-Ranges") == "bytes");
            const std::string tag = value_of(response, "ETag");
            CHECK(tag.starts_with('"'));
            CHECK(tags.insert(tag).second);
            CHECK(value_of(get(handler, "/page.html", name), "ETag") == tag);
            FilesHandler other = site.handler(); // as in another process
            CHECK(value_of(get(other, "/page.html", name), "ETag") == tag);
        }
        CHECK(plain_of(get(handler, "/", "gzip")) == site.page);
    }

    TEST_CASE("made once: what is kept is sent") {
        const Site site;
        FilesHandler handler = site.handler();
        const Response first = get(handler, "/page.html", "gzip");
        const Response second = get(handler, "/page.html", "gzip", 5s); // looked at again
        CHECK(first.bytes.data() == second.bytes.data());
        CHECK(first.prepared == second.prepared);
    }

    TEST_CASE("the client's weights decide, then our preference") {
        const Site site;
        FilesHandler handler = site.handler();
        const auto coding = [&](std::string_view accepted) {
            return coding_of(get(handler, "/page.html", accepted));
        };
        CHECK(coding("gzip, deflate, br, zstd") == "br");
        CHECK(coding("gzip, zstd") == "zstd");
        CHECK(coding("gzip, br;q=0.9, zstd;q=0.9") == "gzip");
        CHECK(coding("br;q=0.5, zstd;q=0.6, gzip;q=0.1") == "zstd");
        CHECK(coding("*") == "br");
        CHECK(coding("*, br;q=0") == "zstd");
        CHECK(coding("gzip, identity;q=0.5") == "gzip");
        CHECK(coding("gzip;q=0.5, identity") == "");
        CHECK(coding("deflate") == "");
        CHECK(coding("") == "");
        CHECK(coding("gzip;q=nonsense") == "");

        CompressionSettings settings;
        settings.codings = {Coding::gzip, Coding::zstd};
        FilesHandler own = site.handler(settings);
        CHECK(coding_of(get(own, "/page.html", "gzip, br, zstd")) == "gzip");
        CHECK(coding_of(get(own, "/page.html", "br")) == "");
    }

    TEST_CASE("never 406: the plain file if nothing else will do") {
        const Site site;
        FilesHandler handler = site.handler();
        for (const char* accepted : {"identity;q=0", "*;q=0", "deflate, identity;q=0"}) {
            const Response response = get(handler, "/page.html", accepted);
            CHECK(status_of(response) == 200);
            CHECK(content_of(response) == site.page);
        }
        CHECK(coding_of(get(handler, "/page.html", "gzip;q=0.1, identity;q=0")) == "gzip");
        CHECK(status_of(get(handler, "/small.txt", "gzip, identity;q=0")) == 200);
    }

    TEST_CASE("what is small, large, no text, or would not shrink stays as it is") {
        const Site site;
        FilesHandler handler = site.handler();
        for (const char* path : {"/small.txt", "/noise.txt", "/picture.png", "/large.css"}) {
            CAPTURE(std::string(path));
            const Response response = get(handler, path, "gzip, br, zstd");
            CHECK(coding_of(response) == "");
            CHECK(content_of(response) == tern::test::read_file(site.folder / (path + 1)));
            CHECK((value_of(response, "Vary") == "") == (path == std::string("/picture.png")));
        }
        CompressionSettings settings;
        settings.types = {"image/*"};
        settings.min_bytes = 5'000;
        settings.max_bytes = 5'000;
        FilesHandler own = site.handler(settings);
        CHECK(plain_of(get(own, "/picture.png", "gzip")) == site.page);
        CHECK(coding_of(get(own, "/picture.png", "gzip")) == "gzip");
        CHECK(value_of(get(own, "/page.html", "gzip"), "Vary") == "");
        settings.min_bytes = 5'001;
        FilesHandler more = site.handler(settings);
        CHECK(coding_of(get(more, "/picture.png", "gzip")) == "");
        settings.min_bytes = 1;
        settings.max_bytes = 4'999;
        FilesHandler less = site.handler(settings);
        CHECK(coding_of(get(less, "/picture.png", "gzip")) == "");
    }

    TEST_CASE("every answer about a file with forms varies, and no other") {
        const Site site;
        FilesHandler handler = site.handler();
        const std::string tag = value_of(handler.respond(TestRequest("/page.html")), "ETag");
        const auto vary = [&](std::string_view name, std::string_view value) {
            return value_of(handler.respond(TestRequest("/page.html").field(name, value)), "Vary");
        };
        CHECK(vary("Accept", "x") == "Accept-Encoding");
        CHECK(vary("If-None-Match", tag) == "Accept-Encoding");
        CHECK(vary("If-Match", "\"x\"") == "Accept-Encoding");
        CHECK(vary("Range", "bytes=0-0") == "Accept-Encoding");
        CHECK(vary("Range", "bytes=0-0,4000-4001") == "Accept-Encoding");
        CHECK(vary("Range", "bytes=9999-") == "Accept-Encoding");
        CHECK(value_of(get(handler, "/missing.html", "gzip"), "Vary") == "");

        CompressionSettings off;
        off.precompressed = off.on_the_fly = false;
        FilesHandler none = site.handler(off);
        CHECK(value_of(get(none, "/page.html", "gzip"), "Vary") == "");
        CHECK(coding_of(get(none, "/page.html", "gzip")) == "");
    }

    TEST_CASE("preconditions and ranges are about the form that is sent") {
        const Site site;
        FilesHandler handler = site.handler();
        const std::string plain_tag = value_of(handler.respond(TestRequest("/page.html")), "ETag");
        const Response whole = get(handler, "/page.html", "gzip");
        const std::string tag = value_of(whole, "ETag");
        const auto ask = [&](std::string_view name, std::string_view value, Method method) {
            return handler.respond(TestRequest("/page.html", method)
                                       .field("Accept-Encoding", "gzip")
                                       .field(name, value));
        };
        const std::string both = plain_tag + ", " + tag;
        for (const std::string& list : {tag, both, "W/" + tag}) {
            const Response same = ask("If-None-Match", list, Method::get);
            CHECK(status_of(same) == 304);
            CHECK(value_of(same, "ETag") == tag);
            CHECK(value_of(same, "Vary") == "Accept-Encoding");
            CHECK(coding_of(same) == "");
        }
        CHECK(status_of(ask("If-None-Match", plain_tag, Method::get)) == 200);
        const Response plain =
            handler.respond(TestRequest("/page.html").field("If-None-Match", both));
        CHECK(status_of(plain) == 304);
        CHECK(value_of(plain, "ETag") == plain_tag);

        const Response part = ask("Range", "bytes=10-19", Method::get);
        CHECK(status_of(part) == 206);
        CHECK(coding_of(part) == "gzip");
        CHECK(content_of(part) == content_of(whole).substr(10, 10));
        CHECK(value_of(part, "Content-Range") == "bytes 10-19/" + std::to_string(whole.length()));
        CHECK(status_of(ask("Range", "bytes=4999-", Method::get)) == 416);
        const Response parts = ask("Range", "bytes=0-1,300-301", Method::get);
        CHECK(status_of(parts) == 200);
        CHECK(plain_of(parts) == site.page);
        CHECK(ask("Range", "bytes=10-19", Method::head).length() == whole.length());
    }

    TEST_CASE("a file beside that was made beforehand comes first") {
        const Site site;
        site.write("page.html.gz", gzip("beforehand", 0), 1'000'000'000); // as old is not older
        site.write("page.html.br", "not looked into");
        FilesHandler handler = site.handler();
        const Response response = get(handler, "/page.html", "gzip, zstd");
        CHECK(coding_of(response) == "gzip"); // although we like zstd better
        CHECK(plain_of(response) == "beforehand");
        CHECK(value_of(response, "Content-Type") == "text/html; charset=utf-8");
        CHECK(value_of(response, "Vary") == "Accept-Encoding");
        CHECK(value_of(response, "ETag") !=
              value_of(handler.respond(TestRequest("/page.html")), "ETag"));
        CHECK(content_of(get(handler, "/page.html", "br, gzip")) == "not looked into");
        CHECK(coding_of(get(handler, "/page.html", "zstd, gzip;q=0.9")) == "zstd");
        CHECK(plain_of(get(handler, "/page.html", "zstd")) == site.page);
        CHECK(content_of(handler.respond(TestRequest("/page.html"))) == site.page);

        // By itself it is a file like others.
        const Response itself = get(handler, "/page.html.gz", "gzip");
        CHECK(coding_of(itself) == "");
        CHECK(value_of(itself, "Content-Type") == "application/gzip");

        CompressionSettings off;
        off.precompressed = false;
        FilesHandler without = site.handler(off);
        CHECK(plain_of(get(without, "/page.html", "gzip")) == site.page);
    }

    TEST_CASE("files beside that come, change, age and go are noticed") {
        const Site site;
        FilesHandler handler = site.handler();
        const auto plain = [&](std::chrono::seconds later) {
            return plain_of(get(handler, "/page.html", "gzip", later));
        };
        CHECK(plain(0s) == site.page);
        site.write("page.html.gz", gzip("first"));
        CHECK(plain(0s) == site.page);
        CHECK(plain(1s) == "first");
        site.write("page.html.gz", gzip("second one"), 1'000'000'001);
        CHECK(plain(2s) == "second one");
        site.write("page.html.gz", gzip("older"), 999'999'999);
        CHECK(plain(3s) == site.page);
        site.write("page.html.gz", gzip("third"), 1'000'000'002);
        CHECK(plain(4s) == "third");
        site.write("page.html", text_of(600), 1'000'000'003);
        CHECK(plain(5s) == text_of(600));
        std::filesystem::remove(site.folder / "page.html");
        CHECK(status_of(get(handler, "/page.html", "gzip", 6s)) == 404);
    }

    TEST_CASE("files beside are regular, and below the root") {
        const TemporaryFolder elsewhere;
        tern::test::write_file(elsewhere / "secret", gzip("secret"));
        const Site site;
        std::filesystem::create_symlink(elsewhere / "secret", site.folder / "page.html.gz");
        std::filesystem::create_directory(site.folder / "page.html.br");
        REQUIRE(::mkfifo((site.folder / "page.html.zst").c_str(), 0600) == 0);
        FilesHandler handler = site.handler();
        for (const Coding coding : all_codings) {
            const Response response = get(handler, "/page.html", name_of(coding));
            CHECK(coding_of(response) == name_of(coding));
            CHECK(plain_of(response) == site.page);
        }
    }

    TEST_CASE("large files, and no cache: files beside are sent all the same") {
        const Site site;
        const std::string large = text_of(50'000);
        site.write("large.css.gz", gzip(large));
        site.write("page.html.gz", gzip(site.page, 0)); // larger than the cache takes, below
        for (const CacheSettings& cache :
             {CacheSettings{1 << 20, 10'000, 1s}, CacheSettings{0, 0, 1s}}) {
            FilesHandler handler = site.handler({}, cache);
            for (int round = 0; round < 2; ++round) {
                const Response response = get(handler, "/large.css", "gzip");
                CHECK(coding_of(response) == "gzip");
                CHECK(plain_of(response) == large);
                CHECK(plain_of(get(handler, "/page.html", "gzip")) == site.page);
                CHECK(content_of(handler.respond(TestRequest("/large.css"))) == large);
            }
        }
        FilesHandler tight = site.handler({}, {1 << 20, 5'000, 1s});
        CHECK(plain_of(get(tight, "/page.html", "gzip")) == site.page);
    }

    TEST_CASE("the forms count as what the cache holds, and go when there is no room") {
        FileCache cache({20'000, 5'000, 1s});
        const int site = 0;
        const auto plain = std::make_shared<StoredFile>();
        plain->bytes = text_of(3'000);
        plain->forms = std::make_shared<CodedForms>();
        cache.store(&site, "/x", plain);
        const std::size_t before = cache.bytes();
        plain->forms->set_made(Coding::gzip, make_coded(*plain, Coding::gzip));
        REQUIRE(plain->forms->made(Coding::gzip) != nullptr);
        cache.weigh(&site, "/x", *plain);
        CHECK(cache.bytes() > before);
        cache.weigh(&site, "/y", *plain); // not there: nothing happens
        cache.weigh(&site, "/x", StoredFile());
        const auto vast = std::make_shared<StoredFile>();
        vast->bytes = std::string(30'000, 'x');
        plain->forms->set_made(Coding::brotli, vast);
        cache.weigh(&site, "/x", *plain);
        CHECK(cache.bytes() == 0);
        CHECK(cache.find(&site, "/x", {}).file == nullptr);
    }

    TEST_CASE("many threads get the right bytes, coded or not") {
        const Site site;
        FilesHandler handler = site.handler();
        std::atomic<int> wrong = 0;
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&, thread] {
                for (int round = 0; round < 30; ++round) {
                    const Coding coding = all_codings[static_cast<std::size_t>(round + thread) % 3];
                    const Response response = get(handler, "/page.html", name_of(coding),
                                                  std::chrono::seconds(round / 10));
                    if (plain_of(response) != site.page)
                        ++wrong;
                }
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        CHECK(wrong == 0);
    }

} // TEST_SUITE

} // namespace tern::compression_test
