// What folders without an index file show, if they may.

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace tern::conformance {

using test::write_file;

TEST_SUITE_BEGIN("conformance/listing");

namespace {

const std::string listed = setting("sites.0.listing", "{}");
const std::string as_json = "Accept: application/json\r\n";

/// A root with one folder to be listed, "shelf", and a secret beside it.
struct Shelf {
    TemporaryFolder folder;
    std::filesystem::path shelf = folder / "site/shelf";

    Shelf() {
        std::filesystem::create_directories(shelf / "box");
        write_file(folder / "secret.txt", "secret");
        std::filesystem::create_symlink("../../secret.txt", shelf / "leads_out");
        std::filesystem::create_symlink("b.txt", shelf / "link");
        write_file(shelf / "b.txt", "12345");
        write_file(shelf / "a & <i>", "");
        write_file(shelf / ".hidden", "x");
        const timespec times[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
        for (const char* const name : {"box", "b.txt", "a & <i>"})
            if (::utimensat(AT_FDCWD, (shelf / name).c_str(), times, 0) != 0)
                throw std::runtime_error("utimensat");
    }

    std::string root() const { return setting("sites.0.root", (folder / "site").string()); }
};

} // namespace

TEST_CASE("a folder is listed as JSON, byte for byte") {
    const Shelf shelf;
    const Server server({shelf.root(), listed});
    const HttpResponse response = server.get("/shelf/", as_json);
    CHECK(response.status == 200);
    CHECK(response.field("Content-Type") == "application/json");
    CHECK(response.field("Cache-Control") == "no-cache");
    CHECK(response.field("Vary") == "Accept");
    const std::string date = R"("modified":"2001-09-09T01:46:40Z"})";
    CHECK(response.body ==
          R"({"path":"/shelf/","truncated":false,"entries":[)"
          "\n"
          R"({"name":"box","href":"./box/","type":"folder",)" +
              date + ",\n" +
              R"({"name":"a & <i>","href":"./a%20&%20%3Ci%3E","type":"file","size":0,)" + date +
              ",\n" + R"({"name":"b.txt","href":"./b.txt","type":"file","size":5,)" + date + ",\n" +
              R"({"name":"link","href":"./link","type":"file","size":5,)" + date + "\n]}\n");
}

TEST_CASE("a folder is listed as a page, and its links work") {
    const Shelf shelf;
    const Server server({shelf.root(), listed});
    ClientSocket client = server.connect();
    for (const char* const fields : {"", "Accept: */*\r\n", "Accept: text/html\r\n"}) {
        const HttpResponse page = ask(client, "GET", "/shelf/", fields);
        CHECK(page.status == 200);
        CHECK(page.field("Content-Type") == "text/html; charset=utf-8");
        CHECK(page.body.starts_with("<!doctype html>"));
        CHECK(page.body.find("<title>Index of /shelf/</title>") != std::string::npos);
        CHECK(page.body.find("<a href=\"../\">") != std::string::npos);
        CHECK(page.body.find("<a href=\"./a%20&amp;%20%3Ci%3E\">a &amp; &lt;i&gt;</a>") !=
              std::string::npos);
        for (const char* const hidden : {".hidden", "leads_out", "secret"})
            CHECK(page.body.find(hidden) == std::string::npos);
        const HttpResponse head = ask(client, "HEAD", "/shelf/", fields);
        CHECK(head.field("Content-Length") == std::to_string(page.body.size()));
        CHECK(head.field("Content-Type") == page.field("Content-Type"));
    }
    CHECK(ask(client, "GET", "/shelf/b.txt").body == "12345");
    CHECK(ask(client, "GET", "/shelf/a%20&%20%3Ci%3E").status == 200);
    CHECK(ask(client, "GET", "/shelf/box/").status == 200);
    CHECK(ask(client, "GET", "/shelf").field("Location") == "/shelf/");
    const HttpResponse top = ask(client, "GET", "/");
    CHECK(top.body.find("<a href=\"./shelf/\">shelf/</a>") != std::string::npos);
    CHECK(top.body.find("../") == std::string::npos);
}

TEST_CASE("nothing is listed unless the site says so, and an index file comes first") {
    const Shelf shelf;
    const Server server({shelf.root()});
    CHECK(server.get("/shelf/").status == 403);
    CHECK(server.get("/shelf/", as_json).status == 403);
    const Server other({shelf.root(), listed});
    CHECK(other.get("/missing/").status == 404);
    write_file(shelf.shelf / "index.html", "the index");
    CHECK(other.get("/shelf/").body == "the index");
}

TEST_CASE("a large folder is cut short") {
    const Shelf shelf;
    for (int i = 0; i < 200; ++i)
        write_file(shelf.shelf / "box" / std::to_string(i), "");
    const Server server({shelf.root(), setting("sites.0.listing", R"({"entries": 150})")});
    const std::string body = server.get("/shelf/box/", as_json).body;
    CHECK(body.starts_with(R"({"path":"/shelf/box/","truncated":true,)"));
    std::size_t entries = 0;
    for (std::size_t at = 0; (at = body.find("\"name\"", at)) != std::string::npos; ++at)
        ++entries;
    CHECK(entries == 150);
    CHECK(server.get("/shelf/box/").body.find("only 150 entries") != std::string::npos);
}

TEST_CASE("links out of the site are neither listed nor followed") {
    const Server server({listed}); // the common site is full of traps
    const std::string body = server.get("/", as_json).body;
    CHECK(server.get("/no_index/").status == 200);
    CHECK(body.find("<h1>the start</h1>") != std::string::npos); // it has an index
    const Server bare({listed, setting("sites.0.index", "[]")});
    const std::string names = bare.get("/", as_json).body;
    CHECK(names.find("\"link_inside.txt\"") != std::string::npos);
    CHECK(names.find("\"1k.bin\"") != std::string::npos);
    for (const char* const trap :
         {"link_outside", "link_absolute", "folder_outside", "slash", "loop_", "fifo"})
        CHECK(names.find(trap) == std::string::npos);
}

TEST_SUITE_END();

} // namespace tern::conformance
