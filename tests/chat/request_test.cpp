// Requests as bytes, and lines as requests.

#include "servers/chat/line_commands.h"
#include "tests/chat/test_chat.h"

#include <doctest/doctest.h>

namespace tern::request_test {

using namespace tern;
using namespace tern::chat;
using Kind = Request::Kind;

namespace {

class Commands {
public:
    explicit Commands(const std::string& more = "")
        : configuration_(test::chat_configuration(more)), phrases_(configuration_),
          words_(phrases_), counters_(metrics_), settings_(settings_from(configuration_)),
          log_(silence()), context_{settings_.doors, phrases_, words_, counters_, log_, workshop_},
          commands(context_) {}

private:
    static LogSettings silence() {
        LogSettings settings;
        settings.level = LogLevel::off;
        return settings;
    }
    Metrics metrics_;
    const Configuration configuration_;
    const Phrases phrases_;
    const LineDialect words_;
    const ChatCounters counters_;
    const ChatSettings settings_;
    Log log_;
    Workshop workshop_{1};
    const DoorContext context_;

public:
    const LineCommands commands;
};

} // namespace

TEST_SUITE("chat/request") {
    TEST_CASE("a request survives its bytes, and what is cut or longer is none") {
        Request request;
        request.kind = Kind::say;
        request.number = 7;
        request.label = "l";
        request.room = "room";
        request.text = "text";
        const std::string bytes = encode(request);
        const auto decoded = decode_request(bytes);
        REQUIRE(decoded);
        CHECK(decoded->kind == Kind::say);
        CHECK(decoded->number == 7);
        CHECK(decoded->label == "l");
        CHECK(decoded->room == "room");
        CHECK(decoded->target.empty());
        CHECK(decoded->text == "text");
        for (std::size_t size = 0; size < bytes.size(); ++size)
            CHECK_FALSE(decode_request(std::string_view(bytes).substr(0, size)));
        CHECK_FALSE(decode_request(bytes + "x"));
        std::string wrong = bytes;
        wrong[0] = 0;
        CHECK_FALSE(decode_request(wrong));
        wrong[0] = 100;
        CHECK_FALSE(decode_request(wrong));
    }

    TEST_CASE("requests that belong together come off one by one, and what is cut is none") {
        Request request;
        request.kind = Kind::join;
        request.room = "a";
        std::string all;
        append_request(all, request);
        const std::size_t first_size = all.size();
        request.room = "b";
        append_request(all, request);
        std::string_view rest = all;
        CHECK(take_request(rest)->room == "a");
        CHECK(take_request(rest)->room == "b");
        CHECK_FALSE(take_request(rest));
        for (std::size_t size = 0; size < first_size; ++size) {
            rest = std::string_view(all).substr(0, size);
            CHECK_FALSE(take_request(rest));
        }
    }
    TEST_CASE("lines are speech, commands, or a name") {
        const Commands line;
        const auto request_of = [&](std::string_view text, bool has_name = true) {
            const auto outcome = line.commands.take(text, has_name);
            CHECK(outcome.reply.empty());
            static std::string bytes;
            bytes = outcome.request;
            const auto request = decode_request(bytes);
            REQUIRE(request);
            return *request;
        };
        CHECK(request_of(" bob ", false).target == "bob");
        CHECK(request_of("hello there").text == "hello there");
        const Request join = request_of("/JOIN #garden key");
        CHECK(join.kind == Kind::join);
        CHECK(join.room == "garden");
        CHECK(join.text == "key");
        const Request ban = request_of("/ban 192.0.2.0/24 60 no more");
        CHECK(ban.target == "192.0.2.0/24");
        CHECK(ban.number == 60);
        CHECK(ban.text == "no more");
        CHECK(request_of("/who bob").kind == Kind::whois);
        CHECK(request_of("/quit", false).kind == Kind::quit);
    }

    TEST_CASE("what is not a command, or not used so, is answered and goes to nobody") {
        const Commands line;
        for (const char* const bad : {"/nope", "/", "/join", "/msg bob", "/history x", "/oper bob",
                                      "bad \xFF", "bad \x1b[2J"}) {
            CAPTURE(bad);
            const auto outcome = line.commands.take(bad, true);
            CHECK(outcome.request.empty());
            CHECK_FALSE(outcome.reply.empty());
        }
        CHECK(line.commands.take("/help", true).reply.starts_with("/who"));
        CHECK(line.commands.take("  ", true).request.empty());
        const auto oper = line.commands.take("/oper root two words", true);
        CHECK(oper.operator_name == "root");
        CHECK(oper.password == "two words");
    }

    TEST_CASE("phrases have places, and unknown ones are errors of the configuration") {
        CHECK_THROWS_AS(Phrases(test::chat_configuration(R"(, "phrases": {"said": "{nick}"})")),
                        ConfigurationError);
        std::string text;
        const Phrase phrase("{name}: {{x} {text");
        phrase.append_to(text, std::vector<Filling>{{"name", "bob"}});
        CHECK(text == "bob: {x} {text");
    }
}

} // namespace tern::request_test
