#include "servers/http/upload_handler.h"
#include "tests/harness/temporary_folder.h"
#include "tests/http/exchange_peer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tern::upload_handler_test {

namespace {

using namespace tern::http;
using tern::test::ExchangePeer;
using tern::test::ExchangeServer;
using tern::test::read_file;
using tern::test::TemporaryFolder;
using tern::test::write_file;

struct Server : ExchangeServer {
    explicit Server(UploadSettings upload = {}, std::string_view path = "/in/*") {
        std::filesystem::create_directory(folder / "root");
        settings.limits.body_bytes = 1'000;
        router.add(path, {Method::put, Method::post, Method::remove, Method::make_folder},
                   std::make_shared<UploadHandler>(std::make_shared<FileStorage>(folder / "root"),
                                                   upload, path));
    }

    std::string say(std::string_view line, std::string_view fields = "",
                    std::string_view body = "") {
        ExchangePeer peer(*this);
        return peer.say(std::string(line) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) +
                        "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                        std::string(body));
    }
    std::string status(std::string_view line, std::string_view fields = "",
                       std::string_view body = "x") {
        return say(line, fields, body).substr(9, 3);
    }
    std::string stored(std::string_view name) const { return read_file(folder / "root" / name); }
    bool has(std::string_view name) const {
        return std::filesystem::exists(folder / "root" / name);
    }

    TemporaryFolder folder;
};

std::string field(std::string_view answer, std::string_view name) {
    const std::string begin = "\r\n" + std::string(name) + ": ";
    const std::size_t at = answer.find(begin);
    if (at == std::string_view::npos)
        return "";
    const std::string_view rest = answer.substr(at + begin.size());
    return std::string(rest.substr(0, rest.find('\r')));
}

constexpr std::string_view form_type = "Content-Type: multipart/form-data; boundary=b\r\n";

std::string part(std::string_view disposition, std::string_view content) {
    return "--b\r\nContent-Disposition: form-data; name=f" + std::string(disposition) + "\r\n\r\n" +
           std::string(content) + "\r\n";
}

std::string form(std::string_view file_name) {
    return part("; filename=\"" + std::string(file_name) + "\"", "content") + "--b--";
}

UploadSettings with(bool UploadSettings::*setting, bool value) {
    UploadSettings settings;
    settings.*setting = value;
    return settings;
}

} // namespace

TEST_SUITE("http/upload_handler") {

    TEST_CASE("PUT: 201 and where it is for a new file, 204 for a replaced one") {
        Server server;
        const std::string created = server.say("PUT /in/a%20b.txt?q", "", "content");
        CHECK(created.starts_with("HTTP/1.1 201 "));
        CHECK(field(created, "Location") == "/in/a%20b.txt");
        CHECK(server.stored("a b.txt") == "content");
        const std::string replaced = server.say("PUT /in/a%20b.txt", "", "other");
        CHECK(replaced.starts_with("HTTP/1.1 204 "));
        CHECK(field(replaced, "Location").empty());
        CHECK(field(replaced, "ETag") != field(created, "ETag"));
        CHECK(server.stored("a b.txt") == "other");
        CHECK(server.status("PUT /in/empty", "", "") == "201");
        CHECK(server.has("empty"));
    }

    TEST_CASE("PUT: only into folders that are there, unless they are to be made") {
        Server server;
        CHECK(server.status("PUT /in/x/y/a") == "409");
        CHECK(!server.has("x"));
        CHECK(server.status("PUT /in/") == "409");
        std::filesystem::create_directory(server.folder / "root/x");
        CHECK(server.status("PUT /in/x/a") == "201");
        CHECK(server.status("PUT /in/x") == "409"); // a folder
        CHECK(server.status("PUT /in/x/") == "409");
        CHECK(server.status("PUT /in/x/a/b") == "409");

        Server making(with(&UploadSettings::create_folders, true));
        CHECK(making.status("PUT /in/x/y/a") == "201");
        CHECK(making.stored("x/y/a") == "x");
        CHECK(making.status("PUT /in/x/y/a/b") == "409"); // below a file
        std::string deep = "PUT /in";
        for (int i = 0; i < 20; ++i)
            deep += "/d";
        CHECK(making.status(deep) == "409");
        CHECK(!making.has("d"));
    }

    TEST_CASE("PUT: what is not the whole file as it is") {
        Server server;
        CHECK(server.status("PUT /in/a", "Content-Range: bytes 0-0/1\r\n") == "400");
        const std::string coded = server.say("PUT /in/a", "Content-Encoding: gzip\r\n", "x");
        CHECK(coded.substr(9, 3) == "415");
        CHECK(field(coded, "Accept-Encoding") == "identity");
        CHECK(server.status("PUT /in/a", "", std::string(1'001, 'x')) == "413");
        CHECK(!server.has("a"));
        CHECK(server.status("PUT /in/a", "", std::string(1'000, 'x')) == "201");
    }

    TEST_CASE("names that are hidden, or something else than a name") {
        Server server;
        const std::string longest(255, 'a');
        CHECK(server.status("PUT /in/" + longest) == "201");
        for (const std::string& name : std::vector<std::string>{
                 ".hidden", ".x/a", "x/.a", "a%0ab", "a%7f", "a%5cb", "%01", longest + "a"}) {
            CAPTURE(name);
            CHECK(server.status("PUT /in/" + name) == "403");
            CHECK(server.status("DELETE /in/" + name, "", "") == "403");
        }
        CHECK(server.status("PUT /in/a%00b") == "400");
        CHECK(server.status("PUT /in/a%2fb") == "404");
        CHECK(server.status("PUT /in/../a") == "404");
        CHECK(server.status("PUT /in/%2e%2e/a") == "404");
    }

    TEST_CASE("nothing is written, or removed, through a symbolic link") {
        Server server;
        const auto outside = server.folder / "outside";
        std::filesystem::create_directory(outside);
        write_file(outside / "a", "secret");
        std::filesystem::create_directory_symlink(outside, server.folder / "root/folder");
        std::filesystem::create_symlink(outside / "a", server.folder / "root/file");
        std::filesystem::create_symlink(outside / "new", server.folder / "root/dangling");
        CHECK(server.status("PUT /in/folder/a") == "409");
        CHECK(server.status("PUT /in/file") == "409");
        CHECK(server.status("PUT /in/dangling") == "409");
        CHECK(server.status("POST /in/folder/", form_type, form("a")) == "404");
        CHECK(server.status("DELETE /in/folder/a", "", "") == "404");
        CHECK(server.status("DELETE /in/file", "", "") == "409");
        CHECK(read_file(outside / "a") == "secret");
        CHECK(!std::filesystem::exists(outside / "new"));
    }

    TEST_CASE("DELETE: regular files, and nothing else") {
        Server server;
        write_file(server.folder / "root/a", "x");
        std::filesystem::create_directory(server.folder / "root/folder");
        CHECK(server.status("DELETE /in/a", "", "") == "204");
        CHECK(!server.has("a"));
        CHECK(server.status("DELETE /in/a", "", "") == "404");
        CHECK(server.status("DELETE /in/x/a", "", "") == "404");
        CHECK(server.status("DELETE /in/folder", "", "") == "409");
        CHECK(server.status("DELETE /in/folder/", "", "") == "409");
        CHECK(server.has("folder"));
    }

    TEST_CASE("MKCOL makes a folder, DELETE removes an empty one") { // RFC 4918 §9.3
        Server server(with(&UploadSettings::folders, true));
        CHECK(server.status("MKCOL /in/new/", "", "") == "201");
        CHECK(std::filesystem::is_directory(server.folder / "root/new"));
        CHECK(field(server.say("MKCOL /in/new"), "Allow") == "OPTIONS");
        CHECK(server.status("MKCOL /in/new", "", "") == "405");
        CHECK(server.status("MKCOL /in/", "", "") == "405");
        CHECK(server.status("MKCOL /in/none/new", "", "") == "409");
        CHECK(server.status("MKCOL /in/.hidden", "", "") == "403");
        CHECK(server.status("MKCOL /in/other", "", "content") == "415");
        CHECK_FALSE(server.has("other"));

        CHECK(server.status("PUT /in/new/file") == "201");
        CHECK(server.status("DELETE /in/new/", "", "") == "409"); // it is not empty
        CHECK(server.status("DELETE /in/new/file/", "", "") == "409");
        CHECK(server.status("DELETE /in/new/file", "", "") == "204");
        CHECK(server.status("DELETE /in/new", "", "") == "409"); // that would be a file
        CHECK(server.status("DELETE /in/new/", "If-Match: *\r\n", "") == "412");
        CHECK(server.has("new"));
        CHECK(server.status("DELETE /in/new/", "", "") == "204");
        CHECK_FALSE(server.has("new"));
    }

    TEST_CASE("without MKCOL, DELETE leaves folders alone") {
        Server server;
        std::filesystem::create_directory(server.folder / "root/empty");
        CHECK(server.status("DELETE /in/empty/", "", "") == "409");
        CHECK(server.has("empty"));
    }

    TEST_CASE("preconditions are honoured") { // RFC 9110 §13
        Server server;
        const std::string tag = field(server.say("PUT /in/a", "", "first"), "ETag");
        CHECK(server.status("PUT /in/a", "If-None-Match: *\r\n") == "412");
        CHECK(server.status("PUT /in/a", "If-Match: \"other\"\r\n") == "412");
        CHECK(server.status("PUT /in/b", "If-Match: *\r\n") == "412");
        CHECK(server.status("DELETE /in/a", "If-Match: \"other\"\r\n", "") == "412");
        CHECK(server.status("DELETE /in/b", "If-Match: *\r\n", "") == "404"); // RFC 9110 §13.2.1
        CHECK(server.status("PUT /in/a",
                            "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n") == "412");
        CHECK(server.status("POST /in/", std::string(form_type) + "If-Match: *\r\n", form("c")) ==
              "412");
        CHECK(server.stored("a") == "first");
        CHECK(server.status("PUT /in/b", "If-None-Match: *\r\n") == "201");
        CHECK(server.status("PUT /in/a", "If-Match: \"x\", " + tag + "\r\n") == "204");
        CHECK(server.status("PUT /in/a", "If-Match: " + tag + "\r\n") == "412"); // changed since
        CHECK(server.status("DELETE /in/a", "If-Match: *\r\n", "") == "204");
    }

    TEST_CASE("a precondition that no longer holds when the body is there") {
        Server server;
        const std::string tag = field(server.say("PUT /in/a", "", "first"), "ETag");
        const auto begin = [&](std::string_view condition, ExchangePeer& peer) {
            return peer.say("PUT /in/a HTTP/1.1\r\nHost: h\r\n" + std::string(condition) +
                            "\r\nContent-Length: 2\r\n\r\n1");
        };
        ExchangePeer late(server);
        CHECK(begin("If-Match: " + tag, late).empty());
        CHECK(server.status("PUT /in/a") == "204");
        CHECK(late.say("2").substr(9, 3) == "412");
        CHECK(server.stored("a") == "x");

        CHECK(server.status("DELETE /in/a", "", "") == "204");
        ExchangePeer first(server);
        ExchangePeer second(server);
        CHECK(begin("If-None-Match: *", first).empty());
        CHECK(begin("If-None-Match: *", second).empty());
        CHECK(second.say("2").substr(9, 3) == "201");
        CHECK(first.say("2").substr(9, 3) == "412");
    }

    TEST_CASE("of many who want to be the first, one is") {
        Server server;
        UploadSettings settings;
        UploadHandler handler(std::make_shared<FileStorage>(server.folder / "root"), settings,
                              "/in/*");
        std::vector<unsigned> statuses(8);
        std::vector<std::thread> threads;
        for (unsigned& status : statuses) {
            threads.emplace_back([&handler, &status] {
                tern::test::TestRequest request("/in/a", Method::put);
                request.field("If-None-Match", "*");
                status = tern::test::status_of(handler.respond(request));
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        CHECK(std::count(statuses.begin(), statuses.end(), 201U) == 1);
        CHECK(std::count(statuses.begin(), statuses.end(), 412U) == 7);
    }

    TEST_CASE("files that are there stay, if they are not to be overwritten") {
        Server server(with(&UploadSettings::overwrite, false));
        CHECK(server.status("PUT /in/a", "", "1") == "201");
        CHECK(server.status("PUT /in/a", "", "2") == "409");
        CHECK(server.status("POST /in/", form_type, form("a")) == "409");
        CHECK(server.stored("a") == "1");
    }

    TEST_CASE("a form: its files are stored, and the rest is forgotten") {
        Server server;
        std::filesystem::create_directory(server.folder / "root/x");
        write_file(server.folder / "root/x/old", "old");
        const std::string body = part("", "a field") + part("; filename=\"\"", "none chosen") +
                                 part("; filename=\"n \\\"1\\\"\"", "new") +
                                 part("; filename=old", "") + "--b--\r\n";
        const std::string answer = server.say("POST /in/x", form_type, body);
        CHECK(answer.starts_with("HTTP/1.1 201 "));
        CHECK(answer.ends_with("\r\n\r\n{\"stored\":["
                               "{\"path\":\"x/n \\\"1\\\"\",\"bytes\":3,\"replaced\":false},"
                               "{\"path\":\"x/old\",\"bytes\":0,\"replaced\":true}]}\n"));
        CHECK(server.stored("x/n \"1\"") == "new");
        CHECK(server.stored("x/old").empty());
        const std::string again = server.say("POST /in/x/", form_type, form("old"));
        CHECK(again.starts_with("HTTP/1.1 200 "));
        const std::string one = server.say("POST /in/", form_type, form("a b"));
        CHECK(field(one, "Location") == "/in/a%20b");
    }

    TEST_CASE("a form that cannot be stored leaves nothing") {
        UploadSettings settings;
        settings.files = 2;
        Server server(settings);
        const auto status = [&](const std::string& body) {
            return server.status("POST /in/", form_type, body);
        };
        for (const char* const name :
             {"../a", "/etc/passwd", "x/a", "..", ".hidden", "C:\\a", "a\tb"}) {
            CAPTURE(name);
            CHECK(status(part("; filename=good", "x") + form(name)) == "400");
        }
        CHECK(status("") == "400");
        CHECK(status("--b--") == "400");
        CHECK(status(part("", "a field") + "--b--") == "400");
        CHECK(status(part("; filename=a", "x")) == "400"); // cut off
        CHECK(status(form("a").substr(0, 40)) == "400");
        CHECK(status(part("; filename=a", "x") + form("a")) == "400"); // twice
        CHECK(status(part("; filename=a", "x") + part("; filename=b", "x") + form("c")) == "413");
        CHECK(server.status("POST /in/", "Content-Type: text/plain\r\n") == "415");
        CHECK(server.status("POST /in/", "") == "415");
        CHECK(server.status("POST /in/", "Content-Type: multipart/form-data\r\n") == "400");
        CHECK(server.status("POST /in/x/", form_type, form("a")) == "404");
        CHECK(server.status("POST /in/.x/", form_type, form("a")) == "404");
        CHECK(std::filesystem::is_empty(server.folder / "root"));
    }

    TEST_CASE("a route with one path takes forms into its folder") {
        Server server({}, "/form");
        const std::string answer = server.say("POST /form", form_type, form("a"));
        CHECK(answer.starts_with("HTTP/1.1 201 "));
        CHECK(field(answer, "Location").empty());
        CHECK(server.stored("a") == "content");
        CHECK(server.status("PUT /form") == "409");
    }

    TEST_CASE("what is refused is refused before the body is asked for") {
        Server server;
        const auto expect = [&](std::string_view target) {
            ExchangePeer peer(server);
            return peer.say("PUT " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" +
                            "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        };
        CHECK(expect("/in/x/a").starts_with("HTTP/1.1 409 "));
        CHECK(expect("/in/a") == "HTTP/1.1 100 Continue\r\n\r\n");
        CHECK(std::filesystem::is_empty(server.folder / "root"));
    }

} // TEST_SUITE

} // namespace tern::upload_handler_test
