#include "tests/chat/irc_client.h"

#include "common/hub/hub.h"
#include "servers/chat/irc_command_table.h"
#include "servers/chat/irc_text.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace tern::irc_exchange_test {

using namespace tern::chat;
using Kind = Request::Kind;

TEST_SUITE("irc/registration") {
    TEST_CASE("NICK and USER, in whichever order, enter the chat") {
        for (const bool nick_first : {true, false}) {
            IrcClient client;
            CHECK(client.send(nick_first ? "NICK me" : "USER u 0 * :Real Name").empty());
            CHECK(client.told.empty());
            CHECK(client.send(nick_first ? "USER u 0 * :Real Name" : "NICK me").empty());
            REQUIRE(client.told.size() == 1);
            CHECK(client.told[0] == asked(Kind::enter, " room=u target=me text=Real Name"));
            CHECK(client.exchange.stage == IrcStage::entering);
        }
    }
    TEST_CASE("a name that is refused can be followed by another") {
        IrcClient client;
        client.send("USER u 0 * :r");
        client.send("NICK taken");
        CHECK(client.exchange.is_busy());
        client.exchange.not_named();
        CHECK_FALSE(client.exchange.is_busy());
        CHECK(client.exchange.stage == IrcStage::registering);
        CHECK(client.asks("NICK free") == asked(Kind::enter, " room=u target=free text=r"));
    }
    TEST_CASE("its name is the one that the hub has granted, whatever it has asked for since") {
        IrcClient client;
        client.enter();
        CHECK(client.asks("NICK one") == asked(Kind::rename, " target=one"));
        client.send("NICK two");
        client.exchange.named();
        CHECK(client.exchange.name == "one");
        client.exchange.not_named();
        CHECK(client.exchange.name == "one");
        CHECK(client.send("FROB") == ":s 421 one FROB :Unknown command\r\n");
    }
    TEST_CASE("what is not UTF-8 is refused") {
        IrcClient client;
        client.enter();
        CHECK(client.send("PRIVMSG #a :\xff") ==
              ":s FAIL PRIVMSG INVALID_UTF8 :Only UTF-8 is understood here\r\n");
    }
    TEST_CASE("negotiation holds the registration until CAP END") {
        IrcClient client;
        CHECK(client.send("CAP LS 302").find(":s CAP * LS :message-tags server-time") == 0);
        client.send("NICK me");
        client.send("USER u 0 * :r");
        CHECK(client.send("CAP REQ :server-time echo-message") ==
              ":s CAP * ACK :server-time echo-message\r\n");
        CHECK(client.send("CAP REQ :nonsense") == ":s CAP * NAK nonsense\r\n");
        CHECK(client.exchange.stage == IrcStage::registering);
        CHECK(client.asks("CAP END") == asked(Kind::enter, " room=u target=me text=r"));
        CHECK(client.send("CAP FROB") == ":s 410 * FROB :Invalid CAP command\r\n");
    }
    TEST_CASE("the hub is told which capabilities there are") {
        IrcClient client;
        CHECK(client.asks("CAP REQ :echo-message") == asked(Kind::capabilities, "(4)"));
    }
    TEST_CASE("nothing else is done before") {
        IrcClient client;
        CHECK(client.send("JOIN #a") == ":s 451 * :You have not registered\r\n");
        CHECK(client.send("FROB") == ":s 451 * :You have not registered\r\n");
        CHECK(client.send("PING x") == ":s PONG s x\r\n");
        CHECK(client.told.empty());
    }
    TEST_CASE("names are checked as far as IRC's own rules go") {
        IrcClient client;
        CHECK(client.send("NICK") == ":s 431 * :No nickname given\r\n");
        for (const char* name : {"#a", "a!b", "a@b", "a,b", "a*", "a:b"})
            CHECK(client.send(std::string("NICK ") + name) ==
                  ":s 432 * " + std::string(name) + " :Erroneous nickname\r\n");
    }
    TEST_CASE("the user name has nothing that a mask could mistake") {
        IrcClient client;
        client.send("NICK me");
        CHECK(client.asks("USER a!b@c*d 0 * :r") ==
              asked(Kind::enter, " room=abcd target=me text=r"));
        CHECK(client.send("USER a") == ":s 461 * USER :Not enough parameters\r\n");
    }
    TEST_CASE("a server with a password asks for it") {
        IrcClient client;
        client.settings.password = "hash";
        client.send("NICK me");
        CHECK(client.send("USER u 0 * :r") == ":s 464 * :Password incorrect\r\n"
                                              "ERROR :Closing link: Password incorrect\r\n");
        CHECK(client.exchange.stage == IrcStage::over);
        CHECK(client.told.empty());
    }
    TEST_CASE("with the password one enters, and may not try for ever") {
        IrcClient client;
        client.settings.password = "hash";
        client.send("PASS open");
        client.send("NICK me");
        client.send("USER u 0 * :r");
        CHECK(client.told.size() == 1);
        IrcClient other;
        other.settings.password = "hash";
        CHECK(other.send("PASS a") == ":s 464 * :Password incorrect\r\n");
        other.send("PASS b");
        CHECK(other.send("PASS c").ends_with("ERROR :Closing link: Too many wrong passwords\r\n"));
        CHECK(other.send("PASS open").empty());
    }
    TEST_CASE("twice is once too often") {
        IrcClient client;
        client.enter();
        IrcClient early;
        early.send("USER u 0 * :r");
        CHECK(early.send("USER v 0 * :s") == ":s 462 * :You may not register twice\r\n");
        CHECK(client.send("USER u 0 * :r") == ":s 462 me :You may not register twice\r\n");
        CHECK(client.send("PASS x") == ":s 462 me :You may not register twice\r\n");
    }
}

TEST_SUITE("irc/sasl commands") {
    TEST_CASE("PLAIN proves an account") {
        IrcClient client;
        client.settings.password = "hash";
        CHECK(client.send("AUTHENTICATE PLAIN").find(":s 904") == 0);
        client.send("CAP REQ :sasl");
        CHECK(client.send("AUTHENTICATE plain") == "AUTHENTICATE +\r\n");
        CHECK(client.send("AUTHENTICATE AGppbGxlcwBzZXNhbWU=") ==
              ":s 900 * * jilles :You are now logged in as jilles\r\n"
              ":s 903 * :SASL authentication successful\r\n");
        CHECK(client.exchange.has_account);
        CHECK(client.send("AUTHENTICATE PLAIN").find(":s 907") == 0);
        client.send("NICK me");
        client.send("USER u 0 * :r");
        CHECK(client.asks("CAP END") == asked(Kind::enter, " room=u target=me text=r"));
    }
    TEST_CASE("where nobody has an account it is not offered") {
        IrcClient client;
        CHECK(client.send("CAP LS 302").find("sasl=PLAIN") != std::string::npos);
        IrcClient other{IrcSettings()};
        CHECK(other.send("CAP LS 302").find("sasl") == std::string::npos);
        CHECK(other.send("CAP REQ :sasl") == ":s CAP * NAK sasl\r\n");
    }
    TEST_CASE("who enters before it is done has given it up") {
        IrcClient client;
        client.send("CAP REQ :sasl");
        client.send("AUTHENTICATE PLAIN");
        client.send("NICK me");
        client.send("USER u 0 * :r");
        CHECK(client.send("CAP END") == ":s 906 * :SASL authentication aborted\r\n");
        CHECK(client.exchange.stage == IrcStage::entering);
    }
    TEST_CASE("what does not prove it is told so") {
        IrcClient client;
        client.send("CAP REQ :sasl");
        CHECK(client.send("AUTHENTICATE SCRAM") ==
              ":s 908 * PLAIN :are available SASL mechanisms\r\n"
              ":s 904 * :SASL authentication failed\r\n");
        client.send("AUTHENTICATE PLAIN");
        CHECK(client.send("AUTHENTICATE *") == ":s 906 * :SASL authentication aborted\r\n");
        client.send("AUTHENTICATE PLAIN");
        CHECK(client.send("AUTHENTICATE cm9vdABqaWxsZXMAc2VzYW1l") == // to act as root
              ":s 904 * :SASL authentication failed\r\n");
        client.send("AUTHENTICATE PLAIN");
        CHECK(client.send("AUTHENTICATE ???") == ":s 904 * :SASL authentication failed\r\n");
        client.send("AUTHENTICATE PLAIN");
        CHECK(client.send("AUTHENTICATE " + std::string(401, 'a')).find(":s 905") == 0);
        for (int i = 0; i < 3; ++i) {
            client.send("AUTHENTICATE PLAIN");
            client.send("AUTHENTICATE AGppbGxlcwB3cm9uZw==");
        }
        CHECK(client.exchange.stage == IrcStage::over);
    }
}

TEST_SUITE("irc/commands") {
    TEST_CASE("rooms are asked for by their names without the sign") {
        IrcClient client;
        client.enter();
        CHECK(client.asks("JOIN #a,#b key") ==
              asked(Kind::join, " room=a text=key + ") + asked(Kind::join, " room=b"));
        CHECK(client.asks("JOIN #a,#b ,key") ==
              asked(Kind::join, " room=a + ") + asked(Kind::join, " room=b text=key"));
        CHECK(client.asks("join a") == "");
        CHECK(client.asks("JOIN 0") == asked(Kind::part, "(1)"));
        CHECK(client.send("JOIN a") == ":s 403 me a :No such channel\r\n");
        CHECK(client.send("JOIN #") == ":s 403 me # :No such channel\r\n");
        CHECK(client.asks("PART #a,#b :so long") == asked(Kind::part, " room=a text=so long + ") +
                                                        asked(Kind::part, " room=b text=so long"));
        CHECK(client.asks("TOPIC #a") == asked(Kind::topic, " room=a"));
        CHECK(client.asks("TOPIC #a :new") == asked(Kind::topic, "(1) room=a text=new"));
        CHECK(client.asks("TOPIC #a :") == asked(Kind::topic, "(1) room=a"));
        CHECK(client.asks("NAMES #a") == asked(Kind::names, " room=a"));
        CHECK(client.send("NAMES") == ":s 366 me * :End of the list of names\r\n");
        CHECK(client.asks("LIST") == asked(Kind::rooms));
        CHECK(client.asks("INVITE bob #a") == asked(Kind::invite, " room=a target=bob"));
        CHECK(client.asks("KICK #a bob,eve :go") ==
              asked(Kind::kick, " room=a target=bob text=go + ") +
                  asked(Kind::kick, " room=a target=eve text=go"));
        CHECK(client.send("KICK #a a,b,c,d,e :x") == ":s 407 me e :Too many targets\r\n");
    }
    TEST_CASE("modes are asked for one by one") {
        IrcClient client;
        client.enter();
        CHECK(client.asks("MODE #a") == asked(Kind::modes, " room=a"));
        CHECK(client.asks("MODE #a +ov-m bob eve") ==
              asked(Kind::mode, "(367) room=a target=bob + ") +
                  asked(Kind::mode, "(374) room=a target=eve + ") +
                  asked(Kind::mode, "(109) room=a"));
        CHECK(client.asks("MODE #a +b bob") == asked(Kind::mode, "(354) room=a target=bob!*@*"));
        CHECK(client.asks("MODE #a b") == asked(Kind::modes, "(98) room=a"));
        CHECK(client.send("MODE #a +X") == ":s 472 me X :is no mode here\r\n");
        CHECK(client.send("MODE #a +o") == ":s 461 me MODE :Not enough parameters\r\n");
        CHECK(client.asks("MODE #a -k+o key bob") ==
              asked(Kind::mode, "(107) room=a target=key + ") +
                  asked(Kind::mode, "(367) room=a target=bob"));
        CHECK(client.asks("MODE #a -k") == asked(Kind::mode, "(107) room=a"));
        CHECK(client.asks("MODE me") == asked(Kind::whois, " target=me"));
        CHECK(client.labels.back() == "o");
        CHECK(client.asks("MODE ME +i-o") ==
              asked(Kind::own_mode, "(361) + ") + asked(Kind::own_mode, "(111)"));
        client.exchange.name =
            "e\xcc\x81va"; // as it was asked for; the hub says it in one way only
        CHECK(client.asks("MODE \xc3\x89VA") == asked(Kind::whois, " target=e\xcc\x81va"));
        client.exchange.name = "me";
        CHECK(client.send("MODE me +QX") == ":s 501 me :Unknown mode flag\r\n");
        CHECK(client.send("MODE bob").find(":s 502 me") == 0);
    }
    TEST_CASE("what is said goes to rooms and people") {
        IrcClient client;
        client.enter();
        CHECK(client.asks("PRIVMSG #a,bob :hi all") ==
              asked(Kind::say, " room=a text=hi all + ") +
                  asked(Kind::say, " target=bob text=hi all"));
        CHECK(client.asks("NOTICE #a :n") == asked(Kind::say, "(1) room=a text=n"));
        CHECK(client.asks("PRIVMSG #a :\x01"
                          "ACTION waves\x01") == asked(Kind::say, "(2) room=a text=waves"));
        CHECK(client.asks("PRIVMSG #a :\x01VERSION\x01") ==
              asked(Kind::say, "(3) room=a text=VERSION"));
        CHECK(client.asks("NOTICE bob :\x01VERSION irssi\x01") ==
              asked(Kind::say, "(4) target=bob text=VERSION irssi"));
        CHECK(client.send("PRIVMSG") == ":s 411 me :No recipient given (PRIVMSG)\r\n");
        CHECK(client.send("PRIVMSG #a") == ":s 412 me :No text to send\r\n");
        CHECK(client.send("PRIVMSG #a :") == ":s 412 me :No text to send\r\n");
        CHECK(client.send("PRIVMSG # :x") == ":s 403 me # :No such channel\r\n");
        CHECK(client.send("NOTICE").empty());
        CHECK(client.send("NOTICE # :x").empty());
        CHECK(client.send("NOTICE a,b,c,d,e :x").empty());
        CHECK(client.send("PRIVMSG a,b,c,d,e :x") == ":s 407 me e :Too many targets\r\n");
        CHECK(client.asks("AWAY :lunch") == asked(Kind::away, " text=lunch"));
        CHECK(client.asks("AWAY") == asked(Kind::away));
    }
    TEST_CASE("formatting is left out: others see it as it is") {
        CHECK(text_from_irc("\x02"
                            "bold\x0f \x03"
                            "04,12red\x03 \x04"
                            "ff0000x")
                  .text == "bold red x");
        CHECK(text_from_irc("\x03"
                            "4,x")
                  .text == ",x");
        CHECK(text_from_irc("plain, 4 you").text == "plain, 4 you");
        CHECK(text_from_irc("a\x07"
                            "b\x1b[31m\xc2\x9b"
                            "c\xc3\xa9\x7f")
                  .text == "ab[31mc\xc3\xa9");
    }
    TEST_CASE("people are looked for") {
        IrcClient client;
        client.enter();
        CHECK(client.asks("WHO #a") == asked(Kind::names, " room=a"));
        CHECK(client.labels.back() == "w");
        CHECK(client.asks("WHO #a o") == asked(Kind::names, " room=a"));
        CHECK(client.labels.back() == "wo");
        CHECK(client.asks("WHO bob") == asked(Kind::whois, " target=bob"));
        CHECK(client.asks("WHO *.example") == asked(Kind::search, " target=*.example"));
        CHECK(client.labels.back() == "w*.example");
        CHECK(client.asks("WHO 0") == asked(Kind::search, " target=*"));
        CHECK(client.asks("WHO") == asked(Kind::search, " target=*"));
        CHECK(client.asks("WHO bob o") == asked(Kind::search, "(1) target=bob"));
        CHECK(client.asks("WHOIS bob") == asked(Kind::whois, " target=bob"));
        CHECK(client.asks("WHOIS s bob") == asked(Kind::whois, " target=bob"));
        CHECK(client.send("WHOIS") == ":s 431 me :No nickname given\r\n");
        CHECK(client.asks("ISON a b c") == asked(Kind::find, " target=a b c"));
        CHECK(client.asks("USERHOST a b c d e f") == asked(Kind::find, " target=a b c d e"));
    }
    TEST_CASE("the server tells of itself") {
        IrcClient client;
        client.enter();
        CHECK(client.send("MOTD") == ":s 422 me :There is no message of the day\r\n");
        client.settings.message_of_the_day = {"hello"};
        CHECK(client.send("MOTD") == ":s 375 me :- s Message of the day -\r\n"
                                     ":s 372 me :- hello\r\n"
                                     ":s 376 me :End of the message of the day\r\n");
        CHECK(client.send("VERSION").find(":s 351 me tern s Tern\r\n:s 005 me NETWORK=Tern") == 0);
        CHECK(client.send("TIME").find(":s 391 me s :") == 0);
        CHECK(client.asks("LUSERS") == asked(Kind::census));
        CHECK(client.send("FROB") == ":s 421 me FROB :Unknown command\r\n");
        client.exchange.output.clear();
        client.exchange.refuse_long_line();
        CHECK(client.exchange.output == ":s 417 me :That line was too long\r\n");
    }
    TEST_CASE("operators prove themselves") {
        IrcClient client;
        client.enter();
        CHECK(client.asks("OPER root toor") == asked(Kind::become_operator, " target=root"));
        CHECK(client.send("OPER root wrong") == ":s 464 me :Password incorrect\r\n");
        CHECK(client.asks("KILL bob :bye") == asked(Kind::kick, " target=bob text=bye"));
        CHECK(client.asks("KLINE 10 1.2.3.4 :spam") ==
              asked(Kind::ban, "(600) target=1.2.3.4 text=spam"));
        CHECK(client.asks("KLINE bob") == asked(Kind::ban, " target=bob"));
        CHECK(client.asks("UNKLINE bob") == asked(Kind::unban, " target=bob"));
    }
    TEST_CASE("history is asked for by message") {
        IrcClient client;
        client.enter();
        CHECK(client.asks("CHATHISTORY LATEST #a * 50") ==
              asked(Kind::history, "(50) room=a text=latest"));
        CHECK(client.asks("CHATHISTORY BEFORE #a msgid=12 5000") ==
              asked(Kind::history, "(100) room=a text=before 12"));
        CHECK(client.asks("CHATHISTORY AFTER #a msgid=12 5") ==
              asked(Kind::history, "(5) room=a text=after 12"));
        CHECK(client.asks("CHATHISTORY LATEST #a msgid=12 5") ==
              asked(Kind::history, "(5) room=a text=since 12"));
        CHECK(client.asks("CHATHISTORY BETWEEN #a msgid=3 msgid=12 5") ==
              asked(Kind::history, "(5) room=a text=between 3 12"));
        CHECK(client.send("CHATHISTORY BEFORE #a msgid=x 5")
                  .find(":s FAIL CHATHISTORY INVALID_PARAMS BEFORE") == 0);
        CHECK(client.send("CHATHISTORY").find(":s FAIL CHATHISTORY NEED_MORE_PARAMS") == 0);
        CHECK(client.send("CHATHISTORY FROB x").find(":s FAIL CHATHISTORY UNKNOWN_COMMAND") == 0);
        CHECK(client.send("CHATHISTORY latest bob * 5")
                  .find(":s FAIL CHATHISTORY INVALID_TARGET LATEST bob ") == 0);
    }
    TEST_CASE("history is asked for by time") {
        IrcClient client;
        client.enter();
        const std::string first = " timestamp=1970-01-01T00:00:01.500Z ";
        const std::string second = "timestamp=1970-01-02T00:00:00.000Z ";
        CHECK(client.asks("CHATHISTORY BEFORE #a" + first + "5") ==
              asked(Kind::history, "(5) room=a text=before @1500"));
        CHECK(client.asks("CHATHISTORY AROUND #a" + first + "5") ==
              asked(Kind::history, "(5) room=a text=around @1500"));
        CHECK(client.asks("CHATHISTORY BETWEEN #a" + first + "msgid=7 5") ==
              asked(Kind::history, "(5) room=a text=between @1500 7"));
        CHECK(client.asks("CHATHISTORY TARGETS" + first + second + "5") ==
              asked(Kind::histories, "(5) text=1500 86400000"));
        CHECK(client.asks("CHATHISTORY BEFORE #a timestamp=1960-01-01T00:00:00.000Z 5") ==
              asked(Kind::history, "(5) room=a text=before @0"));
        CHECK(client.send("CHATHISTORY TARGETS msgid=1 msgid=2 5")
                  .find(":s FAIL CHATHISTORY INVALID_PARAMS TARGETS") == 0);
        CHECK(client.send("CHATHISTORY BEFORE #a timestamp=yesterday 5")
                  .find(":s FAIL CHATHISTORY INVALID_PARAMS BEFORE") == 0);
    }
    TEST_CASE("PING is answered by the hub, so that it follows all that came before") {
        IrcClient client;
        client.enter();
        CHECK(client.asks("PING token") == asked(Kind::whois, " target=me"));
        CHECK(client.labels.back() == "ptoken");
        CHECK(client.send("PING") == ":s 409 me :No origin specified\r\n");
        CHECK(client.asks("QUIT :bye") == asked(Kind::quit, " text=Quit: bye"));
    }
    TEST_CASE("all that answers a labelled command is asked for in one, own words among it") {
        IrcClient client;
        client.enter();
        client.send("CAP REQ :labeled-response");
        CHECK(client.asks("@label=x JOIN #a") == asked(Kind::join, " room=a")); // without batches
        client.send("CAP REQ :batch");
        client.told.clear();
        CHECK(client.send("@label=x JOIN #a,b,#c").empty());
        REQUIRE(client.together.size() == 3);
        CHECK(client.together[0] == asked(Kind::join, " room=a"));
        CHECK(client.together[1] == asked(Kind::echo, " text=:s 403 me b :No such channel\r\n"));
        CHECK(client.together[2] == asked(Kind::join, " room=c"));
        CHECK(client.told.size() == 1);
        CHECK(client.labels.back() == "x");
        CHECK(client.asks("JOIN #a") == asked(Kind::join, " room=a"));
        client.together.clear();
        client.send("@label=o OPER root toor");
        REQUIRE(client.together.size() == 1);
        CHECK(client.together[0] == asked(Kind::become_operator, " target=root"));
        CHECK(client.send("@label=o OPER root wrong") ==
              "@label=o :s 464 me :Password incorrect\r\n");
        CHECK(client.send("@label=u PRIVMSG bob \xff") ==
              "@label=u :s FAIL PRIVMSG INVALID_UTF8 :Only UTF-8 is understood here\r\n");
    }
    TEST_CASE("however many requests that makes, each fits, and none is lost") {
        IrcClient client;
        client.settings.server_name = std::string(60, 's');
        client.enter();
        client.send("CAP REQ :labeled-response batch");
        std::string list, reason(250, 'r');
        for (int i = 0; i < 80; ++i)
            list += "#a,";
        client.told.clear();
        client.send("@label=p PART " + list + " :" + reason);
        CHECK(client.told.size() == 1);
        CHECK(client.together.size() == 80);
        list.clear();
        for (int i = 0; i < 200; ++i)
            list += "b,";
        client.told.clear();
        client.together.clear();
        const std::string unlabelled = client.send("@label=j JOIN " + list + "#c");
        CHECK(client.told.size() == 1);
        CHECK(client.together.size() == 1);
        CHECK(unlabelled.size() > 200 * 60);
        CHECK(client.longest_told < hub_message_limit);
    }
    TEST_CASE("what the session answers alone bears the label too") {
        IrcClient client;
        client.enter();
        client.send("CAP REQ :labeled-response batch");
        CHECK(client.send("@label=y FROB") == "@label=y :s 421 me FROB :Unknown command\r\n");
        CHECK(client.send("@label=z PONG") == "@label=z :s ACK\r\n");
        client.settings.message_of_the_day = {"hello"};
        CHECK(client.send("@label=m MOTD") ==
              "@label=m :s BATCH +label labeled-response\r\n"
              "@batch=label :s 375 me :- s Message of the day -\r\n"
              "@batch=label :s 372 me :- hello\r\n"
              "@batch=label :s 376 me :End of the message of the day\r\n"
              ":s BATCH -label\r\n");
    }
    TEST_CASE("every command is there once, and none stumbles over parameters that are missing") {
        std::set<std::string_view> names;
        for (const IrcCommandEntry& entry : all_irc_commands()) {
            CHECK(names.insert(entry.name).second);
            for (std::size_t count = 0; count < 6; ++count) {
                IrcClient client;
                client.enter();
                std::string line(entry.name);
                for (std::size_t i = 0; i < count; ++i)
                    line += " #x";
                const std::string answer = client.send(line);
                if (count < entry.least_parameters)
                    CHECK(answer ==
                          ":s 461 me " + std::string(entry.name) + " :Not enough parameters\r\n");
            }
        }
    }
}

} // namespace tern::irc_exchange_test
