#include "common/protocol/http/accept.h"
#include "common/protocol/http/content_coding.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

namespace tern::http_negotiation_test {

namespace {

using namespace tern::http;

AcceptedCodings accepted(std::string_view value) {
    const std::array<Field, 2> fields = {Field{"Host", "x"}, Field{"accept-encoding", value}};
    return accepted_codings(fields);
}

/// Weights of gzip, br, zstd and identity.
using Weights = std::array<Weight, 4>;

Weights weights(std::string_view value) {
    const AcceptedCodings codings = accepted(value);
    return {codings.weight_of(Coding::gzip), codings.weight_of(Coding::brotli),
            codings.weight_of(Coding::zstd), codings.identity};
}

Weight of_type(std::string_view accept, std::string_view type) {
    const std::array<Field, 1> fields = {Field{"Accept", accept}};
    return weight_of_type(fields, type);
}

} // namespace

TEST_SUITE("protocol/http_negotiation") {

    TEST_CASE("codings have names, and gzip an old one") {
        for (const Coding coding : {Coding::gzip, Coding::brotli, Coding::zstd})
            CHECK(coding_from(name_of(coding)) == coding);
        CHECK(coding_from("X-GZip") == Coding::gzip);
        CHECK(coding_from("BR") == Coding::brotli);
        for (const char* name : {"", "identity", "deflate", "*", "gzipp", "b"})
            CHECK(coding_from(name) == std::nullopt);
    }

    TEST_CASE("what is named is accepted, with its weight") {
        CHECK(weights("gzip") == Weights{1000, 0, 0, 1});
        CHECK(weights("gzip, deflate, br, zstd") == Weights{1000, 1000, 1000, 1});
        CHECK(weights("GZIP;Q=0.5 , br ; q=0.125,zstd;q=1.000") == Weights{500, 125, 1000, 1});
        CHECK(weights("gzip;q=0.5, identity;q=0.7") == Weights{500, 0, 0, 700});
        CHECK(weights("gzip;q=1., br;q=0.") == Weights{1000, 0, 0, 1});
    }

    TEST_CASE("identity is welcome unless it is excluded") { // RFC 9110 §12.5.3
        CHECK(weights("") == Weights{0, 0, 0, 1});
        CHECK(accepted_codings({}).identity == 1);
        CHECK(weights("identity") == Weights{0, 0, 0, 1000});
        CHECK(weights("identity;q=0") == Weights{0, 0, 0, 0});
        CHECK(weights("gzip, identity;q=0") == Weights{1000, 0, 0, 0});
        CHECK(weights("*;q=0") == Weights{0, 0, 0, 0});
        CHECK(weights("*;q=0, identity;q=0.1") == Weights{0, 0, 0, 100});
        CHECK(weights("gzip, *;q=0") == Weights{1000, 0, 0, 0});
    }

    TEST_CASE("* stands for what is not named") {
        CHECK(weights("*") == Weights{1000, 1000, 1000, 1});
        CHECK(weights("*;q=0.3, br;q=0") == Weights{300, 0, 300, 1});
        CHECK(weights("br;q=0.2, *;q=0.3") == Weights{300, 200, 300, 1});
    }

    TEST_CASE("malformed elements name nothing, and spoil no others") {
        for (const char* bad :
             {"gzip;q=1.001", "gzip;q=2", "gzip;q=-1", "gzip;q=0.1234", "gzip;q=", "gzip;q=x",
              "gzip;q=.5", "gzip;q=0,5x;q=1.0.0", "gzip;q=1;q=0.5", "gzip;level=9", ";q=1",
              "gzip br", "gzip;q=\"1\"", "g\xffzip", "\"gzip\"", ",,,", ";;;", "gzip;q=1\"x,br"}) {
            CAPTURE(std::string(bad));
            CHECK(accepted(bad).weight_of(Coding::gzip) == 0);
            CHECK(accepted(bad).identity == 1);
            CHECK(weights("zstd, " + std::string(bad))[2] == 1000);
        }
        CHECK(weights("gzip;;q=0.5;") == Weights{500, 0, 0, 1});
    }

    TEST_CASE("the lower of two weights counts") {
        CHECK(weights("gzip;q=0, gzip") == Weights{0, 0, 0, 1});
        CHECK(weights("gzip, x-gzip;q=0.5") == Weights{500, 0, 0, 1});
    }

    TEST_CASE("several lines are one list, of which not all is read") {
        const std::array<Field, 2> lines = {Field{"Accept-Encoding", "gzip;q=0.5"},
                                            Field{"Accept-Encoding", "br"}};
        CHECK(accepted_codings(lines).weight_of(Coding::gzip) == 500);
        CHECK(accepted_codings(lines).weight_of(Coding::brotli) == 1000);

        std::string many;
        for (std::size_t i = 0; i + 1 < most_weighted; ++i)
            many += "x" + std::to_string(i) + ",";
        CHECK(accepted(many + "gzip").weight_of(Coding::gzip) == 1000);
        CHECK(accepted(many + "x,gzip").weight_of(Coding::gzip) == 0);
        CHECK(accepted(std::string(100'000, ',') + "gzip").weight_of(Coding::gzip) == 1000);
    }

    TEST_CASE("the most specific range of media types decides") { // RFC 9110 §12.5.1
        constexpr std::string_view accept = "text/*;q=0.3, text/html, */*;q=0.5, a/b;x=\"1,2;q=0\"";
        CHECK(of_type(accept, "text/html") == 1000);
        CHECK(of_type(accept, "text/plain") == 300);
        CHECK(of_type(accept, "application/json") == 500);
        CHECK(of_type(accept, "a/b") == 500);
        CHECK(of_type("application/json", "text/html") == 0);
        CHECK(of_type("APPLICATION/JSON;q=0.9", "application/json") == 900);
        CHECK(of_type("text/html;level=1", "text/html") == 0);
        CHECK(of_type("", "text/html") == 0);
        CHECK(weight_of_type({}, "text/html") == full_weight);
    }

} // TEST_SUITE

} // namespace tern::http_negotiation_test
