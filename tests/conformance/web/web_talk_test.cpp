// People talk in browsers, among themselves and with those who came by another door.

#include "tests/conformance/web/web_server.h"
#include "tests/harness/child_program.h"

#include <doctest/doctest.h>

#include <csignal>
#include <string>

using namespace tern::conformance::web;
using tern::websocket::CloseCode;
namespace test = tern::test;

TEST_SUITE("web/talk") {
    TEST_CASE("one enters under a name that will do, and asks what there is to know") {
        const Server server;
        Client client(server);
        client.ask({{"request", "say"}, {"text", "too early"}, {"label", "1"}});
        CHECK(client.hear() ==
              json{{"connection", "refused"}, {"reason", "not_named_yet"}, {"label", "1"}});
        client.ask({{"request", "enter"}, {"name", "administrator"}});
        CHECK(client.hear() == json{{"event", "refused"},
                                    {"reason", "name_in_use"},
                                    {"target", "administrator"},
                                    {"number", 32}});
        client.ask({{"request", "enter"}, {"name", "Zoë"}, {"label", "2"}});
        const json welcome = client.hear();
        CHECK(welcome["event"] == "welcome");
        CHECK(welcome["name"] == "Zoë");
        CHECK(welcome["label"] == "2");
        CHECK(client.token().size() == 32);
        CHECK(client.hear() ==
              json{{"event", "joined"}, {"room", "lobby"}, {"topic", ""}, {"members", {"Zoë"}}});
        client.ask({{"request", "ping"}, {"label", "p"}});
        CHECK(client.hear() == json{{"connection", "pong"}, {"label", "p"}});
        client.ask({{"request", "topic"}, {"room", "lobby"}, {"text", "birds"}});
        CHECK(client.hear_until({{"event", "topic_changed"}})["text"] == "birds");
        client.ask({{"request", "rooms"}});
        CHECK(client.hear() ==
              json{{"event", "rooms"},
                   {"members", 1},
                   {"rooms", {{{"name", "lobby"}, {"topic", "birds"}, {"members", 1}}}}});
        client.ask({{"request", "rename"}, {"name", "Zac"}});
        CHECK(client.hear() == json{{"event", "renamed"}, {"name", "Zoë"}, {"to", "Zac"}});
        client.ask({{"request", "quit"}});
        CHECK(client.hear_close() == CloseCode::normal);
        client.socket().wait_for_the_end();
    }
    TEST_CASE("what is no request is refused, and the conversation goes on") {
        const Server server;
        Client client(server, "ann");
        for (const char* const nonsense :
             {"", "x", "[]", "{}", "7", R"({"request":"nonsense"})", R"({"request":7})",
              R"({"request":"say","room":"lobby","text":"a\u001bb"})",
              R"({"request":"say","to":["bob"],"text":"for bob alone"})",
              R"({"request":"say","room":"lobby","to":"bob","text":"for bob alone"})",
              R"({"request":"enter","name":"again"})", "[[[[[[[[[[[[[[[["}) {
            client.send(nonsense);
            CHECK(client.hear()["connection"] == "refused");
        }
        client.ask({{"request", "say"}, {"room", "lobby"}, {"text", "still here"}});
        CHECK(client.hear()["text"] == "still here");
    }
    TEST_CASE("members of all doors hear each other, and hostile text is only text") {
        if (!has_room_for(3))
            return;
        const Server server;
        LinePerson line(server, "bob");
        Client ann(server, "ann"), eve(server, "eve", {.deflate = true});
        CHECK(eve.handshake().field("Sec-WebSocket-Extensions").starts_with("permessage-deflate"));
        line.hear_until("eve");
        ann.hear_until({{"event", "entered"}, {"name", "eve"}});
        const std::string hostile = R"(<script>alert("1")</script> \ " 💥)";
        ann.ask({{"request", "say"}, {"room", "lobby"}, {"text", hostile}, {"label", "x"}});
        CHECK(line.hear() == "ann: " + hostile);
        const json own = ann.hear(), other = eve.hear();
        CHECK(own["label"] == "x");
        CHECK(other["text"] == hostile);
        CHECK(other["name"] == "ann");
        CHECK(other["id"] == own["id"]);
        CHECK_FALSE(other.contains("label"));
        const std::string length(2000, 'z'); // long enough to be compressed
        line.say(length);
        CHECK(ann.hear()["text"] == length);
        CHECK(eve.hear()["text"] == length);
        eve.ask({{"request", "say"}, {"to", "bob"}, {"text", "psst"}});
        CHECK(line.hear().find("psst") != std::string::npos);
        CHECK(eve.hear()["to"] == "bob");
        line.say("/msg ann hello you");
        const json told = ann.hear();
        CHECK(told["to"] == "ann");
        CHECK(told["name"] == "bob");
        line.say("/me waves");
        CHECK(ann.hear_until({{"event", "said"}})["manner"] == "action");
    }
    TEST_CASE("the past comes in pages") {
        const Server server({"history.shown=2"});
        {
            Client writer(server, "ann");
            for (int i = 1; i <= 7; ++i) {
                writer.ask({{"request", "say"}, {"room", "lobby"}, {"text", std::to_string(i)}});
                writer.hear_until({{"text", std::to_string(i)}});
            }
            writer.ask({{"request", "quit"}});
            writer.hear_close();
            writer.socket().end_sending();
            writer.socket().wait_for_the_end();
        }
        Client reader(server, "eve");
        const json shown = reader.hear();
        CHECK(shown["event"] == "history");
        CHECK(shown["unasked"] == true);
        CHECK(shown["messages"].size() == 2);
        const auto id = shown["messages"][0]["id"].get<int>();
        const auto texts = [&](const json& request) {
            reader.ask(request);
            const json heard = reader.hear();
            std::string all;
            for (const json& one : heard["messages"])
                all += one["text"].get<std::string>();
            return all;
        };
        const json wanted = {{"request", "history"}, {"room", "lobby"}};
        json before = wanted, after = wanted, latest = wanted;
        before.update({{"before", id}, {"most", 3}});
        after.update({{"after", id}});
        latest.update({{"most", 1}});
        CHECK(texts(before) == "345");
        CHECK(texts(after) == "7");
        CHECK(texts(latest) == "7");
        CHECK(texts(wanted) == "1234567");
    }
    TEST_CASE("the administrator is heard") {
        const Server server;
        Client client(server, "ann");
        const test::TemporaryFolder folder;
        test::ChildProgram announcing(
            {"tern-chatd", {"--config", server.configuration(), "announce", "lunch"}, 0},
            folder.path());
        CHECK(client.hear_until({{"event", "announced"}})["text"] == "lunch");
        CHECK(announcing.wait_for_exit() == test::Exit{0, 0});
    }
    TEST_CASE("who closes the page has left at once") {
        if (!has_room_for(2))
            return;
        const Server server;
        LinePerson line(server, "bob");
        Client client(server, "ann");
        line.hear_until("ann");
        std::string wire;
        tern::websocket::append_masked_frame(wire, {tern::websocket::Opcode::close},
                                             tern::websocket::close_payload(CloseCode::going_away),
                                             {});
        client.socket().send_all(wire);
        CHECK(client.hear_close() == CloseCode::going_away);
        CHECK(line.hear() == "ann left the room");
    }
    TEST_CASE("when the server stops, members are told so") {
        Server server;
        Client client(server, "ann");
        server.process().signal(SIGTERM);
        CHECK(client.hear_close() == CloseCode::going_away);
        client.socket().end_sending();
        CHECK(server.process().wait_for_exit() == test::Exit{0, 0});
    }
}
