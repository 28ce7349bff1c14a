// Nothing outside of a site's root is ever reachable.

#include "tests/conformance/server.h"
#include "tests/conformance/site.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace tern::conformance {

TEST_SUITE_BEGIN("conformance/traversal");

namespace {

/// A 4xx that does not say what lies there, or whether anything does.
void check_out_of_reach(const Server& server, std::string_view target) {
    CAPTURE(std::string(target));
    ClientSocket client = server.connect();
    const HttpResponse response = ask(client, "GET", target);
    CHECK((response.status == 400 || response.status == 403 || response.status == 404));
    CHECK(response.body.find(Site::secret) == std::string::npos);
    CHECK(response.body.find("root:") == std::string::npos);
    CHECK_FALSE(response.has("Location"));
}

} // namespace

TEST_CASE("dot segments do not lead out of the root, in whatever disguise") {
    const Server server;
    for (const char* const target : {"/../site-secret/secret.txt",
                                     "/%2e%2e/site-secret/secret.txt",
                                     "/%2E%2E/site-secret/secret.txt",
                                     "/.%2e/site-secret/secret.txt",
                                     "/..%2fsite-secret/secret.txt",
                                     "/..%2Fsite-secret%2Fsecret.txt",
                                     "/%2e%2e%2fsite-secret/secret.txt",
                                     "/folder/../../site-secret/secret.txt",
                                     "/folder/%2e%2e/%2e%2e/site-secret/secret.txt",
                                     "/folder/..%2f..%2fsite-secret/secret.txt",
                                     "/./../site-secret/secret.txt",
                                     "//../site-secret/secret.txt",
                                     "/folder//../../site-secret/secret.txt",
                                     "/%252e%252e/site-secret/secret.txt",
                                     "/..%252fsite-secret/secret.txt",
                                     "/..\\site-secret\\secret.txt",
                                     "/..%5csite-secret%5csecret.txt",
                                     "/%c0%ae%c0%ae/site-secret/secret.txt",
                                     "/..;/site-secret/secret.txt",
                                     "/../../../../../../../../etc/passwd",
                                     "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                                     "/%2fetc/passwd",
                                     "//etc/passwd",
                                     "///etc/passwd",
                                     "/..",
                                     "/../",
                                     "/%2e%2e",
                                     "/folder/../..",
                                     "http://localhost/../site-secret/secret.txt",
                                     "http://localhost/%2e%2e/site-secret/secret.txt"})
        if (!over_http2() || target[0] == '/') // HTTP/2 has no absolute form
            check_out_of_reach(server, target);
    CHECK(server.get("/text.txt").status == 200);
}

TEST_CASE("a NUL or a bad escape in a path is 400") {
    const Server server;
    for (const char* const target : {"/text.txt%00", "/text.txt%00.html", "/%00", "/text.txt%",
                                     "/text.txt%2", "/text.txt%zz", "/%u0041"}) {
        CAPTURE(target);
        CHECK(server.get(target).status == 400);
    }
}

TEST_CASE("symbolic links within the root are followed, out of it never") {
    const Server server;
    CHECK(server.get("/link_inside.txt").body == site().content("text.txt"));
    for (const char* const target :
         {"/link_outside.txt", "/link_absolute.txt", "/folder_outside/secret.txt",
          "/folder_outside", "/folder_outside/", "/slash/etc/passwd", "/slash/", "/loop_a",
          "/loop_a/"})
        check_out_of_reach(server, target);
}

TEST_CASE("symbolic links are not followed at all, if so configured") {
    const Server server({setting("sites.0.symlinks", "none")});
    CHECK(server.get("/text.txt").status == 200);
    for (const char* const target : {"/link_inside.txt", "/link_outside.txt"})
        check_out_of_reach(server, target);
}

TEST_CASE("what is no file is not opened") { // a FIFO without a writer would never be
    const Server server;
    check_out_of_reach(server, "/fifo");
    CHECK(server.get("/text.txt").status == 200);
}

TEST_SUITE_END();

} // namespace tern::conformance
