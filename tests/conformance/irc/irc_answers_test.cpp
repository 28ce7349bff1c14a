// What IRC's clients are answered, command by command.

#include "tests/conformance/irc/irc_server.h"

#include <doctest/doctest.h>

#include <string>

using namespace tern::conformance::irc;

namespace {

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

/// Of a batch that has the label "x", every line but the first and the last; else what it is.
std::string labelled(const std::string& answer) {
    const std::string begin = "@label=x :tern.local BATCH +label labeled-response\r\n";
    const std::string end = ":tern.local BATCH -label";
    if (!answer.starts_with(begin) || !answer.ends_with(end))
        return "not one batch: " + answer;
    return answer.substr(begin.size(), answer.size() - begin.size() - end.size());
}

} // namespace

TEST_SUITE("irc/labels") {
    TEST_CASE("all that answers a labelled command is one batch, one line, or an ACK") {
        const Server server;
        Client client(server, "me");
        client.ask("CAP REQ :labeled-response batch");
        const std::string joined = labelled(client.ask("@label=x JOIN #a,b,#c"));
        CHECK(count_of(joined, "@batch=label :me!me@127.0.0.1 JOIN #") == 2);
        CHECK(count_of(joined, "@batch=label :tern.local 366 ") == 2);
        CHECK(joined.find(" JOIN #a") < joined.find(" 403 me b "));
        CHECK(joined.find(" 403 me b ") < joined.find(" JOIN #c"));
        CHECK(count_of(labelled(client.ask("@label=x NAMES #a,#c")), "@batch=label ") == 4);
        CHECK(count_of(labelled(client.ask("@label=x MODE #a +mi-n+k key")), "@batch=label ") == 4);
        CHECK(count_of(labelled(client.ask("@label=x WHOIS me")), "@batch=label ") == 5);
        CHECK(client.ask("@label=x PRIVMSG #a,#c :one") == "@label=x :tern.local ACK");
        CHECK(client.ask("@label=x JOIN #a") == "@label=x :tern.local ACK");
        CHECK(client.ask("@label=x NICK you") == "@label=x :me!me@127.0.0.1 NICK you");
        CHECK(client.ask("@label=x NICK you") == "@label=x :tern.local ACK");
        CHECK(labelled(client.ask("@label=x PRIVMSG you,#a,# :one"))
                  .starts_with("not one batch: :you!me@127.0.0.1 PRIVMSG you one\r\n@label=x "));
        client.ask("CAP REQ :echo-message");
        CHECK(count_of(labelled(client.ask("@label=x PRIVMSG #a,#c :one")), " PRIVMSG #") == 2);
        CHECK(client.ask("@label=x PRIVMSG you :two") ==
              ":you!me@127.0.0.1 PRIVMSG you two\r\n"
              "@label=x :you!me@127.0.0.1 PRIVMSG you two");
        const std::string past = labelled(client.ask("@label=x CHATHISTORY LATEST #a * 5"));
        CHECK(past.starts_with("@batch=label :tern.local BATCH +history chathistory #a\r\n"));
        CHECK(past.ends_with("@batch=label :tern.local BATCH -history\r\n"));
        CHECK(labelled(client.ask("@label=x OPER root secret")).find(" 381 you ") !=
              std::string::npos);
        client.say("@label=x QUIT");
        CHECK(client.hear() == "@label=x ERROR :Closing link: goodbye");
        client.socket().wait_for_the_end();
    }
    TEST_CASE("the welcome bears the label of what has brought it") {
        const Server server;
        Client client(server);
        client.say("CAP REQ :labeled-response batch");
        client.hear();
        client.say("NICK administrator");
        client.say("USER me 0 * :Me");
        client.say("@label=x CAP END");
        CHECK(client.hear() == "@label=x :tern.local 433 * administrator :Nickname is in use");
        client.say("@label=y NICK me");
        CHECK(client.hear() == "@label=y :tern.local BATCH +label labeled-response");
        CHECK(client.hear().starts_with("@batch=label :tern.local 001 me "));
        client.hear_until(":tern.local BATCH -label");
    }
}

TEST_SUITE("irc/words") {
    TEST_CASE("nothing is ever answered to a notice") {
        if (!has_room_for(2))
            return;
        const Server server;
        Client ann(server, "ann");
        Client bob(server, "bob");
        bob.ask("AWAY :lunch");
        CHECK(ann.ask("NOTICE bob :x").empty());
        CHECK(ann.ask("NOTICE nobody :x").empty());
        CHECK(ann.ask("NOTICE #nowhere :x").empty());
        CHECK(ann.ask("NOTICE a,b,c,d,e :x").empty());
        CHECK(ann.ask("PRIVMSG bob :x") == ":tern.local 301 ann bob lunch");
        CHECK(bob.hear() == ":ann!ann@127.0.0.1 NOTICE bob x");
    }
    TEST_CASE("clients ask one another, and nobody else is troubled") {
        if (!has_room_for(3))
            return;
        const Server server;
        Client ann(server, "ann");
        Client bob(server, "bob");
        LinePerson line(server, "leo");
        ann.ask("JOIN #lobby");
        bob.ask("JOIN #lobby");
        ann.ask("PRIVMSG bob :\x01VERSION\x01");
        ann.ask("PRIVMSG #lobby :\x01PING 1\x01");
        ann.ask("PRIVMSG leo :\x01TIME\x01");
        CHECK(bob.hear() == ":ann!ann@127.0.0.1 PRIVMSG bob \x01VERSION\x01");
        CHECK(bob.hear() == ":ann!ann@127.0.0.1 PRIVMSG #lobby :\x01PING 1\x01");
        bob.ask("NOTICE ann :\x01VERSION irssi\x01");
        CHECK(ann.hear_until("VERSION") == ":bob!bob@127.0.0.1 NOTICE ann :\x01VERSION irssi\x01");
        CHECK(ann.ask("CHATHISTORY LATEST #lobby * 5").empty());
        ann.ask("PRIVMSG #lobby :after");
        line.hear_until("bob entered");
        CHECK(line.hear() == "ann: after");
    }
    TEST_CASE("who types is told to those who understand it, and to nobody else") {
        if (!has_room_for(3))
            return;
        const Server server;
        Client ann(server, "ann");
        Client bob(server, "bob");
        Client old(server, "old");
        ann.ask("CAP REQ :message-tags");
        bob.ask("CAP REQ :message-tags");
        for (Client* const client : {&old, &bob, &ann})
            client->ask("JOIN #a");
        CHECK(ann.ask("@+typing=active TAGMSG #a").empty());
        CHECK(ann.ask("@+typing=done TAGMSG bob,nobody").empty());
        CHECK(ann.ask("@+typing=madly;+other=x TAGMSG #a").empty());
        CHECK(ann.ask("@+other=x TAGMSG #a").empty());
        CHECK(ann.ask("@+typing=active PRIVMSG #a :typed").empty());
        bob.hear_until("JOIN");
        const std::string in_room = bob.hear(), alone = bob.hear(), typed = bob.hear();
        CHECK(in_room.starts_with("@msgid="));
        CHECK(in_room.ends_with(";+typing=active :ann!ann@127.0.0.1 TAGMSG #a"));
        CHECK(alone.ends_with(";+typing=done :ann!ann@127.0.0.1 TAGMSG bob"));
        CHECK(typed.find("typing") == std::string::npos);
        old.hear_until("JOIN"); // of bob
        old.hear_until("JOIN"); // of ann
        CHECK(old.hear() == ":ann!ann@127.0.0.1 PRIVMSG #a typed");
        CHECK(ann.ask("TAGMSG").starts_with(":tern.local 461 ann TAGMSG "));
    }
    TEST_CASE("who is banned may stay, but not speak") {
        if (!has_room_for(2))
            return;
        const Server server;
        Client ann(server, "ann");
        Client bob(server, "bob");
        ann.ask("JOIN #a");
        bob.ask("JOIN #a");
        ann.ask("MODE #a +b bob");
        CHECK(
            bob.ask("PRIVMSG #a :x")
                .ends_with(":tern.local 404 bob #a :Cannot send to channel: you are banned (+b)"));
        CHECK(bob.ask("MODE #a b").starts_with(":tern.local 367 bob #a bob!*@*\r\n"));
        ann.ask("MODE #a +v bob");
        CHECK(bob.ask("PRIVMSG #a :x") == ":ann!ann@127.0.0.1 MODE #a +v bob");
        ann.ask("MODE #a -vbn+m bob bob");
        bob.ask("PART #a");
        CHECK(bob.ask("PRIVMSG #a :x").starts_with(":tern.local 404 bob #a ")); // from outside
    }
    TEST_CASE("absence is told when it changes, and to those who are met later") {
        if (!has_room_for(2))
            return;
        const Server server;
        Client ann(server, "ann");
        Client bob(server, "bob");
        ann.ask("CAP REQ :away-notify");
        ann.ask("JOIN #a");
        CHECK(bob.ask("AWAY :lunch").starts_with(":tern.local 306 bob "));
        bob.ask("JOIN #a");
        CHECK(ann.hear() == ":bob!bob@127.0.0.1 JOIN #a");
        CHECK(ann.hear() == ":bob!bob@127.0.0.1 AWAY lunch");
        CHECK(bob.ask("AWAY :lunch").starts_with(":tern.local 306 bob "));
        CHECK(bob.ask("AWAY").starts_with(":tern.local 305 bob "));
        CHECK(bob.ask("AWAY").starts_with(":tern.local 305 bob "));
        bob.ask("PRIVMSG #a :back");
        CHECK(ann.hear() == ":bob!bob@127.0.0.1 AWAY");
        CHECK(ann.hear() == ":bob!bob@127.0.0.1 PRIVMSG #a back");
    }
}

TEST_SUITE("irc/modes") {
    TEST_CASE("a member's own modes, of which it gives up one") {
        const Server server;
        Client client(server, "me");
        CHECK(client.ask("MODE me") == ":tern.local 221 me +");
        CHECK(client.ask("MODE me +i") == ":me!me@127.0.0.1 MODE me +i");
        CHECK(client.ask("MODE me +io").empty());
        CHECK(client.ask("MODE me +x") == ":tern.local 501 me :Unknown mode flag");
        CHECK(client.ask("OPER root secret") ==
              ":me!me@127.0.0.1 MODE me +o\r\n"
              ":tern.local 381 me :You are now an operator of this server");
        CHECK(client.ask("MODE me") == ":tern.local 221 me +io");
        const std::string census = client.ask("LUSERS");
        CHECK(census.starts_with(":tern.local 251 me :There are 0 users and 1 invisible "));
        CHECK(census.find(":tern.local 252 me 1 :operators online") != std::string::npos);
        CHECK(client.ask("MODE me -o") == ":me!me@127.0.0.1 MODE me -o");
        CHECK(client.ask("KILL you :x").starts_with(":tern.local 481 me "));
        CHECK(client.ask("MODE you").starts_with(":tern.local 502 me "));
    }
    TEST_CASE("strangers do not find who wants it so") {
        if (!has_room_for(2))
            return;
        const Server server;
        Client ann(server, "ann");
        Client bob(server, "bob");
        bob.ask("MODE bob +i");
        CHECK(ann.ask("WHO b*") == ":tern.local 315 ann b* :End of WHO");
        CHECK(count_of(bob.ask("WHO b*"), " 352 ") == 1);
        ann.ask("JOIN #a");
        bob.ask("JOIN #a");
        CHECK(count_of(ann.ask("WHO b*"), " 352 ") == 1);
    }
    TEST_CASE("what is no parameter of a mode is refused") {
        const Server server;
        Client client(server, "me");
        client.ask("JOIN #a");
        CHECK(client.ask("MODE #a +l many").starts_with(":tern.local 696 me #a l many :"));
        CHECK(client.ask("MODE #a +l 0").starts_with(":tern.local 696 me #a l 0 :"));
        CHECK(client.ask("MODE #a +k a,b").starts_with(":tern.local 696 me #a k a,b :"));
        CHECK(client.ask("MODE #a +kl-n key 5") == ":me!me@127.0.0.1 MODE #a +k key\r\n"
                                                   ":me!me@127.0.0.1 MODE #a +l 5\r\n"
                                                   ":me!me@127.0.0.1 MODE #a -n");
        CHECK(client.ask("MODE #a +kl key 5").empty()); // as it was
        const std::string modes = client.ask("MODE #a");
        CHECK(modes.starts_with(":tern.local 324 me #a +kl key 5\r\n:tern.local 329 me #a "));
        CHECK(client.ask("MODE #a -k wrong") == ":me!me@127.0.0.1 MODE #a -k *");
        CHECK(client.ask("MODE #a -l") == ":me!me@127.0.0.1 MODE #a -l");
    }
}

TEST_SUITE("irc/queries") {
    TEST_CASE("small questions have their answers") {
        const Server server;
        Client client(server, "me");
        CHECK(client.ask("PING").starts_with(":tern.local 409 me :"));
        CHECK(client.ask("WHOWAS you") == ":tern.local 406 me you :There was no such nickname\r\n"
                                          ":tern.local 369 me you :End of WHOWAS");
        CHECK(client.ask("PRIVMSG me :note") == ":me!me@127.0.0.1 PRIVMSG me note");
        client.ask("JOIN #a");
        CHECK(client.ask("WHO #a o") == ":tern.local 315 me #a :End of WHO");
        CHECK(client.ask("KICK #a a,b,c,d,e :x").ends_with(" 407 me e :Too many targets"));
    }
    TEST_CASE("a newcomer is told how many are there") {
        const Server server;
        Client client(server);
        client.say("NICK me");
        client.say("USER me 0 * :Me");
        for (const char* const numeric : {" 251 ", " 255 ", " 265 ", " 266 "})
            client.hear_until(numeric);
        client.hear_until(" 376 me ");
    }
}
