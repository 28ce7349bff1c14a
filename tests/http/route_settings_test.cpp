// Routes as the configuration gives them, with the schema as it is in config/.

#include "common/base/configuration.h"
#include "servers/http/route_settings.h"
#include "tests/harness/temporary_folder.h"

#include <doctest/doctest.h>

namespace tern::route_settings_test {

namespace {

using namespace tern::http;
using tern::test::TemporaryFolder;
using tern::test::write_file;

std::vector<RouteSettings> routes(const std::string& text, const TemporaryFolder& folder) {
    return routes_from(tern::Configuration::from_text(
        R"({"listeners": [{"name": "x"}], "routes": [)" + text + "]}", folder / "http.json",
        tern::test::read_file("config/http.schema.json")));
}

RouteSettings route(const std::string& text) {
    const TemporaryFolder folder;
    return routes(text, folder).at(0);
}

std::string complaint(const std::string& text) {
    try {
        route(text);
    } catch (const tern::ConfigurationError& error) {
        return error.what();
    }
    return "none";
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

} // namespace

TEST_SUITE("http/route_settings") {

    TEST_CASE("methods: those that the handler is made for, unless the route says otherwise") {
        CHECK(route(R"({"path": "/", "handler": "time"})").methods.to_string() == "GET");
        CHECK(route(R"({"path": "/", "handler": "echo", "echo": {}})").methods.to_string() ==
              "GET");
        CHECK(route(R"({"path": "/", "handler": "echo", "echo": {"of": "body"}})")
                  .methods.to_string() == "POST");
        CHECK(route(R"({"path": "/", "handler": "fixed", "fixed": {}, "methods": ["PUT"]})")
                  .methods.to_string() == "PUT");
        CHECK(has(complaint(R"({"path": "/", "handler": "health", "methods": ["POST"]})"),
                  "/routes/0/methods: found \"POST\", allowed here: GET, HEAD"));
    }

    TEST_CASE("options are required by their handler, and forbidden beside another") {
        CHECK(has(complaint(R"({"path": "/", "handler": "fixed"})"),
                  "/routes/0/fixed: found nothing, but the handler requires it"));
        CHECK(has(complaint(R"({"path": "/", "handler": "time", "fixed": {}})"),
                  "/routes/0/fixed: found, but the handler is time"));
        CHECK(has(complaint(R"({"path": "/", "handler": "redirect", "redirect": {}})"),
                  "/routes/0/redirect/target: found nothing"));
    }

    TEST_CASE("fixed: text or file, and their types") {
        const TemporaryFolder folder;
        write_file(folder / "a.json", "{}");
        const auto all = routes(R"(
            {"path": "/a", "handler": "fixed", "fixed": {"file": "a.json"}},
            {"path": "/b", "handler": "fixed", "fixed": {"text": "hi", "status": 404}},
            {"path": "/c", "handler": "fixed",
             "fixed": {"text": "hi", "headers": {"content-type": "text/html", "X-A": "b"}}},
            {"path": "/d", "handler": "fixed", "fixed": {"status": 204}})",
                                folder);
        CHECK(all[0].fixed.content == "{}");
        CHECK(all[0].fixed.fields.text() == "Content-Type: application/json\r\n");
        CHECK(number(all[1].fixed.status) == 404);
        CHECK(all[1].fixed.fields.text() == "Content-Type: text/plain; charset=utf-8\r\n");
        CHECK(all[2].fixed.fields.text() == "X-A: b\r\ncontent-type: text/html\r\n");
        CHECK(all[3].fixed.fields.empty());
        CHECK(has(complaint(R"({"path": "/", "handler": "fixed", "fixed": {"file": "none"}})"),
                  "/routes/0/fixed/file: found \"none\", allowed: a file that can be read"));
        CHECK(has(
            complaint(R"({"path": "/", "handler": "fixed", "fixed": {"file": "a", "text": "b"}})"),
            "found beside a text"));
    }

    TEST_CASE("headers that cannot be") {
        const auto with = [](const std::string& header) {
            return complaint(R"({"path": "/", "handler": "fixed", "fixed": {"headers": {)" +
                             header + "}}}");
        };
        CHECK(with(R"("X-A": "b")") == "none");
        CHECK(has(with(R"("content-length": "3")"),
                  "/routes/0/fixed/headers/content-length: found a header that the server itself"));
        CHECK(has(with(R"("X A": "b")"), "/routes/0/fixed/headers/X A: "));
        CHECK(has(with(R"("X-A": "b\r\nX-B: c")"), "/routes/0/fixed/headers/X-A: "));
    }

    TEST_CASE("redirect: targets that are allowed") {
        const auto to = [](const std::string& target, const std::string& path = "/a/*") {
            return complaint(R"({"path": ")" + path +
                             R"(", "handler": "redirect", "redirect": {"target": ")" + target +
                             "\"}}");
        };
        for (const char* good : {"/", "/*", "/a/*", "/a?b", "https://b.example", "http://b:80/",
                                 "https://b.example/*", "https://b.example/c/*"}) {
            CAPTURE(good);
            CHECK(to(good) == "none");
        }
        for (const char* bad :
             {"", "a", "*", "/a*", "https://b.example*", "https://*", "ftp://a/", "/a b", "/\\n"}) {
            CAPTURE(bad);
            CHECK(to(bad) != "none");
        }
        CHECK(has(to("/x/*", "/a"), "found a *, but the route's path has none"));
        CHECK(route(R"({"path": "/", "handler": "redirect", "redirect": {"target": "/a"}})")
                  .redirect.status == Status::found);
    }

    TEST_CASE("upload: into a folder, with defaults") {
        const TemporaryFolder folder;
        const RouteSettings one = routes(
            R"({"path": "/in/*", "handler": "upload", "upload": {"folder": "in"}})", folder)[0];
        CHECK(one.upload.folder == folder / "in");
        CHECK(one.upload.overwrite);
        CHECK(!one.upload.create_folders);
        CHECK(one.upload.sync);
        CHECK(one.upload.files == 16);
        CHECK(one.methods.to_string() == "POST, PUT, DELETE");
        const RouteSettings other = route(
            R"({"path": "/in/*", "handler": "upload", "methods": ["PUT"], "upload":
                {"folder": "/in", "overwrite": false, "create_folders": true, "fsync": false,
                 "files": 1}})");
        CHECK(!other.upload.overwrite);
        CHECK(other.upload.create_folders);
        CHECK(!other.upload.sync);
        CHECK(other.upload.files == 1);
        CHECK(other.methods.to_string() == "PUT");
    }

    TEST_CASE("upload to one path takes forms only") {
        const std::string begin =
            R"({"path": "/in", "handler": "upload", "upload": {"folder": "x"})";
        CHECK(route(begin + "}").methods.to_string() == "POST");
        CHECK(has(complaint(begin + R"(, "methods": ["PUT"]})"),
                  "/routes/0/methods: found \"PUT\", allowed here: POST"));
        CHECK(has(complaint(R"({"path": "/in/*", "handler": "upload", "upload": {}})"), "folder"));
    }

    TEST_CASE("users, and hashes that are none, which are not shown") {
        const auto with = [](const std::string& users) {
            return R"({"path": "/", "handler": "time", "authentication": {"users": {)" + users +
                   "}}}";
        };
        const RouteSettings good =
            route(with(R"("ann": "$5$tern$RgCskODogPKC0MfTiFEq28uhwB8h648eX8tyIBCpIW9")"));
        REQUIRE(good.authentication);
        CHECK(good.authentication->realm == "restricted");
        CHECK(good.authentication->users.count("ann") == 1);
        const std::string bad = complaint(with(R"("ann": "secret")"));
        CHECK(has(bad, "/routes/0/authentication/users/ann: found no hash that libcrypt knows"));
        CHECK_FALSE(has(bad, "secret"));
        CHECK(complaint(with("")) != "none");
        CHECK(complaint(with(R"("a:b": "$5$tern$RgCskODogPKC0MfTiFEq28uhwB8h648eX8tyIBCpIW9")")) !=
              "none");
    }

    TEST_CASE("CORS that browsers would not accept") {
        const auto with = [](const std::string& cors) {
            return complaint(R"({"path": "/", "handler": "time", "cors": {)" + cors + "}}");
        };
        CHECK(with(R"("origins": ["*"])") == "none");
        CHECK(with(R"("origins": ["https://a", "http://b:80"], "credentials": true)") == "none");
        CHECK(has(with(R"("origins": ["*"], "credentials": true)"), "/routes/0/cors/origins: "));
        CHECK(has(with(R"("origins": ["*", "https://a"])"), "/routes/0/cors/origins: "));
        CHECK(with(R"("origins": ["https://a/"])") != "none");
        CHECK(with(R"("origins": ["*"], "headers": ["a b"])") != "none");
    }

    TEST_CASE("a rate, and rates that cannot be") {
        const auto with = [](const std::string& rate) {
            return R"({"path": "/", "handler": "time", "rate": )" + rate + "}";
        };
        CHECK_FALSE(route(with("null")).rate);
        CHECK(route(with(R"({"requests_per_second": 0.5})")).rate == tern::RateSettings{0.5, 50});
        CHECK(route(with(R"({"requests_per_second": 7, "burst": 1})")).rate ==
              tern::RateSettings{7, 1});
        for (const char* const bad :
             {"{}", R"({"burst": 1})", R"({"requests_per_second": 0})",
              R"({"requests_per_second": 1e6})", R"({"requests_per_second": 1, "burst": 0})"}) {
            CAPTURE(bad);
            CHECK(has(complaint(with(bad)), "/routes/0/rate"));
        }
    }

    TEST_CASE("headers that a route cannot add") {
        const auto with = [](const std::string& header) {
            return complaint(R"({"path": "/", "handler": "time", "headers": {)" + header + "}}");
        };
        CHECK(with(R"("Cache-Control": "max-age=60")") == "none");
        CHECK(has(with(R"("etag": "x")"), "/routes/0/headers/etag: "));
        CHECK(has(with(R"("Date": "x")"), "/routes/0/headers/Date: "));
    }

} // TEST_SUITE

} // namespace tern::route_settings_test
