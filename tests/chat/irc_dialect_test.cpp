#include "servers/chat/irc_dialect.h"
#include "servers/chat/irc_label.h"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <string>

namespace tern::irc_dialect_test {

using namespace tern::chat;
using tern::irc::Capability;
using Kind = Event::Kind;

namespace {

IrcSettings settings() {
    IrcSettings settings;
    settings.server_name = "s";
    return settings;
}

constexpr std::uint64_t bit(Capability one) { return static_cast<std::uint64_t>(one); }

std::string rendered(const Event& event, Audience audience = {}) {
    std::string text;
    IrcDialect(settings()).render(event, audience, text);
    return text;
}
std::string answered(const Event& event, std::uint64_t capabilities = 0) {
    return rendered(event, {capabilities, false, "me"});
}

Event event(Kind kind) {
    Event event;
    event.kind = kind;
    event.who.name = "bob";
    event.who.user = "b";
    event.who.host = "h";
    event.who.real_name = "Bob B";
    event.room = "r";
    event.time = WallClock::time_point(std::chrono::seconds(1));
    return event;
}

Event refused(Refusal refusal, Request::Kind request) {
    Event one;
    one.kind = Kind::refused;
    one.refusal = refusal;
    one.request = request;
    one.room = "r";
    one.target = "bob";
    one.number = change_of(true, 'k'); // if it is about a mode
    return one;
}

} // namespace

TEST_SUITE("irc/dialect: what others do") {
    TEST_CASE("they come, speak and go") {
        CHECK(rendered(event(Kind::entered)) == ":bob!b@h JOIN #r\r\n");
        CHECK(rendered(event(Kind::entered), {0, true, {}}) == ":bob!b@h JOIN #r\r\n");
        Event left = event(Kind::left);
        CHECK(rendered(left) == ":bob!b@h PART #r\r\n");
        left.text = "so long";
        CHECK(rendered(left, {0, true, {}}) == ":bob!b@h PART #r :so long\r\n");
        Event quit = event(Kind::quit);
        quit.text = "gone";
        CHECK(rendered(quit) == ":bob!b@h QUIT gone\r\n");
        Event renamed = event(Kind::renamed);
        renamed.target = "rob";
        CHECK(rendered(renamed, {0, true, {}}) == ":bob!b@h NICK rob\r\n");
        Event kicked = event(Kind::kicked);
        kicked.target = "eve";
        kicked.text = "be nice";
        CHECK(rendered(kicked) == ":bob!b@h KICK #r eve :be nice\r\n");
    }
    TEST_CASE("what is said is a message, a notice or an action, in a room or to one") {
        Event said = event(Kind::said);
        said.text = "hello all";
        CHECK(rendered(said) == ":bob!b@h PRIVMSG #r :hello all\r\n");
        said.manner = Manner::notice;
        CHECK(rendered(said) == ":bob!b@h NOTICE #r :hello all\r\n");
        said.manner = Manner::action;
        CHECK(rendered(said) == ":bob!b@h PRIVMSG #r :\x01"
                                "ACTION hello all\x01\r\n");
        said.manner = Manner::message;
        said.room = {};
        said.target = "me";
        CHECK(answered(said) == ":bob!b@h PRIVMSG me :hello all\r\n");
    }
    TEST_CASE("clients ask and answer one another as they do") {
        Event said = event(Kind::said);
        said.text = "PING 1";
        said.manner = Manner::query;
        CHECK(rendered(said) == ":bob!b@h PRIVMSG #r :\x01PING 1\x01\r\n");
        said.manner = Manner::reply;
        CHECK(rendered(said) == ":bob!b@h NOTICE #r :\x01PING 1\x01\r\n");
        const std::string longer(600, 'x'); // of which the end is still told
        said.text = longer;
        CHECK(rendered(said).size() == 511); // as it needs no colon
        CHECK(rendered(said).ends_with("x\x01\r\n"));
    }
    TEST_CASE("a text that is longer than a line goes in several, whole") {
        std::string words;
        while (words.size() < 1200)
            words.append("word").append(std::to_string(words.size())).append(" ");
        Event said = event(Kind::said);
        said.text = words;
        said.id = 7;
        for (const Manner manner : {Manner::message, Manner::notice, Manner::action}) {
            said.manner = manner;
            const std::string begin = manner == Manner::notice   ? ":bob!b@h NOTICE #r :"
                                      : manner == Manner::action ? ":bob!b@h PRIVMSG #r :\x01"
                                                                   "ACTION "
                                                                 : ":bob!b@h PRIVMSG #r :";
            const std::string end = manner == Manner::action ? "\x01\r\n" : "\r\n";
            std::string all = rendered(said, {bit(Capability::message_tags), false, {}});
            std::string together, first_tag = "@msgid=7 ";
            for (std::size_t lines = 0; !all.empty(); ++lines) {
                std::string line = all.substr(0, all.find('\n') + 1);
                all.erase(0, line.size());
                if (lines == 0) {
                    REQUIRE(line.starts_with(first_tag)); // a name is one line's
                    line.erase(0, first_tag.size());
                }
                CHECK(line.size() <= 512);
                REQUIRE(line.starts_with(begin));
                REQUIRE(line.ends_with(end));
                together += line.substr(begin.size(), line.size() - begin.size() - end.size());
            }
            CHECK(together == words);
        }
    }
    TEST_CASE("what cannot go in several lines is cut at the limits that are told") {
        std::string wide;
        while (wide.size() < 600)
            wide += "\xc3\xa9";
        const auto cut = [&](std::size_t bytes) { return wide.substr(0, bytes) + "\r\n"; };
        Event changed = event(Kind::topic_changed);
        changed.text = wide;
        CHECK(rendered(changed) == ":bob!b@h TOPIC #r " + cut(300));
        Event kicked = event(Kind::kicked);
        kicked.target = "eve";
        kicked.text = wide;
        CHECK(rendered(kicked) == ":bob!b@h KICK #r eve " + cut(254));
        Event away = event(Kind::away_changed);
        away.who.away = wide;
        CHECK(rendered(away, {bit(Capability::away_notify), false, {}}) ==
              ":bob!b@h AWAY " + cut(200));
        away.kind = Kind::person_away;
        CHECK(answered(away) == ":s 301 me bob " + cut(200));
        Event topic = event(Kind::topic);
        topic.text = wide;
        CHECK(answered(topic) == ":s 332 me #r " + cut(300));
    }
    TEST_CASE("one's own words come back with echo-message only") {
        Event said = event(Kind::said);
        said.text = "x";
        CHECK(rendered(said, {0, true, {}}).empty());
        CHECK(rendered(said, {bit(Capability::echo_message), true, {}}) ==
              ":bob!b@h PRIVMSG #r x\r\n");
    }
    TEST_CASE("times and names of messages are tags") {
        Event said = event(Kind::said);
        said.text = "x";
        said.id = 7;
        CHECK(rendered(said, {bit(Capability::server_time), false, {}}) ==
              "@time=1970-01-01T00:00:01.000Z :bob!b@h PRIVMSG #r x\r\n");
        CHECK(rendered(said,
                       {bit(Capability::message_tags) | bit(Capability::server_time), false, {}}) ==
              "@time=1970-01-01T00:00:01.000Z;msgid=7 :bob!b@h PRIVMSG #r x\r\n");
    }
    TEST_CASE("topics, modes and absence") {
        Event topic = event(Kind::topic_changed);
        CHECK(rendered(topic) == ":bob!b@h TOPIC #r :\r\n");
        Event mode = event(Kind::mode_changed);
        mode.number = change_of(true, 'm');
        CHECK(rendered(mode) == ":bob!b@h MODE #r +m\r\n");
        mode.number = change_of(false, 'o');
        mode.target = "eve";
        CHECK(rendered(mode) == ":bob!b@h MODE #r -o eve\r\n");
        Event away = event(Kind::away_changed);
        CHECK(rendered(away).empty());
        CHECK(rendered(away, {bit(Capability::away_notify), false, {}}) == ":bob!b@h AWAY\r\n");
        away.who.away = "out to lunch";
        CHECK(rendered(away, {bit(Capability::away_notify), false, {}}) ==
              ":bob!b@h AWAY :out to lunch\r\n");
        Event announced = event(Kind::announced);
        announced.text = "soon down";
        CHECK(rendered(announced) == ":s NOTICE $s :ADMINISTRATOR: soon down\r\n");
    }
}

TEST_SUITE("irc/dialect: answers") {
    TEST_CASE("a newcomer is told all that a client needs to know") {
        Event named = event(Kind::named);
        named.target = "me";
        const std::string text = answered(named);
        for (const char* part :
             {":s 001 me :Welcome to the Tern network, me\r\n", ":s 002 me ", ":s 003 me ",
              ":s 004 me s tern io biklmnostv bklov\r\n",
              ":s 005 me NETWORK=Tern CASEMAPPING=ascii CHANTYPES=#",
              "CHANMODES=b,k,l,imnst PREFIX=(ov)@+", ":are supported by this server\r\n",
              "TARGMAX=JOIN:,PART:,NAMES:,WHOIS:1,PRIVMSG:4,NOTICE:4,KICK:4", "CHANLIMIT=#:20",
              "MAXLIST=b:100", "KICKLEN=255", "AWAYLEN=200", ":s 251 me ", ":s 255 me ",
              ":s 265 me ", ":s 266 me ", ":s 422 me "})
            CHECK_MESSAGE(text.find(part) != std::string::npos, part);
    }
    TEST_CASE("who joins sees the topic and the names") {
        std::array<Person, 2> people;
        people[0].name = "bob";
        people[0].user = "b";
        people[0].host = "h";
        people[0].is_room_operator = people[0].has_voice = true;
        people[1].name = "me";
        Event joined = event(Kind::joined);
        joined.people = people;
        CHECK(answered(joined) == ":s 353 me = #r :@bob me\r\n"
                                  ":s 366 me #r :End of the list of names\r\n");
        joined.text = "about";
        joined.target = "bob";
        CHECK(answered(joined, bit(Capability::multi_prefix)) ==
              ":s 332 me #r about\r\n:s 333 me #r bob 1\r\n:s 353 me = #r :@+bob me\r\n"
              ":s 366 me #r :End of the list of names\r\n");
        CHECK(answered(joined, bit(Capability::userhost_in_names)).find("@bob!b@h ") !=
              std::string::npos);
    }
    TEST_CASE("many names go in several lines, none of them cut") {
        std::vector<std::string> names;
        for (int i = 0; i < 200; ++i)
            names.push_back("somebody" + std::to_string(i));
        std::vector<Person> people(names.size());
        for (std::size_t i = 0; i < names.size(); ++i)
            people[i].name = names[i];
        Event list = event(Kind::names);
        list.people = people;
        const std::string room(300, 'r'); // beside which there is little space
        list.room = room;
        const std::string text = answered(list);
        for (const std::string& name : names)
            CHECK(text.find(name) != std::string::npos);
        for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
            CHECK(text.find('\n', at) - at < 512);
    }
    TEST_CASE("one request answers several commands, by its label") {
        Event person = event(Kind::person);
        const auto with = [&](Event one, IrcCommand command, std::string_view argument = {}) {
            const std::string label = write_label({command, argument});
            one.label = label;
            return answered(one);
        };
        CHECK(with(person, IrcCommand::who) == ":s 352 me * b h s bob H :0 Bob B\r\n"
                                               ":s 315 me bob :End of WHO\r\n");
        CHECK(with(person, IrcCommand::ping, "a b") == ":s PONG s :a b\r\n");
        std::array<Person, 1> people = {person.who};
        people[0].away = "lunch";
        people[0].is_operator = true;
        Event names = event(Kind::names);
        names.people = people;
        CHECK(with(names, IrcCommand::who) == ":s 352 me #r b h s bob G* :0 Bob B\r\n"
                                              ":s 315 me #r :End of WHO\r\n");
        Event found = event(Kind::found);
        found.people = people;
        found.number = 1;
        CHECK(with(found, IrcCommand::who, "b*") == ":s 352 me * b h s bob G* :0 Bob B\r\n"
                                                    ":s 315 me b* :End of WHO\r\n");
        found.number = 2;
        CHECK(with(found, IrcCommand::who, "b*").find(":s 416 me WHO b* ") != std::string::npos);
        CHECK(with(found, IrcCommand::is_on) == ":s 303 me bob\r\n");
        CHECK(with(found, IrcCommand::userhost) == ":s 302 me bob*=-b@h\r\n");
        CHECK(with(names, IrcCommand::who, "o").find(":s 352 me #r ") == 0);
        people[0].is_operator = false;
        CHECK(with(names, IrcCommand::who, "o") == ":s 315 me #r :End of WHO\r\n");
        CHECK(with(person, IrcCommand::own_modes) == ":s 221 me +\r\n");
        person.who.is_invisible = person.who.is_operator = true;
        CHECK(with(person, IrcCommand::own_modes) == ":s 221 me +io\r\n");
        CHECK(with(refused(Refusal::no_such_person, Request::Kind::whois), IrcCommand::who) ==
              ":s 315 me #r :End of WHO\r\n");
    }
    TEST_CASE("WHOIS tells what is known") {
        Event person = event(Kind::person);
        const std::array<std::string_view, 2> rooms = {"r", "q"};
        std::array<Person, 2> roles;
        roles[0].is_room_operator = roles[0].has_voice = true;
        person.lines = rooms;
        person.people = roles;
        person.who.is_operator = true;
        person.who.away = "lunch";
        person.who.entered = WallClock::time_point(std::chrono::seconds(5));
        person.who.last_spoke = WallClock::time_point(std::chrono::seconds(10));
        person.time = WallClock::time_point(std::chrono::seconds(40));
        CHECK(answered(person) == ":s 311 me bob b h * :Bob B\r\n"
                                  ":s 319 me bob :@#r #q\r\n"
                                  ":s 312 me bob s Tern\r\n"
                                  ":s 313 me bob :is an operator of this server\r\n"
                                  ":s 301 me bob lunch\r\n"
                                  ":s 317 me bob 30 5 :seconds idle, signon time\r\n"
                                  ":s 318 me bob :End of WHOIS\r\n");
    }
    TEST_CASE("topics, lists, modes") {
        Event topic = event(Kind::topic);
        CHECK(answered(topic) == ":s 331 me #r :No topic is set\r\n");
        topic.text = "t";
        topic.target = "bob";
        CHECK(answered(topic) == ":s 332 me #r t\r\n:s 333 me #r bob 1\r\n");
        const std::array<RoomLine, 1> rooms = {{{"r", "about", 3}}};
        Event list = event(Kind::rooms);
        list.rooms = rooms;
        CHECK(answered(list) == ":s 321 me Channel :Users  Name\r\n:s 322 me #r 3 about\r\n"
                                ":s 323 me :End of LIST\r\n");
        const auto lists = [&](std::string_view conditions) {
            const std::string label = write_label({IrcCommand::list, conditions});
            list.label = label;
            return answered(list).find(" 322 ") != std::string::npos;
        };
        for (const std::string_view fitting : {"#R", ">2", "<4", "#x,#r*", ">2,<4,#?", "!#x"})
            CHECK_MESSAGE(lists(fitting), fitting);
        for (const std::string_view other : {"#x", ">3", "<3", "!#r", "#r,!#*", "#*,>3"})
            CHECK_MESSAGE(!lists(other), other);
        Event modes = event(Kind::modes);
        modes.text = "+nt";
        CHECK(answered(modes) == ":s 324 me #r +nt\r\n:s 329 me #r 1\r\n");
        modes.time = {};
        modes.text = "+kl";
        modes.target = "key 5";
        CHECK(answered(modes) == ":s 324 me #r +kl key 5\r\n");
        const std::array<std::string_view, 1> bans = {"*!*@h"};
        modes.lines = bans;
        const std::string label = write_label({IrcCommand::ban_list, {}});
        modes.label = label;
        CHECK(answered(modes) == ":s 367 me #r *!*@h\r\n"
                                 ":s 368 me #r :End of the list of bans\r\n");
    }
    TEST_CASE("history comes in a batch, if the client knows batches") {
        std::array<Event, 2> said = {event(Kind::said), event(Kind::said)};
        said[0].text = "a";
        said[1].text = "b";
        Event history = event(Kind::history);
        history.said = said;
        CHECK(answered(history) == ":bob!b@h PRIVMSG #r a\r\n:bob!b@h PRIVMSG #r b\r\n");
        CHECK(answered(history, bit(Capability::batch)) ==
              ":s BATCH +history chathistory #r\r\n"
              "@batch=history :bob!b@h PRIVMSG #r a\r\n@batch=history :bob!b@h PRIVMSG #r b\r\n"
              ":s BATCH -history\r\n");
        std::string labelled = answered(history, bit(Capability::batch));
        IrcDialect(settings()).put_label("L", 0, labelled);
        CHECK(labelled ==
              "@label=L :s BATCH +label labeled-response\r\n"
              "@batch=label :s BATCH +history chathistory #r\r\n"
              "@batch=history :bob!b@h PRIVMSG #r a\r\n@batch=history :bob!b@h PRIVMSG #r b\r\n"
              "@batch=label :s BATCH -history\r\n"
              ":s BATCH -label\r\n");
    }
    TEST_CASE("which rooms have a history is told with the times of their last messages") {
        std::array<Event, 1> said = {event(Kind::said)};
        said[0].time = WallClock::time_point(std::chrono::microseconds(1'500'999));
        Event histories = event(Kind::histories);
        histories.said = said;
        CHECK(answered(histories) == ":s CHATHISTORY TARGETS #r 1970-01-01T00:00:01.500Z\r\n");
        CHECK(answered(histories, bit(Capability::batch)) ==
              ":s BATCH +targets draft/chathistory-targets\r\n"
              "@batch=targets :s CHATHISTORY TARGETS #r 1970-01-01T00:00:01.500Z\r\n"
              ":s BATCH -targets\r\n");
        Event refusal = refused(Refusal::not_in_room, Request::Kind::history);
        const std::string label = write_label({IrcCommand::history, "BEFORE"});
        refusal.label = label;
        CHECK(answered(refusal) == ":s FAIL CHATHISTORY INVALID_TARGET BEFORE #r :You are not on "
                                   "that channel\r\n");
    }
    TEST_CASE("history that nobody has asked for needs its times") {
        std::array<Event, 1> said = {event(Kind::said)};
        Event history = event(Kind::history);
        history.said = said;
        history.number = 1;
        CHECK(answered(history).empty());
        CHECK_FALSE(answered(history, bit(Capability::server_time)).empty());
        CHECK(answered(history, bit(Capability::server_time) | bit(Capability::chat_history))
                  .empty());
    }
    TEST_CASE("and the small ones") {
        Event person_away = event(Kind::person_away);
        person_away.who.away = "lunch";
        CHECK(answered(person_away) == ":s 301 me bob lunch\r\n");
        Event away = event(Kind::away);
        CHECK(answered(away).find(":s 305 me ") == 0);
        away.number = 1;
        CHECK(answered(away).find(":s 306 me ") == 0);
        CHECK(answered(event(Kind::invited)) == ":bob!b@h INVITE me #r\r\n");
        CHECK(answered(event(Kind::invited), bit(Capability::server_time)) ==
              "@time=1970-01-01T00:00:01.000Z :bob!b@h INVITE me #r\r\n");
        Event inviting = event(Kind::inviting);
        inviting.target = "eve";
        CHECK(answered(inviting) == ":s 341 me eve #r\r\n");
        CHECK(answered(event(Kind::now_operator)) ==
              ":bob!b@h MODE bob +o\r\n"
              ":s 381 me :You are now an operator of this server\r\n");
        CHECK(answered(event(Kind::goodbye)) == "ERROR :Closing link: goodbye\r\n");
        Event own_mode = event(Kind::mode_changed);
        own_mode.room = {};
        own_mode.number = change_of(true, 'i');
        CHECK(rendered(own_mode, {0, true, {}}) == ":bob!b@h MODE bob +i\r\n");
        Event census = event(Kind::census);
        census.census = {
            .members = 5, .invisible = 2, .operators = 1, .rooms = 3, .most_members = 9};
        CHECK(answered(census) == ":s 251 me :There are 3 users and 2 invisible on 1 servers\r\n"
                                  ":s 252 me 1 :operators online\r\n"
                                  ":s 254 me 3 :channels formed\r\n"
                                  ":s 255 me :I have 5 clients and 0 servers\r\n"
                                  ":s 265 me 5 9 :Current local users 5, max 9\r\n"
                                  ":s 266 me 5 9 :Current global users 5, max 9\r\n");
    }
}

TEST_SUITE("irc/dialect: refusals") {
    TEST_CASE("each has the numeric that clients expect") {
        using RequestKind = Request::Kind;
        struct Case {
            Refusal refusal;
            RequestKind request;
            const char* begin;
        };
        for (const Case& one : {
                 Case{Refusal::name_in_use, RequestKind::enter, ":s 433 me bob :"},
                 Case{Refusal::name_empty, RequestKind::enter, ":s 431 me :"},
                 Case{Refusal::name_not_allowed, RequestKind::rename, ":s 432 me bob :"},
                 Case{Refusal::no_such_person, RequestKind::say, ":s 401 me bob :"},
                 Case{Refusal::no_such_room, RequestKind::say, ":s 403 me #r :"},
                 Case{Refusal::not_in_room, RequestKind::part, ":s 442 me #r :"},
                 Case{Refusal::not_in_room, RequestKind::say, ":s 404 me #r :"},
                 Case{Refusal::target_not_in_room, RequestKind::kick, ":s 441 me bob #r :"},
                 Case{Refusal::already_in_room, RequestKind::invite, ":s 443 me bob #r :"},
                 Case{Refusal::room_full, RequestKind::join, ":s 471 me #r :"},
                 Case{Refusal::room_invite_only, RequestKind::join, ":s 473 me #r :"},
                 Case{Refusal::room_banned, RequestKind::join, ":s 474 me #r :"},
                 Case{Refusal::room_key_wrong, RequestKind::join, ":s 475 me #r :"},
                 Case{Refusal::room_name_not_allowed, RequestKind::join, ":s 476 me #r :"},
                 Case{Refusal::too_many_rooms, RequestKind::join, ":s 405 me #r :"},
                 Case{Refusal::room_moderated, RequestKind::say, ":s 404 me #r :"},
                 Case{Refusal::not_operator, RequestKind::ban, ":s 481 me :"},
                 Case{Refusal::not_room_operator, RequestKind::mode, ":s 482 me #r :"},
                 Case{Refusal::unknown_mode, RequestKind::mode, ":s 472 me "},
                 Case{Refusal::wrong_arguments, RequestKind::mode, ":s 696 me #r k bob :"},
                 Case{Refusal::too_many_penalties, RequestKind::mode, ":s 478 me #r k :"},
                 Case{Refusal::room_banned, RequestKind::say, ":s 404 me #r :"},
                 Case{Refusal::banned, RequestKind::enter, ":s 465 me :"},
                 Case{Refusal::too_many_joins, RequestKind::join, ":s 263 me JOIN :"},
                 Case{Refusal::too_many_requests, RequestKind::names, ":s 263 me NAMES :"},
                 Case{Refusal::too_many_requests, RequestKind::whois, ":s 263 me WHOIS :"},
                 Case{Refusal::text_not_utf8, RequestKind::say, ":s FAIL PRIVMSG INVALID_UTF8 :"},
                 Case{Refusal::too_fast, RequestKind::say, ":s NOTICE me :"},
             })
            CHECK_MESSAGE(answered(refused(one.refusal, one.request)).find(one.begin) == 0,
                          one.begin);
    }
    TEST_CASE("nothing is ever answered to a notice") {
        for (const Manner manner : {Manner::notice, Manner::reply})
            for (const Refusal refusal : {Refusal::no_such_person, Refusal::not_in_room,
                                          Refusal::too_fast, Refusal::muted}) {
                Event one = refused(refusal, Request::Kind::say);
                CHECK_FALSE(answered(one).empty());
                one.manner = manner;
                CHECK(answered(one).empty());
            }
    }
    TEST_CASE("a list that is refused ends all the same") {
        CHECK(answered(refused(Refusal::no_such_room, Request::Kind::names)) ==
              ":s 366 me #r :End of the list of names\r\n");
        CHECK(answered(refused(Refusal::no_such_person, Request::Kind::whois)) ==
              ":s 401 me bob :No such nick\r\n:s 318 me bob :End of WHOIS\r\n");
    }
    TEST_CASE("to join where one is already changes nothing") {
        CHECK(answered(refused(Refusal::already_in_room, Request::Kind::join)).empty());
    }
    TEST_CASE("before it has a name, a client is called *") {
        CHECK(rendered(refused(Refusal::name_in_use, Request::Kind::enter)).find(":s 433 * bob") ==
              0);
    }
}

} // namespace tern::irc_dialect_test
