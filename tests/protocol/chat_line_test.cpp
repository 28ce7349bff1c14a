// Lines of chat, cut out of any pieces; what may stand in them; and commands.

#include "common/protocol/chat/command.h"
#include "common/protocol/chat/line_decoder.h"
#include "common/protocol/chat/text.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace tern::chat_line_test {

using namespace tern::chat;
using namespace std::string_literals;

namespace {

constexpr std::size_t longest = 10;

/// The lines of `stream`, which comes in pieces that are cut at `cuts`; "!" for one too long.
std::vector<std::string> lines_of(std::string_view stream, const std::vector<std::size_t>& cuts) {
    LineDecoder decoder(longest);
    std::vector<std::string> lines;
    std::size_t from = 0;
    for (std::size_t i = 0; i <= cuts.size(); ++i) {
        const std::size_t to = i < cuts.size() ? cuts[i] : stream.size();
        const std::string piece(stream.substr(from, to - from)); // a buffer that comes and goes
        std::string_view input = piece;
        while (const auto line = decoder.next(input))
            lines.push_back(line->is_too_long ? "!" : std::string(line->text));
        CHECK(input.empty());
        CHECK(decoder.pending() <= longest + 1);
        from = to;
    }
    return lines;
}

} // namespace

TEST_SUITE("protocol/chat") {
    TEST_CASE("lines end with LF or CR LF, wherever the stream is cut") {
        const std::string stream = "one\ntwo\r\n\n\r\n1234567890\r\n12345678901\nthe end\nnot yet";
        const std::vector<std::string> expected = {"one",        "two", "",       "",
                                                   "1234567890", "!",   "the end"};
        CHECK(lines_of(stream, {}) == expected);
        for (std::size_t first = 0; first <= stream.size(); ++first)
            for (std::size_t second = first; second <= stream.size(); ++second)
                REQUIRE(lines_of(stream, {first, second}) == expected);
    }

    TEST_CASE("what has begun when the stream ends is a line, too") {
        const auto last_of = [](std::string_view stream) {
            LineDecoder decoder(longest);
            while (decoder.next(stream)) {
            }
            const auto line = decoder.last();
            const std::string last = !line               ? "none"
                                     : line->is_too_long ? "!"
                                                         : std::string(line->text);
            CHECK_FALSE(decoder.last());
            return last;
        };
        CHECK(last_of("") == "none");
        CHECK(last_of("one\n") == "none");
        CHECK(last_of("one\r\n\n") == "none");
        CHECK(last_of("one\ntwo") == "two");
        CHECK(last_of("1234567890\r") == "1234567890");
        CHECK(last_of("12345678901") == "!");
        CHECK(last_of(std::string(100, 'x')) == "!");
    }

    TEST_CASE("a carriage return within a line belongs to it") {
        CHECK(lines_of("a\rb\r\r\n", {}) == std::vector<std::string>{"a\rb\r"});
    }

    TEST_CASE("a line that is too long is one event, at its end, and costs no memory") {
        LineDecoder decoder(longest);
        const std::string much(100'000, 'x');
        for (int i = 0; i < 10; ++i) {
            std::string_view input = much;
            CHECK_FALSE(decoder.next(input));
            CHECK(decoder.pending() == 0);
        }
        std::string_view input = "x\nnext\n";
        CHECK(decoder.next(input)->is_too_long);
        CHECK(decoder.next(input)->text == "next");
        CHECK_FALSE(decoder.next(input));
    }

    TEST_CASE("text is UTF-8, strictly, and has no control characters") {
        for (const auto& good : {""s, "plain"s, "tab\tok"s, "\xC3\xA4"s, "进入了聊天室"s,
                                 "\xF0\x9F\x90\xA6"s, "\xF4\x8F\xBF\xBF"s, "\xED\x9F\xBF"s}) {
            CAPTURE(good);
            CHECK_FALSE(fault_of(good));
        }
        for (const auto& bad : {"\xFF"s, "\x80"s, "\xC0\x80"s, "\xC1\xBF"s, "\xC3"s, "\xC3("s,
                                "\xE0\x9F\xBF"s, "\xED\xA0\x80"s, "\xE4\xBD"s, "\xF0\x8F\xBF\xBF"s,
                                "\xF4\x90\x80\x80"s, "\xF5\x80\x80\x80"s, "a\x1B\xFF"s}) {
            CAPTURE(bad);
            CHECK(fault_of(bad) == TextFault::not_utf8);
        }
        for (const auto& bad : {"\x1B[2J"s, "a\rb"s, "\0"s, "\x7F"s, "\xC2\x80"s, "\xC2\x9B"s}) {
            CAPTURE(bad);
            CHECK(fault_of(bad) == TextFault::control);
        }
        CHECK_FALSE(fault_of("\xC2\xA0"));
    }

    TEST_CASE("text is made harmless without losing what is not harmful") {
        CHECK(harmless("tab\tok ä进") == "tab\tok ä进");
        for (const std::string_view layout :
             {"\u2028", "\u2029", "\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066",
              "\u2067", "\u2068", "\u2069", "\u0085", "\u001B"}) {
            const std::string text = "a" + std::string(layout) + "b";
            CHECK(disturbs_a_line(text));
            CHECK(harmless(text) == "ab");
        }
        for (const std::string_view text : {"", "a\tb", "\u2027", "\u202F", "\u2065", "\u206A",
                                            "\u200F", "\u200D", "\u0628", "進\u2014"}) {
            CHECK_FALSE(disturbs_a_line(text));
            CHECK(harmless(text) == text);
        }
        CHECK(disturbs_a_line("\xFF"));
        CHECK(harmless("a\x1B[2J\xC2\x9B"
                       "1\x7F\n") == "a[2J1");
        CHECK(harmless("\xC2\x1B\x9B") == "??");
    }

    TEST_CASE("code points are counted, and never cut") {
        CHECK(code_points("") == 0);
        CHECK(code_points("aä进\xF0\x9F\x90\xA6") == 4);
        CHECK(beginning_of("aä", 2) == "a");
        CHECK(beginning_of("aä", 3) == "aä");
        CHECK(beginning_of("进", 2) == "");
    }

    TEST_CASE("a command is a slash, a name and the rest") {
        CHECK_FALSE(command_from("hello /who"));
        CHECK_FALSE(command_from(""));
        const auto message = command_from("/MSG  Bob \t hello  world ");
        REQUIRE(message);
        CHECK(message->name == "msg");
        std::string_view rest = message->rest;
        CHECK(take_word(rest) == "Bob");
        CHECK(rest == "hello  world");
        CHECK(command_from("/")->name.empty());
        CHECK(command_from("/ who")->name.empty());
        CHECK_FALSE(command_from("//x"));
        CHECK(as_said("//x") == "/x");
        CHECK(as_said("///x") == "//x");
        CHECK(as_said(" /x") == " /x");
    }
}

} // namespace tern::chat_line_test
