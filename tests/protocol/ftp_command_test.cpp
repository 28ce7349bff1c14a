#include "common/protocol/ftp/command.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace tern::ftp_command_test {

using namespace tern::ftp;
using namespace std::string_literals;
using Outcome = CommandParser::Outcome;

namespace {

/// "VERB[argument]", or what else came of a line.
std::vector<std::string> read_all(CommandParser& parser) {
    std::vector<std::string> all;
    Command command;
    for (;;) {
        Command peeked;
        const Outcome peek = parser.peek(peeked);
        const Outcome outcome = parser.next(command);
        CHECK(peek == outcome);
        if (outcome == Outcome::need_more)
            return all;
        if (outcome == Outcome::command) {
            CHECK(peeked.verb == command.verb);
            all.push_back(command.verb + '[' + command.argument + ']');
        } else {
            all.emplace_back(outcome == Outcome::bad ? "bad" : "too long");
        }
    }
}

/// Whole, and cut at every byte.
std::vector<std::string> parse(std::string_view bytes, std::size_t longest = 100) {
    CommandParser whole(longest);
    whole.feed(bytes);
    const std::vector<std::string> expected = read_all(whole);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        CommandParser parser(longest);
        parser.feed(bytes.substr(0, cut));
        std::vector<std::string> all = read_all(parser);
        parser.feed(bytes.substr(cut));
        for (std::string& one : read_all(parser))
            all.push_back(std::move(one));
        CHECK(all == expected);
    }
    return expected;
}

using All = std::vector<std::string>;

} // namespace

TEST_SUITE("ftp/command") {
    TEST_CASE("a verb and, after one space, its argument") {
        CHECK(parse("user bob\r\nPWD\r\nretr  a b \r\nNOOP") ==
              All{"USER[bob]", "PWD[]", "RETR[ a b ]"});
    }
    TEST_CASE("a lone LF ends a line as well") {
        CHECK(parse("PWD\nNOOP\n") == All{"PWD[]", "NOOP[]"});
    }
    TEST_CASE("Telnet commands are left out, and a doubled IAC is a byte") {
        CHECK(parse("\xff\xf4\xff\xf2"
                    "ABOR\r\n") == All{"ABOR[]"});
        CHECK(parse("\xff\xf4\xf2"
                    "ABOR\r\n") == All{"\xf2"
                                       "ABOR[]"});
        CHECK(parse("DELE \xff\xff.txt\r\n") == All{"DELE[\xff.txt]"});
        CHECK(parse("\xff\xfb\x01NO\xff\xfa\x05\xff\xff secret\xff\xf0OP\r\n") == All{"NOOP[]"});
    }
    TEST_CASE("CR NUL is a CR within a name, and another CR is one, too") {
        CHECK(parse("DELE a\r\0b\r\n"s) == All{"DELE[a\rb]"});
        CHECK(parse("DELE a\rb\r\r\n") == All{"DELE[a\rb\r]"});
    }
    TEST_CASE("a NUL elsewhere, or a line without a verb, is bad") {
        CHECK(parse("DELE a\0b\r\n\r\n\r\nPWD\r\n"s) == All{"bad", "bad", "bad", "PWD[]"});
    }
    TEST_CASE("a line that is too long is dropped, and takes no memory") {
        CHECK(parse("DELE 12345\r\nDELE 123456\r\nPWD\r\n", 10) ==
              All{"DELE[12345]", "too long", "PWD[]"});
        CommandParser parser(10);
        parser.feed(std::string(100'000, 'x'));
        CHECK(parser.size() <= 10);
        parser.feed("\r\nPWD\r\n");
        CHECK(read_all(parser) == All{"too long", "PWD[]"});
    }
    TEST_CASE("commands that wait are looked through, one after the other") {
        CommandParser parser(100);
        parser.feed("PWD\r\n\r\nSIZE a b\r\nNO");
        Command command;
        std::size_t position = 0;
        CHECK(parser.look(command, position) == Outcome::command);
        CHECK(command.verb == "PWD");
        CHECK(parser.look(command, position) == Outcome::bad);
        CHECK(parser.look(command, position) == Outcome::command);
        CHECK(command.argument == "a b");
        CHECK(parser.look(command, position) == Outcome::need_more);
        parser.feed("OP\r\n");
        CHECK(parser.look(command, position) == Outcome::command);
        CHECK(command.verb == "NOOP");
        CHECK(parser.look(command, position) == Outcome::need_more);
        CHECK(read_all(parser) == All{"PWD[]", "bad", "SIZE[a b]", "NOOP[]"});
    }
    TEST_CASE("what was fed is forgotten on request") {
        CommandParser parser(100);
        parser.feed("NOOP\r\nPA");
        parser.clear();
        parser.feed("PWD\r\n");
        CHECK(read_all(parser) == All{"PWD[]"});
    }
}

} // namespace tern::ftp_command_test
