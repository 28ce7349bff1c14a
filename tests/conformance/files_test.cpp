// Files, folders and what is neither: GET and HEAD (RFC 9110 §9.3.1, §9.3.2).

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace tern::conformance {

using test::difference;
using test::write_file;

TEST_SUITE_BEGIN("conformance/files");

TEST_CASE("GET sends files of all sizes, byte for byte") {
    const Server server;
    for (const SizedFile& file : sized_files) {
        CAPTURE(file.path);
        const HttpResponse response = server.get('/' + std::string(file.path));
        CHECK(response.version == (over_http2() ? "HTTP/2" : "HTTP/1.1"));
        CHECK(response.status == 200);
        CHECK(response.reason == (over_http2() ? "" : "OK"));
        CHECK(response.field("Content-Length") == std::to_string(file.size));
        CHECK(response.field("Accept-Ranges") == "bytes");
        CHECK(response.has("Date"));
        CHECK(difference(response.body, site().content(file.path)).empty());
    }
}

TEST_CASE("HEAD sends the head that GET would, and no content") {
    const Server server;
    ClientSocket client = server.connect();
    for (const SizedFile& file : sized_files) {
        CAPTURE(file.path);
        const std::string target = '/' + std::string(file.path);
        const HttpResponse head = ask(client, "HEAD", target);
        const HttpResponse whole = ask(client, "GET", target); // nothing lies between the two
        CHECK(head.status == 200);
        CHECK(whole.status == 200);
        for (const char* const name : {"Content-Length", "Content-Type", "ETag", "Last-Modified"})
            CHECK(head.field(name) == whole.field(name));
    }
    const HttpResponse missing = ask(client, "HEAD", "/missing");
    CHECK(missing.status == 404);
    CHECK(ask(client, "GET", "/one.bin").body == site().content("one.bin"));
}

TEST_CASE("a folder shows its index file") {
    const Server server;
    for (const auto& [the_target, file] :
         {std::pair{"/", "index.html"}, std::pair{"/folder/", "folder/index.html"},
          std::pair{"/two%20words/", "two words/index.html"}}) {
        // No lambda may capture a binding, says clang 14; and CAPTURE is one.
        const std::string target = the_target;
        CAPTURE(target);
        const HttpResponse response = server.get(target);
        CHECK(response.status == 200);
        CHECK(response.body == site().content(file));
        CHECK(response.field("Content-Type") == "text/html; charset=utf-8");
    }
    CHECK(server.get("/no_index/").status == 403);
}

TEST_CASE("the first index file that is there is shown") {
    const TemporaryFolder folder;
    write_file(folder / "second.html", "second");
    const Server server({setting("sites.0.root", folder.path().string()),
                         setting("sites.0.index", R"(["first.html", "second.html"])")});
    CHECK(server.get("/").body == "second");
    write_file(folder / "first.html", "first");
    CHECK(test::eventually([&] { return server.get("/").body == "first"; }));
}

TEST_CASE("a folder without its slash is redirected to it") {
    const Server server;
    for (const auto& [the_target, location] :
         {std::pair{"/folder", "/folder/"}, std::pair{"/folder?a=b&c", "/folder/?a=b&c"},
          std::pair{"/two%20words", "/two%20words/"}, std::pair{"/no_index", "/no_index/"}}) {
        // No lambda may capture a binding, says clang 14; and CAPTURE is one.
        const std::string target = the_target;
        CAPTURE(target);
        const HttpResponse response = server.get(target);
        CHECK(response.status == 301);
        CHECK(response.field("Location") == location);
    }
}

TEST_CASE("the media type follows the file's extension") {
    const Server server({setting("mime_types", R"({"qqq": "application/x-test"})")});
    for (const auto& [the_target, type] :
         {std::pair{"/style.css", "text/css; charset=utf-8"},
          std::pair{"/script.js", "text/javascript; charset=utf-8"},
          std::pair{"/data.json", "application/json"},
          std::pair{"/text.txt", "text/plain; charset=utf-8"},
          std::pair{"/picture.png", "image/png"}, std::pair{"/drawing.svg", "image/svg+xml"},
          std::pair{"/program.wasm", "application/wasm"},
          std::pair{"/UPPER.HTML", "text/html; charset=utf-8"},
          std::pair{"/archive.tar.gz", "application/gzip"},
          std::pair{"/no_extension", "application/octet-stream"},
          std::pair{"/unknown.qqq", "application/x-test"}}) {
        // No lambda may capture a binding, says clang 14; and CAPTURE is one.
        const std::string target = the_target;
        CAPTURE(target);
        const HttpResponse response = server.get(target);
        CHECK(response.status == 200);
        CHECK(response.field("Content-Type") == type);
    }
}

TEST_CASE("names are percent-decoded, once") {
    const Server server;
    for (const auto& [the_target, file] :
         {std::pair{"/a%20b+c.txt", "a b+c.txt"}, std::pair{"/%C3%BC.txt", "\xc3\xbc.txt"},
          std::pair{"/%c3%bc.txt", "\xc3\xbc.txt"}, std::pair{"/%6fne.bin", "one.bin"},
          std::pair{"/percent%2541.txt", "percent%41.txt"}, std::pair{"/one.bin?%zz", "one.bin"},
          std::pair{"/folder/../one.bin", "one.bin"}, std::pair{"/./one.bin", "one.bin"}}) {
        // No lambda may capture a binding, says clang 14; and CAPTURE is one.
        const std::string target = the_target;
        CAPTURE(target);
        const HttpResponse response = server.get(target);
        CHECK(response.status == 200);
        CHECK(difference(response.body, site().content(file)).empty());
    }
    CHECK(server.get("/percent%41.txt").status == 404);
}

TEST_CASE("the absolute form of a target is understood") { // RFC 9112 §3.2.2
    if (over_http2())
        return;
    const Server server;
    const HttpResponse response = server.get("http://localhost:1234/text.txt");
    CHECK(response.status == 200);
    CHECK(response.body == site().content("text.txt"));
}

TEST_CASE("what is not there is 404") {
    const Server server;
    ClientSocket client = server.connect();
    for (const char* const target : {"/missing", "/folder/missing", "/missing/", "/text.txt/",
                                     "/text.txt/below", "/INDEX.html"}) {
        CAPTURE(target);
        CHECK(ask(client, "GET", target).status == 404);
    }
    const std::string too_long(300, 'n'); // longer than a file's name can be
    CHECK(ask(client, "GET", '/' + too_long).status == 404);
    CHECK(ask(client, "GET", "/text.txt").status == 200); // and none of it was an end
}

TEST_CASE("a changed file is noticed at once, if so configured") {
    const TemporaryFolder folder;
    write_file(folder / "page.txt", "before");
    const Server server(
        {setting("sites.0.root", folder.path().string()), setting("cache.revalidate_s", "0")});
    const HttpResponse before = server.get("/page.txt");
    CHECK(before.body == "before");

    write_file(folder / "page.txt", "afterw"); // in its place, and as long as before
    const HttpResponse rewritten = server.get("/page.txt");
    CHECK(rewritten.body == "afterw");
    CHECK(rewritten.field("ETag") != before.field("ETag"));

    write_file(folder / "new", "replaced");
    std::filesystem::rename(folder / "new", folder / "page.txt");
    const HttpResponse replaced = server.get("/page.txt");
    CHECK(replaced.body == "replaced");
    CHECK(replaced.field("ETag") != rewritten.field("ETag"));

    std::filesystem::remove(folder / "page.txt");
    CHECK(server.get("/page.txt").status == 404);
}

TEST_CASE("a changed file is noticed soon, by default") {
    const TemporaryFolder folder;
    write_file(folder / "page.txt", "before");
    const Server server({setting("sites.0.root", folder.path().string())});
    CHECK(server.get("/page.txt").body == "before");
    write_file(folder / "page.txt", "after!");
    CHECK(test::eventually([&] { return server.get("/page.txt").body == "after!"; }));
}

TEST_CASE("a file that shrinks while it is sent ends the connection, and nothing else") {
    if (over_http2())
        return;
    const TemporaryFolder folder;
    write_file(folder / "big.bin", site().content("10m.bin"));
    const Server server({setting("sites.0.root", folder.path().string())});
    SocketOptions slow;
    slow.receive_buffer = 16384;
    ClientSocket client = server.connect(slow);
    client.send_all(test::request("GET", "/big.bin"));
    CHECK(test::read_response_head(client).status == 200);
    std::filesystem::resize_file(folder / "big.bin", 100);
    client.wait_for_the_end();
    CHECK(server.get("/big.bin").body.size() == 100);
}

TEST_SUITE_END();

} // namespace tern::conformance
