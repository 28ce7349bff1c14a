#include "common/protocol/irc/base64.h"
#include "common/protocol/irc/capabilities.h"
#include "common/protocol/irc/isupport.h"
#include "common/protocol/irc/sasl.h"

#include <doctest/doctest.h>

#include <array>
#include <initializer_list>
#include <string>
#include <vector>

namespace tern::irc_negotiation_test {

using namespace tern::irc;
using namespace std::string_literals;

namespace {

constexpr std::array offered = {
    OfferedCapability{Capability::server_time, "server-time", ""},
    OfferedCapability{Capability::sasl, "sasl", "PLAIN"},
    OfferedCapability{Capability::cap_notify, "cap-notify", ""},
};

/// "LS * a b" for each line.
std::vector<std::string> ask(CapabilityNegotiation& negotiation,
                             std::initializer_list<std::string_view> parameters,
                             bool registered = false) {
    const auto answer = negotiation.receive({parameters.begin(), parameters.size()}, registered);
    std::vector<std::string> lines;
    for (const auto& line : answer.lines)
        lines.push_back(std::string(line.subcommand) + (line.more_follows ? " * " : " ") +
                        line.names);
    if (answer.is_invalid)
        lines.emplace_back("invalid");
    return lines;
}

using Lines = std::vector<std::string>;

} // namespace

TEST_SUITE("irc/capabilities") {
    TEST_CASE("values are told to clients of version 302 only") {
        CapabilityNegotiation old(offered);
        CHECK(ask(old, {"LS"}) == Lines{"LS server-time sasl cap-notify"});
        CapabilityNegotiation modern(offered);
        CHECK(ask(modern, {"ls", "302"}) == Lines{"LS server-time sasl=PLAIN cap-notify"});
        CHECK(modern.enabled().has(Capability::cap_notify));
        CHECK(ask(modern, {"LS"}) == Lines{"LS server-time sasl=PLAIN cap-notify"});
    }
    TEST_CASE("LS and REQ hold the registration until END, unless it is done") {
        CapabilityNegotiation negotiation(offered);
        CHECK_FALSE(negotiation.holds_registration());
        ask(negotiation, {"REQ", "sasl"});
        CHECK(negotiation.holds_registration());
        CHECK(ask(negotiation, {"END"}).empty());
        CHECK_FALSE(negotiation.holds_registration());
        ask(negotiation, {"LS", "302"}, true);
        CHECK_FALSE(negotiation.holds_registration());
    }
    TEST_CASE("a request is granted whole or not at all") {
        CapabilityNegotiation negotiation(offered);
        CHECK(ask(negotiation, {"REQ", "server-time sasl "}) == Lines{"ACK server-time sasl "});
        CHECK(ask(negotiation, {"REQ", "-sasl unheard-of"}) == Lines{"NAK -sasl unheard-of"});
        CHECK(negotiation.enabled().has(Capability::sasl));
        CHECK(ask(negotiation, {"REQ", "-sasl"}) == Lines{"ACK -sasl"});
        CHECK(ask(negotiation, {"LIST"}) == Lines{"LIST server-time"});
    }
    TEST_CASE("an unknown subcommand is invalid") {
        CapabilityNegotiation negotiation(offered);
        CHECK(ask(negotiation, {"FROB"}) == Lines{"invalid"});
        CHECK(ask(negotiation, {}) == Lines{"invalid"});
    }
    TEST_CASE("a long list goes in several lines") {
        const std::string name(120, 'n');
        std::vector<OfferedCapability> many(7, {Capability::batch, name, {}});
        CapabilityNegotiation negotiation(many);
        const Lines lines = ask(negotiation, {"LS", "302"});
        REQUIRE(lines.size() == 4);
        CHECK(lines[0] == "LS * " + name + ' ' + name);
        CHECK(lines[3] == "LS " + name);
    }
}

TEST_SUITE("irc/isupport") {
    TEST_CASE("tokens come 13 a line, and blanks in values are written out") {
        Isupport isupport;
        isupport.add("NETWORK", "A net");
        for (int i = 0; i < 13; ++i)
            isupport.add("SAFELIST");
        const auto lines = isupport.lines();
        REQUIRE(lines.size() == 2);
        CHECK(lines[0].size() == 13);
        CHECK(lines[0][0] == "NETWORK=A\\x20net");
        CHECK(lines[1] == std::vector{"SAFELIST"s});
    }
}

TEST_SUITE("irc/sasl") {
    TEST_CASE("base64 there and back") {
        for (const std::string text : {"", "f", "fo", "foo", "foob", "\xff\x00\x01"})
            CHECK(decode_base64(encode_base64(text)) == text);
        CHECK(encode_base64("jilles\0jilles\0sesame"s) == "amlsbGVzAGppbGxlcwBzZXNhbWU=");
        for (const char* text : {"a", "ab=", "a===", "a b=", "=abc"})
            CHECK_FALSE(decode_base64(text));
    }
    TEST_CASE("a payload comes whole, or in pieces of 400") {
        SaslAssembler assembler;
        for (const std::size_t size : {0U, 1U, 299U, 300U, 301U, 600U, 1000U}) {
            const std::string payload(size, 'p');
            SaslAssembler::Outcome outcome{};
            for (const std::string& chunk : sasl_chunks(payload)) {
                CHECK(chunk.size() <= sasl_chunk);
                outcome = assembler.take(chunk);
            }
            CHECK(outcome == SaslAssembler::Outcome::complete);
            CHECK(assembler.take_payload() == payload);
        }
    }
    TEST_CASE("it can be aborted, malformed and too long") {
        SaslAssembler assembler;
        CHECK(assembler.take(std::string(400, 'a')) == SaslAssembler::Outcome::need_more);
        CHECK(assembler.take("*") == SaslAssembler::Outcome::aborted);
        CHECK(assembler.take("???") == SaslAssembler::Outcome::malformed);
        CHECK(assembler.take(std::string(401, 'a')) == SaslAssembler::Outcome::too_long);
        SaslAssembler::Outcome outcome{};
        for (int i = 0; i < 11; ++i)
            outcome = assembler.take(std::string(400, 'a'));
        CHECK(outcome == SaslAssembler::Outcome::too_long);
    }
    TEST_CASE("PLAIN has three parts, of which two must be there") {
        const auto credentials = parse_plain("\0bob\0secret"s);
        REQUIRE(credentials);
        CHECK(credentials->authorization.empty());
        CHECK(credentials->name == "bob");
        CHECK(credentials->password == "secret");
        for (const std::string& payload :
             {""s, "bob"s, "\0bob"s, "\0\0x"s, "\0bob\0"s, "a\0b\0c\0d"s})
            CHECK_FALSE(parse_plain(payload));
    }
}

} // namespace tern::irc_negotiation_test
