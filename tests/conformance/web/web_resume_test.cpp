// Connections break, and members come back: each gets what it missed, exactly once and in order.

#include "tests/conformance/web/web_server.h"

#include <doctest/doctest.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

using namespace tern::conformance::web;
using tern::websocket::CloseCode;
namespace test = tern::test;

namespace {

json resuming(const Client& client, std::uint64_t received) {
    return {{"request", "resume"}, {"token", client.token()}, {"received", received}};
}

/// The texts of what is said, up to the word that all is told.
std::string missed_by(Client& client) {
    std::string all;
    for (;;) {
        const json heard = client.hear();
        if (heard.value("connection", "") == "resumed")
            return all;
        if (heard.value("event", "") == "said")
            all += heard["text"].get<std::string>() + ' ';
    }
}

} // namespace

TEST_SUITE("web/resume") {
    TEST_CASE("what was said meanwhile comes once and in order, private words too") {
        if (!has_room_for(3))
            return;
        const Server server;
        LinePerson bob(server, "bob");
        auto ann = std::make_unique<Client>(server, "ann");
        bob.say("one");
        ann->hear_until({{"text", "one"}});
        const json again = resuming(*ann, ann->received());
        ann->socket().reset();
        // Nobody has noticed: the member is still there, connected or not.
        for (const char* const line : {"two", "/msg ann three", "four"})
            bob.say(line);
        bob.say("/who");
        CHECK(bob.hear_until("In lobby now:").find("ann") != std::string::npos);
        Client back(server);
        back.ask(again);
        CHECK(missed_by(back) == "two three four ");
        bob.say("five");
        CHECK(back.hear()["text"] == "five");
        back.ask({{"request", "say"}, {"room", "lobby"}, {"text", "six"}});
        CHECK(bob.hear_until("six") == "ann: six");
    }
    TEST_CASE("what had left the server but not arrived comes again") {
        const Server server;
        Client ann(server, "ann");
        for (const char* const text : {"a", "b", "c"}) {
            ann.ask({{"request", "say"}, {"room", "lobby"}, {"text", text}});
            ann.hear_until({{"text", text}});
        }
        const json again = resuming(ann, ann.received() - 2);
        ann.socket().reset();
        Client back(server);
        back.ask(again);
        CHECK(missed_by(back) == "b c ");
    }
    TEST_CASE("a whole conversation, broken off again and again, has every line once") {
        if (!has_room_for(3))
            return;
        const Server server({R"(limits.speech_per_member={"per_second": 1000, "burst": 1000})",
                             R"(limits.speech_per_address={"per_second": 1000, "burst": 1000})"});
        LinePerson bob(server, "bob");
        auto ann = std::make_unique<Client>(server, "ann");
        std::string token = ann->token(), heard, expected;
        std::uint64_t received = ann->received();
        for (int i = 0; i < 60; ++i) {
            bob.say(std::to_string(i));
            expected += std::to_string(i) + ' ';
            if (i % 7 == 3) { // in the middle of things
                ann->socket().reset();
                ann = std::make_unique<Client>(server);
                ann->ask({{"request", "resume"}, {"token", token}, {"received", received}});
            }
            if (i % 5 == 0) {
                const json message = ann->hear();
                received += message.contains("event") ? 1 : 0;
                if (message.value("event", "") == "said")
                    heard += message["text"].get<std::string>() + ' ';
            }
        }
        while (heard.size() < expected.size()) {
            const json message = ann->hear();
            if (message.value("event", "") == "said")
                heard += message["text"].get<std::string>() + ' ';
        }
        CHECK(heard == expected);
    }
    TEST_CASE("an old connection that has not noticed is told that it is replaced") {
        if (!has_room_for(2))
            return;
        const Server server;
        Client old(server, "ann");
        Client back(server);
        back.ask(resuming(old, old.received()));
        CHECK(back.hear() == json{{"connection", "resumed"}, {"name", "ann"}});
        CHECK(old.hear() == json{{"connection", "ended"}, {"reason", "replaced"}});
        CHECK(old.hear_close() == CloseCode::normal);
        back.ask({{"request", "say"}, {"room", "lobby"}, {"text", "here"}});
        CHECK(back.hear()["text"] == "here");
    }
    TEST_CASE("who cannot have all that was missed is told so, and enters anew") {
        const Server server({"web.resume.messages=3"});
        Client ann(server, "ann");
        for (const char* const text : {"a", "b", "c", "d", "e"}) {
            ann.ask({{"request", "say"}, {"room", "lobby"}, {"text", text}});
            ann.hear_until({{"text", text}});
        }
        const json too_far_back = resuming(ann, 1);
        ann.socket().reset();
        Client back(server);
        back.ask(too_far_back);
        CHECK(back.hear() == json{{"connection", "not_resumed"}});
        back.ask({{"request", "enter"}, {"name", "ann"}}); // it is nobody else's meanwhile
        CHECK(back.hear()["event"] == "welcome");
        CHECK(back.hear()["event"] == "joined");
        CHECK(back.hear()["messages"].size() == 5);
    }
    TEST_CASE("a token that is nobody's, and a number that never was, resume nothing") {
        if (!has_room_for(2))
            return;
        const Server server;
        Client ann(server, "ann");
        Client other(server);
        other.ask({{"request", "resume"}, {"token", ""}, {"received", 0}});
        CHECK(other.hear() == json{{"connection", "not_resumed"}});
        other.ask({{"request", "resume"}, {"token", std::string(32, '0')}, {"received", 0}});
        CHECK(other.hear() == json{{"connection", "not_resumed"}});
        other.ask(resuming(ann, 1000));
        CHECK(other.hear() == json{{"connection", "not_resumed"}});
    }
    TEST_CASE("who does not come back in time has left") {
        if (!has_room_for(2))
            return;
        const Server server({"web.resume.grace_s=0.3"});
        LinePerson bob(server, "bob");
        Client ann(server, "ann");
        bob.hear_until("ann");
        ann.socket().reset();
        CHECK(bob.hear() == "ann left the room");
    }
    TEST_CASE("without a time of grace one leaves with the connection") {
        if (!has_room_for(2))
            return;
        const Server server({"web.resume.grace_s=0"});
        LinePerson bob(server, "bob");
        Client ann(server, "ann");
        CHECK(ann.token().empty());
        bob.hear_until("ann");
        ann.socket().reset();
        CHECK(bob.hear() == "ann left the room");
    }
    TEST_CASE("who reads too slowly is cut off, and then gets the rest") {
        if (!has_room_for(2) || encrypted()) // which makes no difference
            return;
        const Server server(
            {"web.resume.messages=100000", "web.resume.bytes=6000000",
             R"(limits.speech_per_member={"per_second": 100000, "burst": 100000})",
             R"(limits.speech_per_address={"per_second": 100000, "burst": 100000})"});
        LinePerson bob(server, "bob");
        auto ann = std::make_unique<Client>(server, "ann", ClientOptions{.receive_buffer = 4096});
        bob.hear_until("ann");
        const json again = resuming(*ann, ann->received());
        const std::string text(2000, 'x');
        constexpr int lines = 2600; // more than sockets and the outbox take
        for (int i = 0; i < lines; ++i)
            bob.say(std::to_string(i) + ' ' + text);
        bob.say("/ping");
        bob.hear_until("pong");
        Client back(server);
        back.ask(again);
        // The last lines may reach the room only when she is back.
        const json resumed = {{"connection", "resumed"}, {"name", "ann"}};
        int times_resumed = 0;
        for (int i = 0; i < lines || times_resumed == 0;) {
            json heard = back.hear();
            if (heard == resumed) {
                REQUIRE(++times_resumed == 1);
                continue;
            }
            INFO("line " << i << ": " << heard.dump().substr(0, 200));
            REQUIRE(heard["text"] == std::to_string(i) + ' ' + text);
            ++i;
        }
    }
}
