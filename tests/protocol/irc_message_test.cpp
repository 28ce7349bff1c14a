#include "common/protocol/irc/line_reader.h"
#include "common/protocol/irc/message.h"
#include "common/protocol/irc/message_writer.h"
#include "common/protocol/irc/text_pieces.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace tern::irc_message_test {

using namespace tern::irc;
using namespace std::string_literals;
using All = std::vector<std::string>;

namespace {

All read_pieces(LineReader& reader, std::string_view input) {
    All all;
    std::string_view line;
    for (;;) {
        switch (reader.next(input, line)) {
        case LineReader::Outcome::need_more:
            return all;
        case LineReader::Outcome::line:
            all.emplace_back(line);
            break;
        case LineReader::Outcome::too_long:
            all.emplace_back("too long");
            break;
        }
    }
}

/// Whole, and cut at every byte.
All read(std::string_view bytes) {
    LineReader whole;
    const All expected = read_pieces(whole, bytes);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        LineReader reader;
        All all = read_pieces(reader, bytes.substr(0, cut));
        for (std::string& line : read_pieces(reader, bytes.substr(cut)))
            all.push_back(std::move(line));
        REQUIRE(all == expected);
    }
    return expected;
}

/// "tags|source|command|parameter|..."
std::string parts(std::string_view line) {
    const auto message = parse_message(line);
    if (!message)
        return "none";
    std::string text;
    text.append(message->tags).append("|").append(message->source).append("|");
    text.append(message->command);
    for (const std::string_view parameter : message->parameters())
        text.append("|").append(parameter);
    return text;
}

std::string written(const Head& head, std::initializer_list<std::string_view> parameters) {
    std::string wire;
    append_message(wire, head, parameters);
    return wire;
}

} // namespace

TEST_SUITE("irc/line_reader") {
    TEST_CASE("CR LF, LF and CR each end a line, and empty lines are nothing") {
        CHECK(read("NICK a\r\nUSER b\nPING c\rJOIN") == All{"NICK a", "USER b", "PING c"});
        CHECK(read("\r\n\r\n\nA\r\n\r\n") == All{"A"});
    }
    TEST_CASE("510 bytes are a line, and 511 are refused once, whole") {
        const std::string longest(510, 'x');
        CHECK(read(longest + "\r\nA\r\n") == All{longest, "A"});
        CHECK(read(longest + "y\r\nA\r\n") == All{"too long", "A"});
        CHECK(read(std::string(3000, 'x') + "\r\nA\r\n") == All{"too long", "A"});
    }
    TEST_CASE("tags have their own limit") {
        const std::string text(510, 'x');
        const std::string tags = '@' + std::string(4094, 't');
        CHECK(read(tags + ' ' + text + '\n') == All{tags + ' ' + text});
        CHECK(read(tags + "t " + text + '\n') == All{"too long"});
        CHECK(read(tags + ' ' + text + "x\n") == All{"too long"});
    }
    TEST_CASE("what is kept of an endless line is bounded") {
        LineReader reader;
        std::string_view line;
        for (int i = 0; i < 1000; ++i) {
            std::string_view input = "@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
            CHECK(reader.next(input, line) == LineReader::Outcome::need_more);
            CHECK(reader.pending() <= 4096);
        }
    }
}

TEST_SUITE("irc/message") {
    TEST_CASE("a line has tags, a source, a command and parameters") {
        CHECK(parts("PRIVMSG #a :two words") == "||PRIVMSG|#a|two words");
        CHECK(parts(":irc.example.com CAP * LIST :") == "|irc.example.com|CAP|*|LIST|");
        CHECK(parts("@id=234AB :dan!d@localhost PRIVMSG #chan :Hey what's up!") ==
              "id=234AB|dan!d@localhost|PRIVMSG|#chan|Hey what's up!");
        CHECK(parts("CAP REQ :sasl") == "||CAP|REQ|sasl");
        CHECK(parts("CAP REQ sasl") == "||CAP|REQ|sasl");
    }
    TEST_CASE("blanks may be many, and colons within words mean nothing") {
        CHECK(parts("  JOIN   #a   b:c  ") == "||JOIN|#a|b:c");
        CHECK(parts("PRIVMSG a ::)") == "||PRIVMSG|a|:)");
        CHECK(parts("A :  b  ") == "||A|  b  ");
    }
    TEST_CASE("the fifteenth parameter is the rest, with or without a colon") {
        CHECK(parts("A 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16") ==
              "||A|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15 16");
        CHECK(parts("A 1 2 3 4 5 6 7 8 9 10 11 12 13 14 :15 16") ==
              "||A|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15 16");
    }
    TEST_CASE("without a command, or with a NUL, it is no message") {
        for (const char* line : {"", "   ", ":source", ":source ", "@tags", "@tags :source  "})
            CHECK_MESSAGE(parts(line) == "none", line);
        CHECK(parts("NICK a\0b"s) == "none");
    }
    TEST_CASE("tags are escaped, and the last of a key counts") {
        CHECK(tag_value("a=b;c;vendor/x=\\:\\s\\\\\\r\\n", "vendor/x") == "; \\\r\n");
        CHECK(tag_value("a=b;c;;d=", "c") == "");
        CHECK(tag_value("a=1;a=2", "a") == "2");
        CHECK_FALSE(tag_value("ab=1", "a"));
        CHECK(unescaped("a\\bc\\") == "abc");
        std::string escaped;
        append_escaped(escaped, "a;b c\\d\r\n");
        CHECK(escaped == "a\\:b\\sc\\\\d\\r\\n");
    }
}

TEST_SUITE("irc/message_writer") {
    TEST_CASE("only a last parameter that needs a colon gets one") {
        CHECK(written({{}, "a!b@c", "PRIVMSG"}, {"#x", "hi"}) == ":a!b@c PRIVMSG #x hi\r\n");
        CHECK(written({{}, {}, "PRIVMSG"}, {"#x", "h i"}) == "PRIVMSG #x :h i\r\n");
        CHECK(written({{}, {}, "TOPIC"}, {"#x", ""}) == "TOPIC #x :\r\n");
        CHECK(written({"a=b", "s", "X"}, {":)"}) == "@a=b :s X ::)\r\n");
    }
    TEST_CASE("nobody can make two messages of one, or move the parameters") {
        CHECK(written({{}, {}, "A"}, {"b c", "d\r\nQUIT\0"s}) == "A b :d  QUIT \r\n");
        CHECK(written({{}, {}, "A"}, {"", "b"}) == "A * b\r\n");
        CHECK(written({{}, {}, "A"}, {"::b", "c"}) == "A b c\r\n");
    }
    TEST_CASE("a line is cut at 512 bytes, tags apart, and never within a character") {
        const std::string tags(1000, 't');
        std::string text;
        for (int i = 0; i < 400; ++i)
            text += "\xe4\xbd\xa0"; // three bytes
        for (int shift = 0; shift < 3; ++shift) {
            const std::string command(static_cast<std::size_t>(shift + 1), 'A');
            const std::string wire = written({tags, {}, command}, {text});
            const std::string line = wire.substr(wire.find(' ') + 1);
            CHECK(line.size() <= 512);
            CHECK(line.size() > 509);
            const std::size_t begin = command.size() + 1;
            CHECK((line.size() - 2 - begin) % 3 == 0);
        }
        CHECK(cut_utf8("a\x80\x80\x80\x80\x80\x80", 5) == "a\x80\x80\x80\x80");
        CHECK(cut_utf8("\xc3\xa9", 1).empty());
    }
    TEST_CASE("a long text goes in pieces, at blanks or between characters, and nothing is lost") {
        const auto pieces = [](std::string_view text, std::size_t bytes) {
            std::string all;
            while (!text.empty())
                all.append(take_piece(text, bytes)).append("|");
            return all;
        };
        CHECK(pieces("short", 8) == "short|");
        CHECK(pieces("one two three", 8) == "one two |three|");
        CHECK(pieces("a unbreakable", 8) == "a unbrea|kable|");
        CHECK(pieces("aa  b", 4) == "aa  |b|");
        CHECK(pieces("aa\xc3\xa9\xc3\xa9", 5) == "aa\xc3\xa9|\xc3\xa9|");
        CHECK(pieces("\xf0\x9f\x98\x80\xf0\x9f\x98\x80", 1) ==
              "\xf0\x9f\x98\x80|\xf0\x9f\x98\x80|");
        CHECK(pieces("\x80\x80\x80\x80\x80\x80", 4) == "\x80\x80\x80\x80|\x80\x80|");
    }
    TEST_CASE("a numeric before registration is for *") {
        std::string wire;
        append_numeric(wire, "s", Numeric::rpl_welcome, "", {"Hello you"});
        append_numeric(wire, "s", Numeric::err_nosuchnick, "me", {"bob", "No such nick"});
        CHECK(wire == ":s 001 * :Hello you\r\n:s 401 me bob :No such nick\r\n");
    }
    TEST_CASE("what is written is read back") {
        std::string tags;
        append_tag(tags, "time", "12:00");
        append_tag(tags, "k", "a b;c");
        append_tag(tags, "flag");
        std::string wire;
        append_message(wire, {tags, "me!u@h", "PRIVMSG"}, {"#a", ":x y"});
        CHECK(parts(std::string_view(wire).substr(0, wire.size() - 2)) ==
              "time=12:00;k=a\\sb\\:c;flag|me!u@h|PRIVMSG|#a|:x y");
    }
}

} // namespace tern::irc_message_test
