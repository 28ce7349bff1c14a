// Uploads, as clients see them and as the disk does.

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"
#include "tests/harness/patience.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tern::conformance {

using test::difference;

TEST_SUITE_BEGIN("conformance/upload");

namespace {

/// A folder for uploads, and a server that has it at /in/.
class UploadServer {
public:
    explicit UploadServer(std::string_view options = "") : server_(settings(options)) {}

    ClientSocket connect() const { return server_.connect(); }
    std::filesystem::path operator/(std::string_view name) const { return root() / name; }
    std::string stored(std::string_view name) const { return test::read_file(root() / name); }
    std::size_t entries() const {
        std::size_t count = 0;
        for (std::filesystem::directory_iterator entry(root()), end; entry != end; ++entry)
            ++count;
        return count;
    }

private:
    std::filesystem::path root() const { return folder_ / "incoming"; }

    std::vector<std::string> settings(std::string_view options) const {
        std::filesystem::create_directories(root() / "sub");
        // Servers under test may have given up root's rights.
        for (const auto& folder : {root(), root() / "sub"})
            std::filesystem::permissions(folder, std::filesystem::perms::all);
        return {setting("routes", R"([{"path": "/in/*", "handler": "upload", "body_bytes": 3000000,
                                       "upload": {"folder": ")" +
                                      root().string() + "\"" + std::string(options) + "}}]")};
    }

    test::TemporaryFolder folder_;
    Server server_;
};

std::string length(std::string_view body) {
    return "Content-Length: " + std::to_string(body.size()) + "\r\n";
}

HttpResponse send(ClientSocket& client, std::string_view method, std::string_view target,
                  std::string_view body, std::string_view fields = "") {
    client.send_all(test::request(method, target, length(body) + std::string(fields)) +
                    std::string(body));
    return test::read_response(client);
}

HttpResponse put(ClientSocket& client, std::string_view target, std::string_view body,
                 std::string_view fields = "") {
    return send(client, "PUT", target, body, fields);
}

constexpr std::string_view form_type = "Content-Type: multipart/form-data; boundary=AaB03x\r\n";

std::string part(std::string_view file_name, std::string_view content) {
    return "--AaB03x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"" +
           std::string(file_name) + "\"\r\nContent-Type: application/octet-stream\r\n\r\n" +
           std::string(content) + "\r\n";
}

} // namespace

TEST_CASE("PUT by length and chunked: stored, then replaced, then removed") {
    const UploadServer uploads;
    ClientSocket client = uploads.connect();
    const std::string large = random_bytes(2'500'000);
    const HttpResponse created = put(client, "/in/a%20file.bin", large);
    CHECK(created.status == 201);
    CHECK(created.field("Location") == "/in/a%20file.bin");
    CHECK(difference(uploads.stored("a file.bin"), large).empty());

    client.send_all(test::request("PUT", "/in/a%20file.bin", "Transfer-Encoding: chunked\r\n") +
                    "5\r\nsmall\r\n6\r\n piece\r\n0\r\n\r\n");
    const HttpResponse replaced = test::read_response(client);
    CHECK(replaced.status == 204);
    CHECK(replaced.field("ETag") != created.field("ETag"));
    CHECK(uploads.stored("a file.bin") == "small piece");

    CHECK(put(client, "/in/sub/empty", "").status == 201);
    CHECK(std::filesystem::exists(uploads / "sub/empty"));
    CHECK(ask(client, "DELETE", "/in/a%20file.bin").status == 204);
    CHECK(ask(client, "DELETE", "/in/a%20file.bin").status == 404);
    CHECK(uploads.entries() == 1);
}

TEST_CASE("what was put can be got back, where a route to the files says so") {
    const test::TemporaryFolder folder;
    std::filesystem::create_directory(folder / "in");
    std::filesystem::permissions(folder / "in", std::filesystem::perms::all);
    const Server server({setting("sites.0.root", folder.path().string()),
                         setting("routes", R"([{"path": "/in/*", "handler": "files"},
                               {"path": "/in/*", "handler": "upload",
                                "upload": {"folder": ")" +
                                               (folder / "in").string() + R"("}}])")});
    ClientSocket client = server.connect();
    const HttpResponse stored = put(client, "/in/a.txt", "there and back");
    CHECK(stored.status == 201);
    const HttpResponse got = ask(client, "GET", stored.field("Location"));
    CHECK(got.body == "there and back");
    CHECK(got.field("ETag") == stored.field("ETag"));
    const std::string match = "If-Match: " + got.field("ETag") + "\r\n";
    CHECK(put(client, "/in/a.txt", "x", match).status == 204);
    CHECK(put(client, "/in/a.txt", "y", match).status == 412);
    CHECK(put(client, "/in/a.txt", "y", "If-None-Match: *\r\n").status == 412);
    CHECK(test::read_file(folder / "in/a.txt") == "x");
    CHECK(ask(client, "OPTIONS", "/in/a.txt").field("Allow") ==
          "GET, HEAD, OPTIONS, POST, PUT, DELETE");
}

TEST_CASE("a connection that breaks leaves the old file, and nothing else") {
    const UploadServer uploads;
    test::write_file(uploads / "old", "old content");
    const auto leave = [&](std::string_view target, std::string_view fields,
                           std::string_view beginning) {
        ClientSocket client = uploads.connect();
        client.send_all(test::request("PUT", target, fields) + std::string(beginning));
        client.end_sending();
        client.wait_for_the_end();
    };
    leave("/in/new", "Content-Length: 1000000\r\n", std::string(300'000, 'x'));
    leave("/in/old", "Content-Length: 12\r\n", "new content");
    leave("/in/old", "Transfer-Encoding: chunked\r\n", "b\r\nnew content\r\n");
    leave("/in/old", "Transfer-Encoding: chunked\r\n", "b\r\nnew content\r\nx\r\n");
    // The server undoes it when it sees the end.
    CHECK(test::eventually([&] { return uploads.entries() == 2; }));
    CHECK(uploads.stored("old") == "old content");
    CHECK(!std::filesystem::exists(uploads / "new"));
}

TEST_CASE("too much is 413, at once or when it is counted") {
    const UploadServer uploads;
    {
        ClientSocket told = uploads.connect();
        told.send_all(test::request("PUT", "/in/a", "Content-Length: 3000001\r\n"));
        CHECK(test::read_response(told).status == 413);
    }
    ClientSocket counted = uploads.connect();
    const std::string piece(1'500'000, 'x');
    counted.send_all(test::request("PUT", "/in/a", "Transfer-Encoding: chunked\r\n") +
                     "16e360\r\n" + piece + "\r\n16e360\r\n" + piece + "\r\n1\r\nx");
    CHECK(test::read_response(counted).status == 413);
    CHECK(test::eventually([&] { return uploads.entries() == 1; }));
}

TEST_CASE("nothing outside of the folder can be named") {
    const UploadServer uploads;
    std::filesystem::create_directory_symlink(site().secret_file().parent_path(), uploads / "link");
    std::filesystem::create_symlink(site().secret_file(), uploads / "file");
    for (const char* const target :
         {"/in/../a", "/in/%2e%2e/a", "/in/..%2fa", "/in/%2e%2e%2fa", "/in/sub/../../a",
          "/in/link/secret.txt", "/in/link/a", "/in/file", "/in/.hidden", "/in/sub/.a/b",
          "/in/a%00", "/in/a%0a", "/in/..%5ca", "/in//", "/in/missing/a"}) {
        CAPTURE(target);
        for (const char* const method : {"PUT", "DELETE"}) {
            ClientSocket client = uploads.connect();
            CHECK(send(client, method, target, "x").status / 100 == 4);
        }
    }
    for (const char* const name : {"../a", "/tmp/a", "..", "sub/a", "..\\\\a", ".hidden"}) {
        CAPTURE(name);
        ClientSocket client = uploads.connect();
        CHECK(send(client, "POST", "/in/", part(name, "x") + "--AaB03x--", form_type).status ==
              400);
    }
    CHECK(test::read_file(site().secret_file()) == site().secret);
    CHECK(uploads.entries() == 3);
}

TEST_CASE("folders: only those that are there, or made if the route says so") {
    const UploadServer uploads;
    ClientSocket client = uploads.connect();
    CHECK(put(client, "/in/x/a", "1").status == 409);
    CHECK(send(client, "POST", "/in/x/", part("a", "1") + "--AaB03x--", form_type).status == 404);
    CHECK(put(client, "/in/sub", "1").status == 409);
    const UploadServer making(R"(, "create_folders": true, "overwrite": false, "fsync": false)");
    ClientSocket other = making.connect();
    CHECK(put(other, "/in/x/y/a", "1").status == 201);
    CHECK(making.stored("x/y/a") == "1");
    CHECK(put(other, "/in/x/y/a", "2").status == 409);
    CHECK(making.stored("x/y/a") == "1");
}

TEST_CASE("a form with two files") {
    const UploadServer uploads;
    ClientSocket client = uploads.connect();
    const std::string first = random_bytes(700'000);
    const std::string second = "second\r\n--AaB03\r\n";
    const std::string body = "--AaB03x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n"
                             "not a file\r\n" +
                             part("one.bin", first) + part("two.txt", second) + "--AaB03x--\r\n";
    const HttpResponse stored = send(client, "POST", "/in/sub/", body, form_type);
    CHECK(stored.status == 201);
    CHECK(stored.body == R"({"stored":[{"path":"sub/one.bin","bytes":700000,"replaced":false},)"
                         R"({"path":"sub/two.txt","bytes":17,"replaced":false}]})"
                         "\n");
    CHECK(difference(uploads.stored("sub/one.bin"), first).empty());
    CHECK(uploads.stored("sub/two.txt") == second);
    CHECK(send(client, "POST", "/in/sub/", body, form_type).status == 200);
    // A form that is cut off, though the body is whole.
    CHECK(send(client, "POST", "/in/", part("a", "x"), form_type).status == 400);
    CHECK(send(client, "POST", "/in/", "a=b", "Content-Type: text/plain\r\n").status == 415);
    CHECK(uploads.entries() == 1);
}

TEST_CASE("Expect: 100-continue: the body is asked for only if it is wanted") {
    const UploadServer uploads;
    ClientSocket client = uploads.connect();
    const std::string fields = "Content-Length: 5\r\nExpect: 100-continue\r\n";
    client.send_all(test::request("PUT", "/in/a", fields));
    CHECK(test::read_response_head(client).status == 100);
    client.send_all("hello");
    CHECK(test::read_response(client).status == 201);
    CHECK(uploads.stored("a") == "hello");
    client.send_all(test::request("PUT", "/in/a", fields + "If-None-Match: *\r\n"));
    CHECK(test::read_response(client).status == 412);
}

TEST_CASE("what a crash has left behind goes when the server starts") {
    test::TemporaryFolder folder;
    std::filesystem::create_directory(folder / "below");
    test::write_file(folder / ".tern-upload-0123456789abcdef", "half a");
    test::write_file(folder / "below/.tern-upload-0123456789abcdef", "half a");
    test::write_file(folder / "below/whole", "whole");
    const Server server({setting("routes", R"([{"path": "/in/*", "handler": "upload",
                                               "upload": {"folder": ")" +
                                               folder.path().string() + R"("}}])")});
    CHECK(server.get("/missing").status == 404); // it has started
    CHECK(!std::filesystem::exists(folder / ".tern-upload-0123456789abcdef"));
    CHECK(!std::filesystem::exists(folder / "below/.tern-upload-0123456789abcdef"));
    CHECK(test::read_file(folder / "below/whole") == "whole");
}

TEST_SUITE_END();

} // namespace tern::conformance
