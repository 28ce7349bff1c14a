#include "common/protocol/http1/body_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace tern::http1_body_reader_test {

namespace {

using namespace tern::http1;
using Kind = BodyReader::Step::Kind;

struct Read {
    std::string content;
    Kind end = Kind::need_more;
    std::size_t used = 0;
    friend bool operator==(const Read&, const Read&) = default;
};

/// Offers the input in pieces of `size` bytes, never what was not used again.
Read read_by(std::size_t size, BodyReader reader, std::string_view input) {
    Read read;
    std::size_t offered = 0;
    while (read.end == Kind::need_more && offered < input.size()) {
        offered = std::min(offered + size, input.size());
        for (;;) {
            const BodyReader::Step step = reader.next(input.substr(read.used, offered - read.used));
            read.used += step.used;
            read.content += step.piece;
            read.end = step.kind == Kind::piece ? Kind::need_more : step.kind;
            if (step.kind != Kind::piece)
                break;
        }
    }
    return read;
}

Read read(const RequestHead& head, std::string_view input) {
    const Read whole = read_by(input.size(), BodyReader(head), input);
    for (std::size_t size = 1; size < input.size(); ++size)
        CHECK(read_by(size, BodyReader(head), input) == whole);
    return whole;
}

Read read_chunked(std::string_view input) {
    RequestHead head;
    head.framing = Framing::chunked;
    return read(head, input);
}

Kind end_of(std::string_view chunked) { return read_chunked(chunked).end; }

} // namespace

TEST_SUITE("http1/body_reader") {

    TEST_CASE("no body ends at once") {
        BodyReader reader{RequestHead{}};
        CHECK(reader.is_complete());
        CHECK(reader.next("GET").kind == Kind::complete);
        CHECK(reader.next("GET").used == 0);
    }

    TEST_CASE("a sized body is as long as it says") {
        RequestHead head;
        head.framing = Framing::sized;
        head.content_length = 5;
        CHECK(read(head, "helloGET") == Read{"hello", Kind::complete, 5});
        CHECK(read(head, "hell") == Read{"hell", Kind::need_more, 4});
        head.content_length = 0;
        CHECK(read(head, "GET") == Read{"", Kind::complete, 0});
    }

    TEST_CASE("chunks are put together") {
        CHECK(read_chunked("5\r\nhello\r\n0\r\n\r\nGET") == Read{"hello", Kind::complete, 15});
        CHECK(read_chunked("0\r\n\r\n") == Read{"", Kind::complete, 5});
        CHECK(read_chunked("1\r\na\r\n02\r\nbc\r\n000\r\n\r\n") == Read{"abc", Kind::complete, 21});
        CHECK(read_chunked("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n").content.size() == 20);
        CHECK(read_chunked("3\r\n\r\n\n\r\n0\r\n\r\n") == Read{"\r\n\n", Kind::complete, 13});
        CHECK(end_of("5\r\nhello\r\n0\r\n") == Kind::need_more);
    }

    TEST_CASE("extensions and trailers that are well-formed are passed over") {
        CHECK(read_chunked("1;a\r\nx\r\n0;b=c;d=\"e\\\"\t;\" ; f = g\r\n\r\n").end ==
              Kind::complete);
        CHECK(read_chunked("1 ;a\r\nx\r\n0\r\n\r\n").content == "x");
        CHECK(read_chunked("0\r\nX: y\r\nZ:\r\n\r\n") == Read{"", Kind::complete, 15});
    }

    TEST_CASE("bad chunk sizes") {
        CHECK(end_of("\r\n") == Kind::bad);
        CHECK(end_of("g\r\n") == Kind::bad);
        CHECK(end_of("-1\r\n") == Kind::bad);
        CHECK(end_of("+1\r\n") == Kind::bad);
        CHECK(end_of(" 1\r\n") == Kind::bad);
        CHECK(end_of("0x1\r\n") == Kind::bad);
        CHECK(end_of("1 \r\n") == Kind::bad);
        CHECK(end_of("1_0\r\n") == Kind::bad);
        CHECK(end_of("fffffffffffffffff\r\n") == Kind::bad);
        CHECK(end_of("10000000000000001\r\n") == Kind::bad);
        CHECK(end_of("0000000000000000\r\n") == Kind::bad);
    }

    TEST_CASE("bad line ends") {
        CHECK(end_of("1\nx\r\n") == Kind::bad);
        CHECK(end_of("1\rx\r\n") == Kind::bad);
        CHECK(end_of("1\r\nx\n") == Kind::bad);
        CHECK(end_of("1\r\nx\rx") == Kind::bad);
        CHECK(end_of("1\r\nxx\r\n") == Kind::bad); // longer than it says
        CHECK(end_of("0\r\n\n") == Kind::bad);
        CHECK(end_of("0\r\n\rx") == Kind::bad);
        CHECK(end_of("0\r\nX: y\n\r\n") == Kind::bad);
    }

    TEST_CASE("bad extensions and trailers") {
        CHECK(end_of("1;\r\n") == Kind::bad);
        CHECK(end_of("1;;a\r\n") == Kind::bad);
        CHECK(end_of("1;a=\r\n") == Kind::bad);
        CHECK(end_of("1;a b\r\n") == Kind::bad);
        CHECK(end_of("1;a=b=c\r\n") == Kind::bad);
        CHECK(end_of("1;a=b \r\n") == Kind::bad);
        CHECK(end_of("1;\"a\"\r\n") == Kind::bad);
        CHECK(end_of("1;a=\"\n\"\r\n") == Kind::bad);
        CHECK(end_of(std::string_view("1;a=\"\0\"\r\n", 9)) == Kind::bad);
        CHECK(end_of("1;a=\"b\r\n") == Kind::bad);
        CHECK(end_of("1;a=\"b\"c\r\n") == Kind::bad);
        CHECK(end_of("0\r\nX y: z\r\n\r\n") == Kind::bad);
        CHECK(end_of("0\r\nX : z\r\n\r\n") == Kind::bad);
        CHECK(end_of("0\r\nX: y\r\n z\r\n\r\n") == Kind::bad); // obs-fold
        CHECK(end_of("0\r\n: z\r\n\r\n") == Kind::bad);
        CHECK(end_of("0\r\nno colon\r\n\r\n") == Kind::bad);
    }

    TEST_CASE("extensions and trailers do not go on for ever") {
        CHECK(end_of("1;" + std::string(10'000, 'a')) == Kind::bad);
        CHECK(end_of("0\r\nX: " + std::string(10'000, 'a')) == Kind::bad);
        std::string many;
        for (int i = 0; i < 3'000; ++i)
            many += "1;ab\r\nx\r\n";
        RequestHead head;
        head.framing = Framing::chunked;
        CHECK(read_by(many.size(), BodyReader(head), many).end == Kind::bad);
    }

} // TEST_SUITE

} // namespace tern::http1_body_reader_test
