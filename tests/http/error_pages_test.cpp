#include "common/base/configuration.h"
#include "servers/http/error_pages.h"
#include "tests/harness/temporary_folder.h"
#include "tests/http/requests.h"

#include <doctest/doctest.h>

namespace tern::error_pages_test {

namespace {

using namespace tern::http;
using tern::test::TemporaryFolder;
using tern::test::value_of;
using tern::test::write_file;

std::unique_ptr<const ErrorPages> pages(const std::string& text, const TemporaryFolder& folder) {
    return error_pages_from(tern::Configuration::from_text(
        R"({"listeners": [{"name": "x"}], )" + text + "}", folder / "http.json",
        tern::test::read_file("config/http.schema.json")));
}

std::string complaint(const std::string& text) {
    const TemporaryFolder folder;
    try {
        pages(text, folder);
    } catch (const tern::ConfigurationError& error) {
        return error.what();
    }
    return "none";
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// What a client of that site sees of an error.
Response dressed(const ErrorPages& pages, std::string_view host, Status status) {
    Response response = error_response(status);
    response.fields.add("X-One", "1");
    pages.of(host).replace_page(response);
    return response;
}

} // namespace

TEST_SUITE("http/error_pages") {

    TEST_CASE("a status goes before its class, a site before the server") {
        const TemporaryFolder folder;
        for (const char* const name : {"common.txt", "404.html", "5xx.json", "410.html"})
            write_file(folder / name, name);
        const auto all = pages(R"("error_pages": {"4xx": "common.txt", "404": "404.html"},
            "sites": [{"root": ".", "hosts": ["a"], "error_pages": {"5xx": "5xx.json"}},
                      {"root": ".", "error_pages": {"4xx": "410.html"}}])",
                               folder);
        REQUIRE(all != nullptr);
        CHECK(dressed(*all, "a", Status::not_found).bytes == "404.html");
        CHECK(dressed(*all, "a", Status::forbidden).bytes == "common.txt");
        CHECK(dressed(*all, "A", Status::unavailable).bytes == "5xx.json");
        // The site's own pages for a class go before what the server has for one status.
        CHECK(dressed(*all, "b", Status::not_found).bytes == "410.html");
        CHECK(dressed(*all, "", Status::not_found).bytes == "410.html");
        CHECK(has(dressed(*all, "b", Status::unavailable).bytes, "<h1>503 Service Unavailable"));
    }

    TEST_CASE(
        "the page's type is told by its name; all other fields stay, and so does the status") {
        const TemporaryFolder folder;
        write_file(folder / "page.json", "{}");
        const auto all = pages(R"("error_pages": {"404": "page.json"})", folder);
        REQUIRE(all != nullptr);
        const Response response = dressed(*all, "", Status::not_found);
        CHECK(response.fields.text() == "Content-Type: application/json\r\nX-One: 1\r\n");
        CHECK(response.status == Status::not_found);
        CHECK(response.length() == 2);
    }

    TEST_CASE("no page, no work") {
        const TemporaryFolder folder;
        CHECK(pages(R"("sites": [{"root": "."}])", folder) == nullptr);
    }

    TEST_CASE("what cannot be a page") {
        CHECK(has(complaint(R"("error_pages": {"404": "missing"})"),
                  "/error_pages/404: found \"missing\", allowed: a file that can be read"));
        CHECK(has(complaint(R"("error_pages": {"404": "."})"), "/error_pages/404: "));
        CHECK(has(complaint(R"("sites": [{"root": ".", "error_pages": {"5xx": "missing"}}])"),
                  "/sites/0/error_pages/5xx: "));
        for (const char* const status : {"200", "40", "4XX", "600", "4x4", ""}) {
            CAPTURE(status);
            const std::string text =
                complaint(R"("error_pages": {")" + std::string(status) + R"(": "missing"})");
            CHECK(has(text, "/error_pages"));
            CHECK_FALSE(has(text, "can be read"));
        }
    }

} // TEST_SUITE

} // namespace tern::error_pages_test
