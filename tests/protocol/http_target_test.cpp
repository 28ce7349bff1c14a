#include "common/protocol/http/target.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace tern::http_target_test {

namespace {

using namespace tern::http;
using Form = Target::Form;

/// The decoded path, or "malformed" or "unreachable".
std::string decoded(std::string_view raw) {
    std::string storage;
    const DecodedPath path = decode_path(raw, storage);
    switch (path.fault) {
    case PathFault::malformed:
        return "malformed";
    case PathFault::unreachable:
        return "unreachable";
    case PathFault::none:
        break;
    }
    return std::string(path.path);
}

} // namespace

TEST_SUITE("http/target") {

    TEST_CASE("origin form") {
        const Target target = parse_target("GET", "/a/b?c=d?e");
        CHECK(target.form == Form::origin);
        CHECK(target.path == "/a/b");
        CHECK(target.query == "c=d?e");
        CHECK(parse_target("GET", "/?").query.empty());
        CHECK(parse_target("GET", "//a").path == "//a");
    }

    TEST_CASE("absolute form") {
        const Target target = parse_target("GET", "http://a.b:80/c?d");
        CHECK(target.form == Form::absolute);
        CHECK(target.authority == "a.b:80");
        CHECK(target.path == "/c");
        CHECK(target.query == "d");
        CHECK(parse_target("GET", "HTTPS://a").path == "/");
        CHECK(parse_target("GET", "http://a?b").path == "/");
        CHECK(parse_target("GET", "http://a?b").query == "b");
        CHECK(parse_target("OPTIONS", "http://a").path == "*");
        CHECK(parse_target("OPTIONS", "http://a/").path == "/");
    }

    TEST_CASE("asterisk and authority form belong to one method each") {
        CHECK(parse_target("OPTIONS", "*").form == Form::asterisk);
        CHECK(parse_target("GET", "*").form == Form::invalid);
        CHECK(parse_target("CONNECT", "a:80").form == Form::authority);
        CHECK(parse_target("GET", "a:80").form == Form::invalid);
        CHECK(parse_target("CONNECT", "/").form == Form::invalid);
        CHECK(parse_target("GET", std::string_view("/\0", 2)).form == Form::invalid);
    }

    TEST_CASE("targets that are none") {
        for (const char* text :
             {"a", "a/b", "http:/a", "http://", "http:///a", "ftp://a/", "http://user@a/",
              "http://a b/", "/a#b", "/a b", "/\t", "/\x7f", "/\xc3\xa4", "http://a:x/"}) {
            CAPTURE(std::string(text));
            CHECK(parse_target("GET", text).form == Form::invalid);
        }
    }

    TEST_CASE("the host of an authority") {
        CHECK(host_of("a") == "a");
        CHECK(host_of("a:80") == "a");
        CHECK(host_of("[::1]") == "[::1]");
        CHECK(host_of("[::1]:80") == "[::1]");
    }

    TEST_CASE("paths are decoded once") {
        CHECK(decoded("/") == "/");
        CHECK(decoded("/a/b.c") == "/a/b.c");
        CHECK(decoded("/a%20b") == "/a b");
        CHECK(decoded("/%41%6a%6A") == "/Ajj");
        CHECK(decoded("/%2541") == "/%41");
        CHECK(decoded("/%252e%252e/") == "/%2e%2e/");
        CHECK(decoded("/%c3%a4") == "/\xc3\xa4");
        CHECK(decoded("/%3f%23") == "/?#");
        CHECK(decoded("/%01") == "/\x01");
        CHECK(decoded("/a+b") == "/a+b");
    }

    TEST_CASE("dot segments and empty segments go") {
        CHECK(decoded("/./") == "/");
        CHECK(decoded("/.") == "/");
        CHECK(decoded("//") == "/");
        CHECK(decoded("/a//b") == "/a/b");
        CHECK(decoded("/a///") == "/a/");
        CHECK(decoded("/a/./b/.") == "/a/b/");
        CHECK(decoded("/a/../b") == "/b");
        CHECK(decoded("/a/..") == "/");
        CHECK(decoded("/a/b/..") == "/a/");
        CHECK(decoded("/a/b/../../c/") == "/c/");
        CHECK(decoded("/a/%2e%2E/b") == "/b");
        CHECK(decoded("/a/%2e/b") == "/a/b");
        CHECK(decoded("/.hidden") == "/.hidden");
        CHECK(decoded("/...") == "/...");
        CHECK(decoded("/a../b..c") == "/a../b..c");
        CHECK(decoded("//evil.example/..") == "/");
    }

    TEST_CASE("nothing is above the root") {
        CHECK(decoded("/..") == "malformed");
        CHECK(decoded("/../") == "malformed");
        CHECK(decoded("/a/../..") == "malformed");
        CHECK(decoded("/%2e%2e/etc/passwd") == "malformed");
        CHECK(decoded("//..") == "malformed");
        CHECK(decoded("/./..") == "malformed");
    }

    TEST_CASE("bad percent-encoding, NUL and encoded slashes") {
        CHECK(decoded("/%") == "malformed");
        CHECK(decoded("/%4") == "malformed");
        CHECK(decoded("/%4g") == "malformed");
        CHECK(decoded("/%-1") == "malformed");
        CHECK(decoded("/a%00b") == "malformed");
        CHECK(decoded("/a%2fb") == "unreachable");
        CHECK(decoded("/..%2Fa") == "unreachable");
        CHECK(decoded("/%2f%zz") == "malformed");
    }

    TEST_CASE("encoded paths decode to what they were") {
        CHECK(encode_path("/a b/\xc3\xa4?#%") == "/a%20b/%C3%A4%3F%23%25");
        CHECK(encode_path("/~a/b@c:d;e=f") == "/~a/b@c:d;e=f");
        CHECK(encode_path("/a\r\nb") == "/a%0D%0Ab");
        std::string all = "/";
        for (int c = 1; c < 256; ++c) {
            if (c != '/')
                all += static_cast<char>(c);
        }
        CHECK(decoded(encode_path(all)) == all);
    }

} // TEST_SUITE

} // namespace tern::http_target_test
