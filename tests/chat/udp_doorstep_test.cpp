#include "servers/chat/udp_doorstep.h"

#include "tests/chat/test_chat.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

namespace tern::chat {
namespace {

class Doorstep {
public:
    explicit Doorstep(const std::string& configuration = "")
        : configuration_(test::chat_configuration(configuration)) {}

    std::string answer(std::string_view datagram, const char* host = "192.0.2.1",
                       std::uint16_t port = 5000) {
        return doorstep_.answer(datagram, *net::Address::parse(host, port), now);
    }
    /// For a datagram that is long enough.
    std::string token(const char* host = "192.0.2.1", std::uint16_t port = 5000) {
        const std::string words = "Begin lines with ";
        const std::string text = answer(std::string(100, ' '), host, port);
        REQUIRE(text.starts_with(words));
        return text.substr(words.size(), token_size);
    }
    bool knows(std::string_view token, std::string_view source = "192.0.2.1:5000") const {
        return doorstep_.knows(token, source, now);
    }

    Clock::time_point now = Clock::time_point(std::chrono::hours(1));

private:
    Log log_{{.level = LogLevel::off}};
    Workshop workshop_{1};
    Metrics metrics_;
    const Configuration configuration_;
    const ChatSettings settings_ = settings_from(configuration_);
    const Phrases phrases_{configuration_};
    const LineDialect words_{phrases_};
    const ChatCounters counters_{metrics_};
    const DoorContext context_{settings_.doors, phrases_, words_, counters_, log_, workshop_};
    UdpDoorstep doorstep_{context_};
};

/// How many of `count` strangers are answered at one moment, each from an address of its own.
int answered(Doorstep& doorstep, int count) {
    int answers = 0;
    for (int i = 0; i < count; ++i) {
        const std::string host = "198.51.100." + std::to_string(i);
        answers += doorstep.answer("What is it like in here?", host.c_str()).empty() ? 0 : 1;
    }
    return answers;
}

TEST_CASE("an answer to a stranger is shorter than what it answers, whatever that is") {
    Doorstep doorstep;
    for (std::size_t size = 0; size < 300; ++size) {
        doorstep.now += std::chrono::seconds(1);
        const std::size_t answered = doorstep.answer(std::string(size, 'x')).size();
        CHECK((answered == 0 || answered < size));
        CHECK((answered > 0) == (size > std::string_view("More?\n").size()));
    }
}

TEST_CASE("two servers that were set on each other fall silent, whatever language they speak") {
    Doorstep one, other(R"(, "phrases": {"udp_token": "{token}, s'il vous plaît, et {token} encore",
                                         "udp_more": "Plus, plus, plus!"})");
    std::string datagram(200, 'x');
    int answers = 0;
    while (!datagram.empty()) {
        datagram = (answers % 2 == 0 ? one : other).answer(datagram);
        REQUIRE(++answers < 10);
    }
}

TEST_CASE("a stranger's datagram that is an answer of ours is not answered, nor is a service") {
    Doorstep doorstep;
    CHECK(doorstep.answer("Begin lines with 0123456789abcdef\n").empty());
    CHECK(doorstep.answer("0123456789abcdef\n").empty());
    CHECK(doorstep.answer("More?\n").empty());
    CHECK_FALSE(doorstep.answer("Begin lines with 0123456789abcdef!\n").empty());
    CHECK_FALSE(doorstep.answer("0123456789abcdef Hello there\n").empty());
    for (const std::uint16_t port : std::array<std::uint16_t, 6>{0, 7, 13, 17, 19, 37})
        CHECK(doorstep.answer(std::string(100, ' '), "192.0.2.1", port).empty());
}

TEST_CASE("a token is for one address and port, and not for ever") {
    Doorstep doorstep(R"(, "limits": {"udp_token_s": 60})");
    const std::string token = doorstep.token();
    CHECK(doorstep.knows(token));
    CHECK(doorstep.knows(doorstep.token("2001:db8::1", 7000), "[2001:db8::1]:7000"));
    CHECK_FALSE(doorstep.knows(token, "192.0.2.1:5001"));
    CHECK_FALSE(doorstep.knows(token, "192.0.2.2:5000"));
    CHECK_FALSE(doorstep.knows(token.substr(1)));
    CHECK_FALSE(doorstep.knows({}));
    CHECK_FALSE(Doorstep().knows(token)); // another server, or the same one started anew
    doorstep.now += std::chrono::seconds(60);
    CHECK(doorstep.knows(token));
    CHECK(doorstep.token() != token);
    doorstep.now += std::chrono::seconds(60);
    CHECK_FALSE(doorstep.knows(token));
}

TEST_CASE("strangers are answered so often each, and so often in all") {
    Doorstep each(R"(, "limits": {"udp_answers_per_address": {"per_second": 1, "burst": 3}})");
    int answers = 0;
    for (int i = 0; i < 10; ++i)
        answers += each.answer("What is it like in here?").empty() ? 0 : 1;
    CHECK(answers == 3);
    CHECK_FALSE(each.answer("What is it like in here?", "192.0.2.2").empty());
    each.now += std::chrono::seconds(1);
    CHECK_FALSE(each.answer("What is it like in here?").empty());
    Doorstep all(R"(, "limits": {"udp_answers": {"per_second": 1, "burst": 5}})");
    CHECK(answered(all, 100) == 5);
    all.now += std::chrono::seconds(2);
    CHECK(answered(all, 100) == 2);
}

} // namespace
} // namespace tern::chat
