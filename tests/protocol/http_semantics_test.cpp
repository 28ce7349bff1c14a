#include "common/protocol/http/conditions.h"
#include "common/protocol/http/date.h"
#include "common/protocol/http/range.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace tern::http_semantics_test {

namespace {

using namespace tern::http;

constexpr std::time_t epoch_1994 = 784'111'777; // RFC 9110's own example
constexpr std::time_t now = 1'700'000'000;
constexpr std::string_view at_1994 = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view second_before = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view second_after = "Sun, 06 Nov 1994 08:49:38 GMT";
constexpr Validators current = {"\"x\"", epoch_1994};

Precondition evaluate(const std::vector<Field>& fields, bool safe = true) {
    return evaluate_preconditions(fields, safe, current, now);
}

std::vector<std::string_view> elements(std::string_view list) {
    std::vector<std::string_view> found;
    for (std::string_view element; next_element(list, element);)
        found.push_back(element);
    return found;
}

/// "whole", "none", or "FIRST+LENGTH" for each part.
std::string range(std::string_view value, std::uint64_t size) {
    const RangeRequest found = parse_range(value, size);
    if (found.kind == RangeRequest::Kind::whole)
        return "whole";
    if (found.kind == RangeRequest::Kind::unsatisfiable)
        return "none";
    std::string text;
    for (const ByteRange& part : found.parts)
        text += (text.empty() ? "" : " ") + std::to_string(part.first) + "+" +
                std::to_string(part.length);
    return text;
}

} // namespace

TEST_SUITE("http/semantics") {

    TEST_CASE("lists are split at commas outside quotes") {
        using List = std::vector<std::string_view>;
        CHECK(elements("") == List{});
        CHECK(elements(" , ,") == List{});
        CHECK(elements("a,b ,\tc") == List{"a", "b", "c"});
        CHECK(elements("\"a,b\", c") == List{"\"a,b\"", "c"});
        CHECK(elements("\"a\\\",b\",c") == List{"\"a\\\",b\"", "c"});
        CHECK(elements("\"a,b") == List{"\"a,b"});
    }

    TEST_CASE("dates are written as the RFC's example") {
        CHECK(view(format_date(epoch_1994)) == at_1994);
        CHECK(view(format_date(0)) == "Thu, 01 Jan 1970 00:00:00 GMT");
        CHECK(view(format_date(951'782'400)) == "Tue, 29 Feb 2000 00:00:00 GMT");
        CHECK(view(format_date(-1)) == "Wed, 31 Dec 1969 23:59:59 GMT");
    }

    TEST_CASE("dates are read in three formats") {
        CHECK(parse_date(at_1994, now) == epoch_1994);
        CHECK(parse_date("Sunday, 06-Nov-94 08:49:37 GMT", now) == epoch_1994);
        CHECK(parse_date("Sun Nov  6 08:49:37 1994", now) == epoch_1994);
        CHECK(parse_date("Sunday, 06-Nov-22 08:49:37 GMT", now) == 1'667'724'577);
        for (std::time_t time = 0; time < 2'000'000'000; time += 7'654'321)
            CHECK(parse_date(view(format_date(time)), now) == time);
    }

    TEST_CASE("dates that are none") {
        for (const char* text :
             {"", "0", "yesterday", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37",
              "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT ",
              "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
              "Sun, 06 Nov 1994 08:60:37 GMT", "Xun, 06 Nov 1994 08:49:37 GMT",
              "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 19x4 08:49:37 GMT",
              "Someday, 06-Nov-94 08:49:37 GMT", "Sun Nov 6 08:49:37 1994", "Sun,", ","}) {
            CAPTURE(std::string(text));
            CHECK_FALSE(parse_date(text, now).has_value());
        }
    }

    TEST_CASE("entity tags compare strongly and weakly") { // RFC 9110 §8.8.3.2's table
        CHECK_FALSE(matches_strongly("W/\"1\"", "W/\"1\""));
        CHECK(matches_weakly("W/\"1\"", "W/\"1\""));
        CHECK_FALSE(matches_weakly("W/\"1\"", "W/\"2\""));
        CHECK_FALSE(matches_strongly("W/\"1\"", "\"1\""));
        CHECK(matches_weakly("W/\"1\"", "\"1\""));
        CHECK(matches_strongly("\"1\"", "\"1\""));
        CHECK(matches_weakly("\"1\"", "\"1\""));
    }

    TEST_CASE("preconditions one by one") {
        using enum Precondition;
        CHECK(evaluate({}) == holds);
        CHECK(evaluate({{"Host", "a"}, {"If-Modify", "x"}}) == holds);

        CHECK(evaluate({{"If-Match", "\"x\""}}) == holds);
        CHECK(evaluate({{"If-Match", "*"}}) == holds);
        CHECK(evaluate({{"If-Match", "\"a\", \"x\""}}) == holds);
        CHECK(evaluate({{"If-Match", "\"a\""}, {"If-Match", "\"x\""}}) == holds);
        CHECK(evaluate({{"If-Match", "\"a\""}}) == failed);
        CHECK(evaluate({{"if-match", "W/\"x\""}}) == failed);
        CHECK(evaluate({{"If-Match", ""}}) == failed);

        CHECK(evaluate({{"If-None-Match", "\"x\""}}) == not_modified);
        CHECK(evaluate({{"If-None-Match", "W/\"x\""}}) == not_modified);
        CHECK(evaluate({{"If-None-Match", "*"}}) == not_modified);
        CHECK(evaluate({{"If-None-Match", "\"a\",W/\"b\""}}) == holds);
        CHECK(evaluate({{"If-None-Match", "x"}}) == holds);
        CHECK(evaluate({{"If-None-Match", "\"x\""}}, false) == failed);

        CHECK(evaluate({{"If-Modified-Since", at_1994}}) == not_modified);
        CHECK(evaluate({{"If-Modified-Since", second_after}}) == not_modified);
        CHECK(evaluate({{"If-Modified-Since", second_before}}) == holds);
        CHECK(evaluate({{"If-Modified-Since", "nonsense"}}) == holds);
        CHECK(evaluate({{"If-Modified-Since", at_1994}}, false) == holds);

        CHECK(evaluate({{"If-Unmodified-Since", at_1994}}) == holds);
        CHECK(evaluate({{"If-Unmodified-Since", second_before}}) == failed);
        CHECK(evaluate({{"If-Unmodified-Since", "nonsense"}}) == holds);
    }

    TEST_CASE("the precedence of RFC 9110 §13.2.2") {
        using enum Precondition;
        // If-Match hides If-Unmodified-Since; If-None-Match hides If-Modified-Since.
        CHECK(evaluate({{"If-Unmodified-Since", second_before}, {"If-Match", "\"x\""}}) == holds);
        CHECK(evaluate({{"If-Modified-Since", at_1994}, {"If-None-Match", "\"a\""}}) == holds);
        CHECK(evaluate({{"If-Modified-Since", second_before}, {"If-None-Match", "\"x\""}}) ==
              not_modified);
        // A failed first step is not overridden by a later one.
        CHECK(evaluate({{"If-None-Match", "\"x\""}, {"If-Match", "\"a\""}}) == failed);
        CHECK(evaluate({{"If-None-Match", "\"x\""}, {"If-Match", "\"x\""}}) == not_modified);
        CHECK(evaluate({{"If-None-Match", "\"x\""}, {"If-Unmodified-Since", second_before}}) ==
              failed);
    }

    TEST_CASE("If-Range") {
        const auto holds = [](std::string_view value) {
            const std::vector<Field> fields = {{"If-Range", value}};
            return if_range_holds(fields, current, now);
        };
        CHECK(if_range_holds({}, current, now));
        CHECK(holds("\"x\""));
        CHECK_FALSE(holds("\"y\""));
        CHECK_FALSE(holds("W/\"x\""));
        CHECK(holds(at_1994));
        CHECK_FALSE(holds(second_before));
        CHECK_FALSE(holds(second_after));
        CHECK_FALSE(holds("nonsense"));
        // A file that changed within this second may change again within it.
        const std::vector<Field> fields = {{"If-Range", at_1994}};
        CHECK_FALSE(if_range_holds(fields, current, epoch_1994));
    }

    TEST_CASE("ranges") {
        CHECK(range("bytes=0-0", 10) == "0+1");
        CHECK(range("bytes=0-9", 10) == "0+10");
        CHECK(range("bytes=3-", 10) == "3+7");
        CHECK(range("bytes=3-99", 10) == "3+7");
        CHECK(range("bytes=-4", 10) == "6+4");
        CHECK(range("bytes=-99", 10) == "0+10");
        CHECK(range("BYTES= 1-2 ", 10) == "1+2");
        CHECK(range("bytes=,1-2,", 10) == "1+2");
        CHECK(range("bytes=1-99999999999999999999999", 10) == "1+9");
        CHECK(range("bytes=-99999999999999999999999", 10) == "0+10");
    }

    TEST_CASE("ranges that nothing satisfies") {
        CHECK(range("bytes=10-", 10) == "none");
        CHECK(range("bytes=10-20", 10) == "none");
        CHECK(range("bytes=-0", 10) == "none");
        CHECK(range("bytes=0-", 0) == "none");
        CHECK(range("bytes=-1", 0) == "none");
        CHECK(range("bytes=99999999999999999999999-", 10) == "none");
    }

    TEST_CASE("several ranges") {
        CHECK(range("bytes=0-0,500-509,-1", 1'000) == "0+1 500+10 999+1");
        CHECK(range("bytes=-1, 500-509 ,0-0", 1'000) == "999+1 500+10 0+1"); // in that order
        // What nothing satisfies is left out, as long as there is something else.
        CHECK(range("bytes=1000-,0-0,-0", 1'000) == "0+1");
        CHECK(range("bytes=1000-,-0", 1'000) == "none");
    }

    TEST_CASE("ranges that overlap, touch, or almost do, are one") {
        CHECK(range("bytes=0-9,5-14", 1'000) == "0+15");
        CHECK(range("bytes=0-9,10-14", 1'000) == "0+15");
        CHECK(range("bytes=10-14,0-9", 1'000) == "0+15");
        CHECK(range("bytes=0-9,2-3", 1'000) == "0+10");
        CHECK(range("bytes=0-9,90-99", 1'000) == "0+100");
        CHECK(range("bytes=0-9,91-99", 1'000) == "0+10 91+9");
        // One that joins two others takes the place of the first of them.
        CHECK(range("bytes=900-909,0-9,500-509,150-400,80-100", 1'000) == "900+10 0+401 500+10");
        CHECK(range("bytes=900-909,0-9,500-509,85-400", 1'000) == "900+10 0+401 500+10");
        CHECK(range("bytes=200-209,700-709,0-9,50-150", 1'000) == "0+210 700+10");
    }

    TEST_CASE("too many ranges, and more than there is, are ignored") { // RFC 9110 §14.2
        std::string many = "bytes=0-0";
        for (std::size_t i = 1; i < most_ranges; ++i)
            many += "," + std::to_string(i * 1'000) + "-" + std::to_string(i * 1'000);
        CHECK(range(many, 100'000).ends_with(" 15000+1"));
        CHECK(range(many + ",99999-", 100'000) == "whole");
        CHECK(range("bytes=0-,0-", 1'000) == "whole");
        CHECK(range("bytes=0-600,400-", 1'000) == "whole");
        CHECK(range("bytes=0-99999999999999999999,0-99999999999999999999", 1'000) == "whole");
    }

    TEST_CASE("ranges that are ignored") {
        for (const char* value :
             {"", "bytes", "bytes=", "bytes=-", "bytes=1", "bytes=a-b", "bytes=2-1", "bytes=1-2,x",
              "lines=1-2", "bytes =1-2", "bytes=+1-2", "bytes=1--2", "bytes=1 -2", "bytes:1-2"}) {
            CAPTURE(std::string(value));
            CHECK(range(value, 10) == "whole");
        }
    }

} // TEST_SUITE

} // namespace tern::http_semantics_test
