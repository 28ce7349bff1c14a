#include "common/base/json_text.h"
#include "servers/http/files_handler.h"
#include "servers/http/listing_page.h"
#include "tests/harness/temporary_folder.h"
#include "tests/http/requests.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace tern::folder_listing_test {

namespace {

using tern::parse_json;
using namespace tern::http;
using nlohmann::json;
using tern::test::status_of;
using tern::test::TemporaryFolder;
using tern::test::TestRequest;
using tern::test::value_of;
using tern::test::write_file;

struct Site {
    TemporaryFolder folder;
    std::filesystem::path root = folder / "www";

    Site() {
        std::filesystem::create_directories(root / "sub/inner");
        write_file(folder / "secret", "secret");
        write_file(root / "sub/b.txt", "12345");
        write_file(root / "sub/a.txt", "");
        write_file(root / "sub/.hidden", "x");
    }

    FilesHandler handler(std::size_t entries = 100,
                         Symlinks symlinks = Symlinks::within_root) const {
        SiteSettings site;
        site.root = root;
        site.symlinks = symlinks;
        site.listing = ListingSettings{entries};
        return FilesHandler({site}, MimeTypes(), {});
    }
};

Response get(FilesHandler& handler, std::string path, std::string_view accept = "text/html") {
    return handler.respond(TestRequest(std::move(path)).field("Accept", accept));
}

json list(FilesHandler& handler, std::string path) {
    const Response response = get(handler, std::move(path), "application/json");
    REQUIRE(status_of(response) == 200);
    CHECK(value_of(response, "Content-Type") == "application/json");
    return parse_json(response.bytes);
}

std::vector<std::string> names(const json& listing) {
    std::vector<std::string> names;
    for (const json& entry : listing.at("entries"))
        names.push_back(entry.at("name"));
    return names;
}

using Names = std::vector<std::string>;

} // namespace

TEST_SUITE("http/folder_listing") {

    TEST_CASE("folders first, then files, by name; hidden ones never") {
        const Site site;
        FilesHandler handler = site.handler();
        const json listing = list(handler, "/sub/");
        CHECK(names(listing) == Names{"inner", "a.txt", "b.txt"});
        CHECK(listing.at("path") == "/sub/");
        CHECK(listing.at("truncated") == false);
        CHECK(listing.at("entries")[0].at("type") == "folder");
        CHECK(listing.at("entries")[0].at("href") == "./inner/");
        CHECK(listing.at("entries")[2].at("size") == 5);
        CHECK(listing.at("entries")[2].at("type") == "file");
        CHECK(names(list(handler, "/")) == Names{"sub"});
        CHECK(names(list(handler, "/sub/inner/")).empty());
    }

    TEST_CASE("a page for people, unless JSON is liked better") {
        const Site site;
        const std::array<timespec, 2> times = {timespec{1'000'000'000, 0}, {1'000'000'000, 0}};
        REQUIRE(::utimensat(AT_FDCWD, (site.root / "sub/b.txt").c_str(), times.data(), 0) == 0);
        FilesHandler handler = site.handler();
        for (const char* accept : {"text/html", "*/*", "", "text/html, application/json"}) {
            const Response response = get(handler, "/sub/", accept);
            CHECK(status_of(response) == 200);
            CHECK(value_of(response, "Content-Type") == "text/html; charset=utf-8");
            CHECK(value_of(response, "Cache-Control") == "no-cache");
            CHECK(value_of(response, "Vary") == "Accept");
            const std::string page(response.bytes);
            CHECK(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
            CHECK(page.find("<title>Index of /sub/</title>") != page.npos);
            CHECK(page.find("<a href=\"../\">Parent folder</a>") != page.npos);
            CHECK(page.find("<a href=\"./inner/\">inner/</a></td><td></td>") != page.npos);
            CHECK(
                page.find("<tr><td><a href=\"./b.txt\">b.txt</a></td><td><data "
                          "value=\"5\">5 B</data></td><td><time datetime=\"2001-09-09T01:46:40Z\">"
                          "2001-09-09 01:46</time></td></tr>") != page.npos);
        }
        const std::string top(get(handler, "/").bytes);
        CHECK(top.find("../") == top.npos);
        const std::string empty(get(handler, "/sub/inner/").bytes);
        CHECK(empty.find("nothing here") != empty.npos);
        CHECK(value_of(get(handler, "/sub/", "application/json, text/html;q=0.9"),
                       "Content-Type") == "application/json");
    }

    TEST_CASE("off by default, and an index file comes first") {
        const Site site;
        SiteSettings settings;
        settings.root = site.root;
        FilesHandler off({settings}, MimeTypes(), {});
        CHECK(status_of(get(off, "/sub/")) == 403);
        write_file(site.root / "sub/index.html", "the index");
        FilesHandler on = site.handler();
        CHECK(get(on, "/sub/").bytes == "the index");
        CHECK(status_of(get(on, "/nowhere/")) == 404);
        CHECK(status_of(get(on, "/sub/a.txt/")) == 404);
        CHECK(status_of(get(on, "/sub")) == 301);
    }

    TEST_CASE("links are listed if they lead somewhere within the root") {
        const Site site;
        std::filesystem::create_directory(site.root / "links");
        std::filesystem::create_symlink("../sub/b.txt", site.root / "links/inside");
        std::filesystem::create_symlink("../sub", site.root / "links/folder");
        std::filesystem::create_symlink("../../secret", site.root / "links/outside");
        std::filesystem::create_symlink(site.folder / "secret", site.root / "links/absolute");
        std::filesystem::create_symlink("nowhere", site.root / "links/dangling");
        std::filesystem::create_symlink("loop", site.root / "links/loop");
        REQUIRE(::mkfifo((site.root / "links/fifo").c_str(), 0600) == 0);
        FilesHandler within = site.handler();
        const json listing = list(within, "/links/");
        CHECK(names(listing) == Names{"folder", "inside"});
        CHECK(listing.at("entries")[1].at("size") == 5);
        FilesHandler none = site.handler(100, Symlinks::none);
        CHECK(names(list(none, "/links/")).empty());
    }

    TEST_CASE("no more entries than allowed, and it says so") {
        const Site site;
        for (int i = 0; i < 30; ++i)
            write_file(site.root / "sub/inner" / std::to_string(i), "");
        FilesHandler exact = site.handler(30);
        CHECK(list(exact, "/sub/inner/").at("truncated") == false);
        FilesHandler few = site.handler(7);
        const json listing = list(few, "/sub/inner/");
        CHECK(listing.at("entries").size() == 7);
        CHECK(listing.at("truncated") == true);
        const std::string page(get(few, "/sub/inner/").bytes);
        CHECK(page.find("only 7 entries are shown") != page.npos);
    }

    TEST_CASE("names are escaped for where they stand") {
        const Site site;
        const std::string markup = "<b>&\"'.txt";
        const std::string strange = "javascript:alert(1) 50%?#\n\xff\xc3\xbc";
        write_file(site.root / "sub/inner" / markup, "");
        write_file(site.root / "sub/inner" / strange, "");
        FilesHandler handler = site.handler();
        const std::string page(get(handler, "/sub/inner/").bytes);
        CHECK(page.find("<a href=\"./%3Cb%3E&amp;%22'.txt\">&lt;b&gt;&amp;&quot;'.txt</a>") !=
              page.npos);
        CHECK(page.find("<a href=\"./javascript:alert(1)%2050%25%3F%23%0A%FF%C3%BC\">"
                        "javascript:alert(1) 50%?#\\n\\xff\xc3\xbc</a>") != page.npos);
        const json listing = list(handler, "/sub/inner/");
        CHECK(listing.at("entries")[0].at("name") == markup);
        CHECK(listing.at("entries")[1].at("name") ==
              "javascript:alert(1) 50%?#\n\xef\xbf\xbd\xc3\xbc");

        std::filesystem::create_directory(site.root / "<i>");
        const std::string inner(get(handler, "/<i>/").bytes);
        CHECK(inner.find("<i>") == inner.npos);
        CHECK(inner.find("<h1 id=\"title\">Index of /&lt;i&gt;/</h1>") != inner.npos);
    }

    TEST_CASE("sizes for people") {
        const auto shown = [](std::uint64_t size) {
            const std::vector<ListedEntry> entries = {{"x", false, size, 0}};
            const std::string page = listing_as_html({"/", entries, false});
            const std::size_t begin = page.find("\">", page.find("<data")) + 2;
            return page.substr(begin, page.find("</data>") - begin);
        };
        CHECK(shown(0) == "0 B");
        CHECK(shown(1'023) == "1023 B");
        CHECK(shown(1'536) == "1.5 KiB");
        CHECK(shown(std::uint64_t{3} << 40) == "3.0 TiB");
        CHECK(shown(~std::uint64_t{0}) == "16.0 EiB");
    }

} // TEST_SUITE

} // namespace tern::folder_listing_test
