// People talk by IRC, among themselves and with those who came by another door.

#include "tests/conformance/irc/irc_server.h"

#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <vector>

using namespace tern::conformance::irc;
namespace test = tern::test;

namespace {

/// Of a tag or a reference, from behind `name` to the next separator.
std::string value_of(const std::string& text, const std::string& name) {
    const std::size_t begin = text.find(name) + name.size();
    return text.substr(begin, text.find_first_of("; ", begin) - begin);
}

} // namespace

TEST_SUITE("irc/session") {
    TEST_CASE("one registers, is refused what is wrong, and quits") {
        const Server server;
        Client client(server);
        client.say("JOIN #a");
        CHECK(client.hear() == ":tern.local 451 * :You have not registered");
        client.say("NICK administrator");
        client.say("USER me 0 * :Me");
        CHECK(client.hear() == ":tern.local 433 * administrator :Nickname is in use");
        client.say("NICK me");
        CHECK(client.hear() == ":tern.local 001 me :Welcome to the Tern network, me");
        client.hear_until(" 376 me ");
        CHECK(client.ask("FROB") == ":tern.local 421 me FROB :Unknown command");
        CHECK(client.ask(std::string(600, 'x')) == ":tern.local 417 me :That line was too long");
        CHECK(client.ask("NICK you") == ":me!me@127.0.0.1 NICK you");
        CHECK(client.ask("ISON you me") == ":tern.local 303 you you");
        client.say("QUIT :bye");
        CHECK(client.hear() == "ERROR :Closing link: goodbye");
        client.socket().wait_for_the_end();
    }
    TEST_CASE("all that is sent in one go is done in its order, registration first") {
        const Server server;
        Client client(server);
        client.socket().send_all("NICK me\nUSER me 0 * :Me\nJOIN #a\nTOPIC #a :t\nPING end\n");
        client.hear_until(" 376 me ");
        CHECK(client.hear() == ":me!me@127.0.0.1 JOIN #a");
        CHECK(client.hear() == ":tern.local 353 me = #a @me");
        CHECK(client.hear() == ":tern.local 366 me #a :End of the list of names");
        CHECK(client.hear() == ":me!me@127.0.0.1 TOPIC #a t");
        CHECK(client.hear() == ":tern.local PONG tern.local end");
    }
    TEST_CASE("who ends its side gets the answers to all that it has said, and a goodbye") {
        const Server server;
        Client client(server);
        client.socket().send_all("NICK me\nUSER me 0 * :Me\nJOIN #a\nNAMES #a\nISON me\n");
        client.socket().end_sending();
        const std::string all = client.socket().read_to_end();
        CHECK(all.find(" 366 me #a ") != all.rfind(" 366 me #a ")); // of JOIN, and of NAMES
        CHECK(all.ends_with(":tern.local 303 me me\r\n"
                            "ERROR :Closing link: goodbye\r\n"));
    }
    TEST_CASE("SASL proves an account, and OPER an operator") {
        const Server server;
        Client client(server);
        client.say("CAP LS 302");
        CHECK(client.hear().find("sasl=PLAIN") != std::string::npos);
        client.say("CAP REQ :sasl");
        CHECK(client.hear() == ":tern.local CAP * ACK sasl");
        client.say("AUTHENTICATE PLAIN");
        CHECK(client.hear() == "AUTHENTICATE +");
        client.say("AUTHENTICATE AGppbGxlcwB3cm9uZw=="); // "wrong"
        CHECK(client.hear() == ":tern.local 904 * :SASL authentication failed");
        client.say("AUTHENTICATE PLAIN");
        CHECK(client.hear() == "AUTHENTICATE +");
        client.say("AUTHENTICATE AGppbGxlcwBzZWNyZXQ="); // "secret"
        CHECK(client.hear().starts_with(":tern.local 900 * * jilles "));
        CHECK(client.hear().starts_with(":tern.local 903 "));
        client.say("NICK me");
        client.say("USER me 0 * :Me");
        client.say("CAP END");
        client.hear_until(" 376 me ");
        CHECK(client.ask("KILL you :x") ==
              ":tern.local 481 me :Permission denied: you are no operator");
        CHECK(client.ask("OPER root wrong") == ":tern.local 464 me :Password incorrect");
        CHECK(client.ask("OPER root secret") ==
              ":me!me@127.0.0.1 MODE me +o\r\n"
              ":tern.local 381 me :You are now an operator of this server");
    }
    TEST_CASE("a client that says nothing is asked, and then goes") {
        const Server server({"irc.ping_interval_s=0.2"});
        Client client(server);
        client.say("NICK me");
        client.say("USER me 0 * :Me");
        client.hear_until("PING tern.local");
        client.hear_until("ERROR :Closing link: ");
        client.socket().wait_for_the_end();
    }
    TEST_CASE("commands that come too fast wait, and none is lost") {
        const Server server({"irc.commands.per_second=50", "irc.commands.burst=5"});
        Client client(server, "me");
        std::string many;
        for (int i = 0; i < 20; ++i)
            many += "PING " + std::to_string(i) + "\r\n";
        client.socket().send_all(many);
        for (int i = 0; i < 20; ++i)
            CHECK(client.hear() == ":tern.local PONG tern.local " + std::to_string(i));
    }
    TEST_CASE("a stop says goodbye") {
        Server server;
        Client client(server, "me");
        server.process().signal(SIGTERM);
        CHECK(client.hear() == "ERROR :Closing link: The server stops");
        client.socket().wait_for_the_end();
        CHECK(server.process().wait_for_exit() == test::Exit{0, 0});
    }
}

TEST_SUITE("irc/rooms") {
    TEST_CASE("others see who joins, speaks, leaves and breaks off") {
        if (!has_room_for(2))
            return;
        const Server server;
        Client ann(server, "ann");
        CHECK(ann.ask("JOIN #a").ends_with(":End of the list of names"));
        {
            Client bob(server, "bob");
            CHECK(bob.ask("JOIN #A") == ":bob!bob@127.0.0.1 JOIN #a\r\n"
                                        ":tern.local 353 bob = #a :@ann bob\r\n"
                                        ":tern.local 366 bob #a :End of the list of names");
            CHECK(ann.hear() == ":bob!bob@127.0.0.1 JOIN #a");
            CHECK(bob.ask("PRIVMSG #a :hello all").empty());
            CHECK(ann.hear() == ":bob!bob@127.0.0.1 PRIVMSG #a :hello all");
            CHECK(bob.ask("PRIVMSG ann :psst").empty());
            CHECK(ann.hear() == ":bob!bob@127.0.0.1 PRIVMSG ann psst");
            CHECK(bob.ask("PART #a :later") == ":bob!bob@127.0.0.1 PART #a later");
            CHECK(ann.hear() == ":bob!bob@127.0.0.1 PART #a later");
            CHECK(bob.ask("PRIVMSG #a :x") == ":tern.local 404 bob #a :Cannot send to channel");
            bob.ask("JOIN #a");
            ann.hear();
            bob.socket().reset();
        }
        CHECK(ann.hear().starts_with(":bob!bob@127.0.0.1 QUIT "));
    }
    TEST_CASE("WHOIS marks rooms with what the person is there, NAMES a secret room as such") {
        const Server server;
        Client client(server, "me");
        client.ask("JOIN #a");
        CHECK(client.ask("WHOIS me").find("319 me me @#a\r\n") != std::string::npos);
        CHECK(client.ask("MODE #a +s") == ":me!me@127.0.0.1 MODE #a +s");
        CHECK(client.ask("NAMES #a").starts_with(":tern.local 353 me @ #a @me\r\n"));
    }
    TEST_CASE("operators of a room rule it") {
        if (!has_room_for(2))
            return;
        const Server server;
        Client ann(server, "ann");
        Client bob(server, "bob");
        ann.ask("JOIN #a");
        CHECK(ann.ask("MODE #a +mk key") == ":ann!ann@127.0.0.1 MODE #a +m\r\n"
                                            ":ann!ann@127.0.0.1 MODE #a +k key");
        CHECK(bob.ask("JOIN #a") == ":tern.local 475 bob #a :Cannot join channel: wrong key (+k)");
        CHECK(bob.ask("JOIN #a key").find("353 bob") != std::string::npos);
        CHECK(bob.ask("PRIVMSG #a :x").starts_with(":tern.local 404 bob #a "));
        CHECK(bob.ask("MODE #a -m").starts_with(":tern.local 482 bob #a "));
        ann.ask("MODE #a +v bob");
        CHECK(bob.ask("PRIVMSG #a :x") == ":ann!ann@127.0.0.1 MODE #a +v bob");
        CHECK(ann.ask("KICK #a bob :out").ends_with(":ann!ann@127.0.0.1 KICK #a bob out"));
        CHECK(ann.ask("MODE #a +b bob") == ":ann!ann@127.0.0.1 MODE #a +b bob!*@*");
        CHECK(ann.ask("MODE #a b").starts_with(":tern.local 367 ann #a bob!*@*"));
        CHECK(bob.ask("JOIN #a key") ==
              ":ann!ann@127.0.0.1 KICK #a bob out\r\n"
              ":tern.local 474 bob #a :Cannot join channel: you are banned (+b)");
        CHECK(ann.ask("INVITE bob #a") == ":tern.local 341 ann bob #a");
        CHECK(bob.ask("JOIN #a").find("353 bob") != std::string::npos);
    }
    TEST_CASE("clients with different capabilities are told the same in their own ways") {
        if (!has_room_for(3))
            return;
        const Server server;
        Client plain(server, "plain");
        Client modern(server, "modern");
        Client speaker(server, "speaker");
        modern.ask("CAP REQ :server-time message-tags away-notify");
        speaker.ask("CAP REQ :echo-message labeled-response batch draft/chathistory");
        plain.ask("JOIN #a");
        modern.ask("JOIN #a");
        speaker.ask("JOIN #a");
        CHECK(speaker.ask("@label=7 PRIVMSG #a :one") ==
              "@label=7 :speaker!speaker@127.0.0.1 PRIVMSG #a one");
        CHECK(plain.hear_until("PRIVMSG") == ":speaker!speaker@127.0.0.1 PRIVMSG #a one");
        const std::string tagged = modern.hear_until("PRIVMSG");
        CHECK(tagged.starts_with("@time="));
        CHECK(tagged.ends_with(" :speaker!speaker@127.0.0.1 PRIVMSG #a one"));
        CHECK(tagged.find(";msgid=") != std::string::npos);
        CHECK(speaker.ask("AWAY :lunch").starts_with(":tern.local 306 "));
        CHECK(modern.hear_until("AWAY").ends_with(":speaker!speaker@127.0.0.1 AWAY lunch"));
        CHECK(speaker.ask("CHATHISTORY LATEST #a * 5") ==
              ":tern.local BATCH +history chathistory #a\r\n"
              "@batch=history :speaker!speaker@127.0.0.1 PRIVMSG #a one\r\n"
              ":tern.local BATCH -history");
    }
    TEST_CASE("history is found by message and by time") {
        const Server server({"limits.speech_per_member.burst=1000000",
                             "limits.speech_per_address.burst=1000000",
                             "irc.commands.burst=100000"});
        Client client(server, "me");
        client.ask("CAP REQ :echo-message server-time message-tags");
        client.ask("JOIN #a");
        std::vector<std::string> ids, times;
        for (const char* const text : {"one", "two", "three"}) {
            const std::string echo = client.ask(std::string("PRIVMSG #a ") + text);
            ids.push_back(" msgid=" + value_of(echo, "msgid="));
            times.push_back(" timestamp=" + value_of(echo, "time="));
            // The next one is said at another time, as its clock shows it.
            while (value_of(client.ask("PRIVMSG me x"), "time=") == value_of(echo, "time=")) {
            }
        }
        const auto words = [&](const std::string& which) {
            std::string all = client.ask("CHATHISTORY " + which), text;
            for (const char* const word : {"one", "two", "three"})
                if (all.find(std::string(" PRIVMSG #a ") + word) != std::string::npos)
                    text.append(word).append(" ");
            return text;
        };
        for (const auto& points : {ids, times}) {
            CHECK(words("BEFORE #a" + points[2] + " 1") == "two ");
            CHECK(words("AFTER #a" + points[0] + " 1") == "two ");
            CHECK(words("LATEST #a" + points[0] + " 1") == "three ");
            CHECK(words("AROUND #a" + points[1] + " 3") == "one two three ");
            CHECK(words("BETWEEN #a" + points[0] + points[2] + " 9") == "two ");
        }
        CHECK(words("LATEST #a * 2") == "two three ");
        const std::string last = value_of(times[2], "timestamp=");
        const std::string ever = "timestamp=2000-01-01T00:00:00.000Z timestamp=2200-01-01T00:00:00"
                                 ".000Z 5";
        CHECK(client.ask("CHATHISTORY TARGETS " + ever) ==
              ":tern.local CHATHISTORY TARGETS #a " + last);
        CHECK(client.ask("CHATHISTORY LATEST #b * 5") ==
              ":tern.local FAIL CHATHISTORY INVALID_TARGET LATEST #b :You are not on that channel");
    }
    TEST_CASE("who is there is found by masks") {
        const Server server;
        Client client(server, "me");
        const std::string line = ":tern.local 352 me * me 127.0.0.1 tern.local me H :0 me\r\n";
        CHECK(client.ask("WHO m*") == line + ":tern.local 315 me m* :End of WHO");
        CHECK(client.ask("WHO *@127.*") == line + ":tern.local 315 me *@127.* :End of WHO");
        CHECK(client.ask("WHO 0") == line + ":tern.local 315 me * :End of WHO");
        CHECK(client.ask("WHO 0 o") == ":tern.local 315 me * :End of WHO");
        CHECK(client.ask("WHO you*") == ":tern.local 315 me you* :End of WHO");
    }
    TEST_CASE("topics and modes outlive the server, however it ends") {
        for (const int end : {SIGTERM, SIGKILL}) {
            const test::TemporaryFolder folder;
            const std::vector<std::string> journal = {"history.journal.file=" +
                                                      (folder / "journal").string()};
            {
                Server server(journal);
                Client client(server, "me");
                client.ask("JOIN #a");
                CHECK(client.ask("TOPIC #a :birds") == ":me!me@127.0.0.1 TOPIC #a birds");
                CHECK(client.ask("MODE #a +k sesame") == ":me!me@127.0.0.1 MODE #a +k sesame");
                CHECK(client.ask("MODE #a +b evil!*@*") == ":me!me@127.0.0.1 MODE #a +b evil!*@*");
                server.process().signal(end);
                server.process().wait_for_exit();
            }
            const Server server(journal);
            Client client(server, "me");
            CHECK(client.ask("JOIN #a") == ":tern.local 475 me #a :Cannot join channel: wrong key "
                                           "(+k)");
            const std::string joined = client.ask("JOIN #a sesame");
            CHECK(joined.find(":tern.local 332 me #a birds\r\n") != std::string::npos);
            CHECK(joined.find(":tern.local 333 me #a me ") != std::string::npos);
            CHECK(joined.find(":tern.local 353 me = #a @me\r\n") != std::string::npos);
            CHECK(client.ask("MODE #a b").starts_with(":tern.local 367 me #a evil!*@*\r\n"));
        }
    }
    TEST_CASE("commands that come too fast are to be tried again") {
        const Server server(
            {"limits.requests_per_member.per_second=0.001", "limits.requests_per_member.burst=2"});
        Client client(server, "me");
        client.ask("JOIN #a");
        for (const char* const command :
             {"WHO #a", "NAMES #a", "LIST", "WHOIS me", "MODE #a", "TOPIC #a :x", "JOIN #b",
              "PART #a", "NICK other", "CHATHISTORY LATEST #a * 10", "AWAY :x"}) {
            const std::string line = command;
            CHECK(client.ask(line) == ":tern.local 263 me " + line.substr(0, line.find(' ')) +
                                          " :Too many commands: please wait and try again");
        }
        CHECK(client.ask("PRIVMSG #a :but I speak").empty());
    }
    TEST_CASE("everybody hears everything once and in one order") {
        if (!has_room_for(3))
            return;
        constexpr int each = 50;
        const Server server({"limits.speech_per_member.per_second=100000",
                             "limits.speech_per_address.per_second=100000",
                             "limits.speech_per_member.burst=1000",
                             "limits.speech_per_address.burst=1000", "irc.commands.burst=1000"});
        Client listener(server, "listener");
        Client one(server, "one");
        Client two(server, "two");
        for (Client* const client : {&listener, &one, &two}) {
            client->ask("CAP REQ :echo-message");
            client->ask("JOIN #a");
        }
        for (int i = 0; i < each; ++i) {
            one.say("PRIVMSG #a :one " + std::to_string(i));
            two.say("PRIVMSG #a :two " + std::to_string(i));
        }
        std::vector<std::vector<std::string>> heard;
        for (Client* const client : {&listener, &one, &two}) {
            heard.emplace_back();
            while (heard.back().size() < 2 * each)
                heard.back().push_back(client->hear_until("PRIVMSG #a"));
        }
        CHECK(heard[1] == heard[0]);
        CHECK(heard[2] == heard[0]);
        int next = 0;
        for (const std::string& line : heard[0])
            if (line.starts_with(":one!"))
                CHECK(line.ends_with(" :one " + std::to_string(next++)));
        CHECK(next == each);
    }
}

TEST_SUITE("irc/doors") {
    TEST_CASE("a full server says so in IRC's words") {
        if (tern::conformance::model().next_client_waits())
            return;
        const Server server({"concurrency.max_connections=1"});
        const Client client(server, "me");
        Client refused(server);
        CHECK(refused.hear() == "ERROR :The server is full. Please try again later.");
    }

    TEST_CASE("people at a terminal and IRC's clients are in one room") {
        if (!has_room_for(2))
            return;
        const Server server;
        Client irc(server, "irene");
        irc.ask("JOIN #lobby");
        {
            LinePerson line(server, "leo");
            CHECK(irc.hear() == ":leo!leo@127.0.0.1 JOIN #lobby");
            line.say("hello from a terminal");
            CHECK(irc.hear() == ":leo!leo@127.0.0.1 PRIVMSG #lobby :hello from a terminal");
            irc.ask("PRIVMSG #lobby :\x02hello\x02 from \x03"
                    "4IRC\x03");
            CHECK(line.hear_until("irene") == "irene: hello from IRC");
            line.say("/msg irene psst");
            CHECK(irc.hear() == ":leo!leo@127.0.0.1 PRIVMSG irene psst");
            line.say("/nick lea");
            CHECK(irc.hear() == ":leo!leo@127.0.0.1 NICK lea");
            CHECK(irc.ask("NICK LEA") == ":tern.local 433 irene LEA :Nickname is in use");
            line.say("/quit");
            CHECK(irc.hear().starts_with(":lea!"));
        }
    }
    TEST_CASE("what is too long for a line of IRC comes in several, now and from the past") {
        if (!has_room_for(2))
            return;
        const Server server;
        Client irc(server, "irene");
        irc.ask("JOIN #lobby");
        LinePerson line(server, "leo");
        irc.hear_until("JOIN");
        std::string words;
        while (words.size() < 1500)
            words.append("\xc3\xa9t\xc3\xa9").append(std::to_string(words.size())).append(" ");
        words += "end";
        line.say(words);
        const std::string begin = ":leo!leo@127.0.0.1 PRIVMSG #lobby :";
        const auto together = [&](auto next_line) {
            std::string text;
            while (!text.ends_with("end")) {
                const std::string heard = next_line();
                CHECK(heard.size() <= 510);
                REQUIRE(heard.starts_with(begin));
                text += heard.substr(begin.size());
            }
            return text;
        };
        CHECK(together([&] { return irc.hear(); }) == words);
        irc.say("CHATHISTORY LATEST #lobby * 1");
        CHECK(together([&] { return irc.hear(); }) == words);
        line.say("/me " + words);
        std::string waved;
        while (!waved.ends_with("end\x01"))
            waved = irc.hear();
        CHECK(waved.starts_with(begin + "\x01"
                                        "ACTION "));
        line.say("/topic " + words);
        const std::string change = ":leo!leo@127.0.0.1 TOPIC #lobby :", topic = irc.hear();
        REQUIRE(topic.starts_with(change));
        CHECK(words.starts_with(topic.substr(change.size())));
        CHECK(topic.size() > change.size() + 296); // of 300, and never half a character
    }
    TEST_CASE("a client's line that others see longer than it was loses nothing") {
        if (!has_room_for(3))
            return;
        const Server server;
        Client irc(server, "irene");
        irc.ask("JOIN #lobby");
        LinePerson line(server, "leo");
        irc.hear_until("JOIN");
        Client other(server, "otto");
        const std::string text(510 - std::string_view("PRIVMSG #lobby :").size(), 'x');
        other.ask("JOIN #lobby");
        irc.hear_until("JOIN");
        other.say("PRIVMSG #lobby :" + text);
        const std::string begin = ":otto!otto@127.0.0.1 PRIVMSG #lobby ";
        const std::string first = irc.hear(), second = irc.hear();
        CHECK(first.substr(begin.size()) + second.substr(begin.size()) == text);
        CHECK(line.hear_until("otto: ") == "otto: " + text);
    }
}
