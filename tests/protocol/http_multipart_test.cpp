#include "common/protocol/http/multipart.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace tern::http_multipart_test {

namespace {

using namespace tern::http;
using namespace std::string_literals;
using Kind = MultipartParser::Step::Kind;

struct Part {
    std::string name;
    std::string file_name = "none";
    std::string content;
    bool is_over = false;
    friend bool operator==(const Part&, const Part&) = default;
};

struct Form {
    std::vector<Part> parts;
    bool is_complete = false;
    Kind end = Kind::need_more;
    friend bool operator==(const Form&, const Form&) = default;
};

class FormReader {
public:
    explicit FormReader(const MultipartParser::Limits& limits) : parser_("AaB03x", limits) {}

    void feed(std::string_view input) {
        while (form_.end == Kind::need_more) {
            const MultipartParser::Step step = parser_.next(input);
            REQUIRE(step.used <= input.size());
            input.remove_prefix(step.used);
            if (step.kind == Kind::need_more) {
                REQUIRE(input.empty());
                break;
            }
            take(step);
        }
    }

    Form form() {
        form_.is_complete = parser_.is_complete();
        return form_;
    }

private:
    void take(const MultipartParser::Step& step) {
        if (step.kind == Kind::part) {
            const PartHead& head = parser_.head();
            form_.parts.push_back({head.name, head.file_name.value_or("none"), "", false});
        } else if (step.kind == Kind::piece) {
            CHECK(!step.piece.empty());
            form_.parts.back().content += step.piece;
        } else if (step.kind == Kind::part_end) {
            form_.parts.back().is_over = true;
        } else {
            form_.end = step.kind;
            CHECK(parser_.next("more").kind == step.kind);
        }
    }

    MultipartParser parser_;
    Form form_;
};

/// What comes of the input however it is cut: at each byte, at any one, and at any two places.
Form parse(std::string_view input, const MultipartParser::Limits& limits = {}) {
    FormReader whole(limits);
    whole.feed(input);
    FormReader single(limits);
    for (std::size_t i = 0; i < input.size(); ++i)
        single.feed(input.substr(i, 1));
    CHECK(single.form() == whole.form());
    for (std::size_t first = 0; first <= input.size(); ++first) {
        for (std::size_t second = first; second <= input.size(); ++second) {
            FormReader cut(limits);
            cut.feed(input.substr(0, first));
            cut.feed(input.substr(first, second - first));
            cut.feed(input.substr(second));
            if (cut.form() != whole.form())
                FAIL_CHECK("cut at " << first << " and " << second);
        }
    }
    return whole.form();
}

std::string head(std::string_view disposition, std::string_view more = "") {
    return "--AaB03x\r\nContent-Disposition: " + std::string(disposition) + "\r\n" +
           std::string(more) + "\r\n";
}

std::string one_part(std::string_view content) {
    return head("form-data; name=\"a\"") + std::string(content) + "\r\n--AaB03x--\r\n";
}

bool is_good(std::string_view input) {
    const Form form = parse(input);
    return form.end == Kind::need_more && form.is_complete;
}

} // namespace

TEST_SUITE("protocol/http_multipart") {

    TEST_CASE("the example of RFC 7578: a field and a file") {
        const Form form = parse(head("form-data; name=\"field\"") + "Joe\r\n" +
                                head("form-data; name=\"file\"; filename=\"file1.txt\"",
                                     "Content-Type: text/plain\r\n") +
                                "one\r\ntwo\r\n\r\n--AaB03x--\r\n");
        CHECK(form.is_complete);
        CHECK(form.end == Kind::need_more);
        REQUIRE(form.parts.size() == 2);
        CHECK(form.parts[0] == Part{"field", "none", "Joe", true});
        CHECK(form.parts[1] == Part{"file", "file1.txt", "one\r\ntwo\r\n", true});
    }

    TEST_CASE("contents that look like a boundary, but are none") {
        for (const char* const content :
             {"", "\r", "\r\n", "\r\n-", "\r\n--", "\r\n--AaB03", "\r\r\n", "\n--AaB03x",
              "\r\n--AaB03y", "\r\n\r\n--AaB0", "--AaB03", "\r\n--AaB0\r\n--AaB", "-\r\r\n--\r\r",
              "\r--AaB03x", "--aab03x--"}) {
            CAPTURE(content);
            const Form form = parse(one_part(content));
            CHECK(form.is_complete);
            REQUIRE(form.parts.size() == 1);
            CHECK(form.parts[0] == Part{"a", "none", content, true});
        }
        CHECK(parse(one_part("\0\xff"s)).parts[0].content == "\0\xff"s);
    }

    TEST_CASE("a preamble and an epilogue are passed over, and so are blanks after a boundary") {
        const std::string part = "Content-Disposition: form-data; name=a\r\n\r\nx";
        const Form form = parse("text\r\n--AaB03\r\n--AaB03x \t\r\n" + part +
                                "\r\n--AaB03x-- \r\nend\r\n--AaB03x\r\n");
        CHECK(form.is_complete);
        REQUIRE(form.parts.size() == 1);
        CHECK(form.parts[0].content == "x");
        CHECK(is_good("--AaB03x--")); // a form without parts
        CHECK(is_good("--AaB03x--\r\n"));
    }

    TEST_CASE("a part without content may end where its header ends") { // RFC 2046 §5.1.1
        const Form form = parse(head("form-data; name=a") + "--AaB03x--");
        REQUIRE(form.parts.size() == 1);
        CHECK(form.parts[0] == Part{"a", "none", "", true});
    }

    TEST_CASE("a form that is cut off is not complete") {
        const std::string whole = one_part("some content");
        const std::size_t end = whole.size() - 2; // the last CR LF may be missing
        for (std::size_t size = 0; size < end; ++size) {
            CAPTURE(size);
            const Form form = parse(whole.substr(0, size));
            CHECK(!form.is_complete);
            CHECK(form.end == Kind::need_more);
        }
        CHECK(parse(whole.substr(0, end)).is_complete);
    }

    TEST_CASE("names: quoted or not, with escapes, and as clients write them") {
        const auto file = [](const std::string& disposition) {
            const Form form = parse(head(disposition) + "x\r\n--AaB03x--");
            return form.parts.empty() ? "bad"s : form.parts[0].file_name;
        };
        CHECK(file("form-data; name=a") == "none");
        CHECK(file("Form-Data;NAME=a;FileName=b.txt") == "b.txt");
        CHECK(file("form-data; name=\"a\" ; filename=\"\"") == "");
        CHECK(file(R"(form-data; name="a"; filename="a \"b\" \\ c;.txt")") == R"(a "b" \ c;.txt)");
        CHECK(file(R"(form-data; name="a"; filename="C:\dir\b.txt")") == R"(C:\dir\b.txt)");
        CHECK(file("form-data; name=a; filename=\"\xc3\xa4.txt\"") == "\xc3\xa4.txt");
        CHECK(file("form-data; name=a; other=b; filename=c;") == "c");
        for (const char* const bad :
             {"form-data", "form-data; filename=b", "attachment; name=a", "form-data; name",
              "form-data; name=", "form-data; name=\"a", "form-data; name=a b", "form-data name=a",
              "form-data; name=a; name=b", "form-data; name=a; filename=b; filename=c",
              "form-data; name=a; filename*=UTF-8''b", "form-data; name=\"a\"b", "; name=a", ""}) {
            CAPTURE(bad);
            CHECK(file(bad) == "bad");
        }
    }

    TEST_CASE("what is no form is bad") {
        const std::string disposition = "Content-Disposition: form-data; name=a\r\n";
        for (const std::string& bad : std::vector<std::string>{
                 "--AaB03xy\r\n"s,
                 "--AaB03x\n"s,
                 "--AaB03x-x"s,
                 "--AaB03x--x"s,
                 "--AaB03x--\r\r"s,
                 "--AaB03x\r\n\r\nx"s,                                     // no disposition
                 "--AaB03x\r\nX: y\r\n\r\nx"s,                             //
                 "--AaB03x\r\n" + disposition + disposition + "\r\n",      // two
                 "--AaB03x\r\nContent-Disposition: form-data;\r\n name=a", // folded
                 "--AaB03x\r\nX: y\n" + disposition,                       // bare LF
                 "--AaB03x\r\nX: y\rz\r\n" + disposition,                  // bare CR
                 "--AaB03x\r\nX : y\r\n" + disposition,                    //
                 "--AaB03x\r\n: y\r\n" + disposition,                      //
                 "--AaB03x\r\nX: \0\r\n"s + disposition,                   //
                 "--AaB03x\r\n" + disposition + "Content-Transfer-Encoding: base64\r\n",
                 one_part("x").substr(0, 20) + "\x01\r\n",
             }) {
            CAPTURE(bad);
            CHECK(parse(bad).end == Kind::bad);
        }
        CHECK(is_good("--AaB03x\r\n" + disposition + "Content-Transfer-Encoding: 8bit\r\n" +
                      "\r\n--AaB03x--"));
    }

    TEST_CASE("headers and parts are limited") {
        const MultipartParser::Limits limits{.header_bytes = 50, .parts = 2};
        const auto with = [&](std::size_t more) { // 41 bytes, and `more`
            return parse(head("form-data; name=" + std::string(more, 'a')) + "--AaB03x--", limits);
        };
        CHECK(with(9).is_complete);
        CHECK(with(10).end == Kind::too_much);
        const std::string part = head("form-data; name=a") + "x\r\n";
        CHECK(parse(part + part + "--AaB03x--", limits).is_complete);
        CHECK(parse(part + part + part + "--AaB03x--", limits).end == Kind::too_much);
    }

    TEST_CASE("the boundary that a Content-Type names") {
        const auto boundary = [](std::string_view type) { return parse_form_type(type).boundary; };
        CHECK(boundary("multipart/form-data; boundary=AaB03x") == "AaB03x");
        CHECK(boundary("Multipart/Form-Data;charset=utf-8;BOUNDARY=\"a b'()+_,-./:=?\"") ==
              "a b'()+_,-./:=?");
        CHECK(boundary("multipart/form-data; boundary=" + std::string(70, 'a')).size() == 70);
        for (const std::string& bad :
             {"multipart/form-data"s, "multipart/form-data; boundary="s,
              "multipart/form-data; boundary=\"\""s, "multipart/form-data; boundary=\"a \""s,
              "multipart/form-data; boundary=a; boundary=b"s, "multipart/form-data; boundary=a*"s,
              "multipart/form-data; boundary=\"a\r\""s, "multipart/form-data boundary=a"s,
              "multipart/form-data; boundary=a b"s,
              "multipart/form-data; boundary=" + std::string(71, 'a')}) {
            CAPTURE(bad);
            CHECK(parse_form_type(bad).is_form);
            CHECK(boundary(bad).empty());
        }
        for (const char* const other :
             {"", "text/plain", "multipart/mixed; boundary=a", "multipart", "form-data/multipart"})
            CHECK(!parse_form_type(other).is_form);
    }

} // TEST_SUITE

} // namespace tern::http_multipart_test
