// The hub at the other end of a channel: a child's runner and its parent's link, driven by hand.

#include "tests/hub/test_hub.h"

#include "common/hub/child_link.h"
#include "common/hub/local_runner.h"
#include "common/hub/remote_runner.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <optional>
#include <string>
#include <thread>

using namespace tern;
using test::CountingWaker;
using test::MailboxOfNobody;
using test::Words;

namespace {

class HandSetTime final : public TimeSource {
public:
    Clock::time_point now() const noexcept override { return Clock::time_point(passed); }
    Clock::duration passed{};
};

/// A child with its channel, and the parent's session for it.
class Family {
public:
    explicit Family(LocalHub& hub) {
        auto [parents, childs] = net::Channel::make();
        child_socket = childs.descriptor();
        session.emplace(serve_child_link(hub, std::move(parents)));
        session->set_waker(waker);
        runner.emplace(std::move(childs));
    }

    /// The parent's turn. False when the link has ended.
    bool parent() {
        if (session && session->resume() == nullptr)
            session.reset();
        return session.has_value();
    }
    /// What the parent waits for.
    short waits_for() {
        Wait* const wait = session->resume();
        REQUIRE(wait != nullptr);
        return wait->interests[0].events;
    }

    CountingWaker waker;
    std::optional<Session> session;
    std::optional<RemoteRunner> runner;
    int child_socket = -1;
};

} // namespace

TEST_SUITE("hub/child_link") {
    TEST_CASE("a child's members enter, speak, hear and leave as if they were here") {
        test::TestHub hub;
        LocalHub local(hub);
        Family family(local);
        CountingWaker postman;
        LocalRunner here(&local, postman);
        MailboxOfNobody near;
        MailboxOfNobody far;
        here.enter(near.mailbox);
        const Member member = family.runner->enter(far.mailbox);
        family.runner->tell(member, "hello from afar");
        CHECK(family.parent());
        here.deliver_post();
        CHECK(near.words() == Words{"enter 1", "enter 2", "2: hello from afar"});
        CHECK(family.runner->descriptor() == family.child_socket);
        family.runner->deliver_post();
        CHECK(far.words() == Words{"enter 2", "2: hello from afar"});
        here.tell(1, "hello back");
        CHECK(family.parent());
        family.runner->deliver_post();
        CHECK(far.words() == Words{"1: hello back"});
        CHECK(far.waker.wakes == 2);
        family.runner->leave(member);
        CHECK(family.parent());
        CHECK(hub.members == std::set<Member>{1});
        here.leave(1);
    }

    TEST_CASE("several members of one child get one frame, and each its own post") {
        test::TestHub hub;
        LocalHub local(hub);
        Family family(local);
        MailboxOfNobody one;
        MailboxOfNobody other;
        const Member a = family.runner->enter(one.mailbox);
        const Member b = family.runner->enter(other.mailbox);
        CHECK(a != b);
        CHECK(family.parent());
        family.runner->deliver_post();
        one.words();
        other.words();
        family.runner->tell(b, "x");
        CHECK(family.parent());
        CHECK(family.waits_for() == POLLIN); // everything is out
        family.runner->deliver_post();
        CHECK(one.words() == Words{"2: x"});
        CHECK(other.words() == Words{"2: x"});
        family.runner->leave(a);
        family.runner->tell(b, "y");
        CHECK(family.parent());
        family.runner->deliver_post();
        CHECK(one.words().empty());
        CHECK(other.words() == Words{"leave 1", "2: y"});
    }

    TEST_CASE("a child that dies takes its members along, and only those") {
        test::TestHub hub;
        LocalHub local(hub);
        Family family(local);
        Family other(local);
        MailboxOfNobody one;
        MailboxOfNobody two;
        family.runner->enter(one.mailbox);
        other.runner->enter(two.mailbox);
        CHECK(family.parent());
        CHECK(other.parent());
        family.runner.reset(); // without a word
        CHECK_FALSE(family.parent());
        CHECK(hub.members == std::set<Member>{2});
        CHECK(other.parent());
        other.runner->deliver_post();
        CHECK(two.words() == Words{"enter 2", "leave 1"});
    }

    TEST_CASE("a link that is destroyed half-way lets its members leave too") {
        test::TestHub hub;
        LocalHub local(hub);
        MailboxOfNobody one;
        {
            Family family(local);
            family.runner->enter(one.mailbox);
            CHECK(family.parent());
            CHECK(hub.members.size() == 1);
            family.session.reset();
            CHECK(hub.members.empty());
        }
    }

    TEST_CASE("a child that sends what is no frame is let go") {
        test::TestHub hub;
        LocalHub local(hub);
        auto [parents, childs] = net::Channel::make();
        Session session(serve_child_link(local, std::move(parents)));
        REQUIRE(childs.send("\x09 nonsense"));
        CHECK(session.resume() == nullptr);
    }

    TEST_CASE("a member that never entered is not heard") {
        test::TestHub hub;
        LocalHub local(hub);
        Family family(local);
        family.runner->tell(5, "who?");
        family.runner->leave(5);
        CHECK(family.parent());
        CHECK(hub.log.empty());
    }

    TEST_CASE("a slow child's frames wait, in order, until there is room") {
        test::TestHub hub;
        LocalHub local(hub);
        Family family(local);
        CountingWaker postman;
        LocalRunner here(&local, postman);
        MailboxOfNobody near;
        MailboxOfNobody far(10'000);
        family.runner->enter(far.mailbox);
        CHECK(family.parent());
        const Member speaker = here.enter(near.mailbox);
        const int words = 2000;
        for (int word = 0; word < words; ++word)
            here.tell(speaker, std::to_string(word));
        CHECK((family.waits_for() & POLLOUT) != 0);
        Words heard;
        for (int turns = 0; turns < words && heard.size() < words + 2; ++turns) {
            family.runner->deliver_post();
            for (std::string& word : far.words())
                heard.push_back(std::move(word));
            REQUIRE(family.parent());
        }
        REQUIRE(heard.size() == words + 2);
        CHECK(heard == hub.log);
        here.deliver_post();
        CHECK(family.waits_for() == POLLIN);
        here.leave(speaker);
    }

    TEST_CASE("a child that does not read at all is let go, in bounded memory") {
        test::TestHub hub;
        LocalHub local(hub);
        Family family(local);
        CountingWaker postman;
        LocalRunner here(&local, postman);
        MailboxOfNobody near;
        MailboxOfNobody far;
        family.runner->enter(far.mailbox);
        CHECK(family.parent());
        const Member speaker = here.enter(near.mailbox);
        int told = 0;
        const std::string much(1000, 'x');
        while (told < 100'000 && family.parent()) {
            here.tell(speaker, much);
            ++told;
        }
        CHECK(told < 100'000);
        CHECK_FALSE(hub.members.contains(1));
        family.runner->deliver_post();
        CHECK(family.runner->descriptor() == -1);
        CHECK(far.mailbox.take().closed);
        here.leave(speaker);
    }

    TEST_CASE("a child that has not had its turn keeps the others from speaking, not for ever") {
        test::TestHub hub;
        LocalHub local(hub);
        HandSetTime time; // before the sessions that ask it
        Family waits(local);
        Family speaks(local);
        waits.session->set_time(time);
        MailboxOfNobody near;
        MailboxOfNobody far;
        waits.runner->enter(far.mailbox);
        CHECK(waits.parent());
        const Member speaker = speaks.runner->enter(near.mailbox);
        CHECK(speaks.parent());
        // More than a channel and a heap: what was said and is not handed out waits unread.
        constexpr int words = 20'000;
        for (int word = 0; word < words && !local.congestion().exists(); ++word) {
            speaks.runner->tell(speaker, "x");
            CHECK(speaks.parent());
            CHECK(waits.parent());
            speaks.runner->deliver_post();
            near.words();
        }
        CHECK(local.congestion().exists());
        const std::size_t heard = hub.log.size();
        speaks.runner->tell(speaker, "more");
        CHECK((speaks.waits_for() & POLLIN) == 0);
        CHECK(hub.log.size() == heard);
        time.passed = std::chrono::seconds(1); // it has been stopped: nobody waits for it any more
        CHECK(waits.parent());
        CHECK_FALSE(local.congestion().exists());
        CHECK(speaks.parent());
        CHECK(hub.log.size() == heard + 1);
    }

    TEST_CASE("who waits to be heard goes on to hear") {
        test::TestHub hub;
        LocalHub local(hub);
        Family family(local);
        MailboxOfNobody far;
        const Member member = family.runner->enter(far.mailbox);
        CHECK(family.parent());
        constexpr int words = 5000; // more than both ways of a channel have room for
        std::thread child([&] {
            for (int word = 0; word < words; ++word)
                family.runner->tell(member, std::string(200, 'x'));
        });
        while (hub.log.size() < words + 1)
            REQUIRE(family.parent());
        child.join();
        std::size_t heard = 0;
        while (heard < words + 1) {
            family.runner->deliver_post();
            heard += far.words().size();
            REQUIRE(family.parent());
        }
    }

    TEST_CASE("a child that talks without end leaves the parent its turns") {
        test::TestHub hub;
        LocalHub local(hub);
        Family family(local);
        MailboxOfNobody far(10'000);
        const Member member = family.runner->enter(far.mailbox);
        for (int word = 0; word < 100; ++word)
            family.runner->tell(member, "x");
        CHECK(family.parent());
        CHECK(hub.log.size() > 1);
        CHECK(hub.log.size() < 101);
        for (int turns = 0; turns < 10; ++turns)
            family.parent();
        CHECK(hub.log.size() == 101);
    }
}

TEST_SUITE("hub/remote_runner") {
    TEST_CASE("a hub that is lost closes the mailboxes, and what is said is swallowed") {
        test::TestHub hub;
        LocalHub local(hub);
        Family family(local);
        MailboxOfNobody somebody;
        const Member member = family.runner->enter(somebody.mailbox);
        family.session.reset(); // the parent is gone
        family.runner->deliver_post();
        CHECK(somebody.mailbox.take().closed);
        CHECK(family.runner->descriptor() == -1);
        family.runner->tell(member, "anybody?");
        family.runner->deliver_post();
        family.runner->leave(member);
        MailboxOfNobody late;
        family.runner->enter(late.mailbox);
        CHECK(late.mailbox.take().closed);
    }

    TEST_CASE("telling a hub that is gone loses it too") {
        test::TestHub hub;
        LocalHub local(hub);
        Family family(local);
        MailboxOfNobody somebody;
        const Member member = family.runner->enter(somebody.mailbox);
        family.session.reset();
        family.runner->tell(member, "anybody?");
        CHECK(somebody.mailbox.take().closed);
    }

    TEST_CASE("without a channel there is no hub") {
        RemoteRunner runner(std::nullopt);
        CHECK(runner.descriptor() == -1);
        MailboxOfNobody somebody;
        const Member member = runner.enter(somebody.mailbox);
        CHECK(somebody.mailbox.take().closed);
        runner.tell(member, "x");
        runner.deliver_post();
        runner.leave(member);
    }

    TEST_CASE("the longest message arrives, a longer one is a bug of the service") {
        test::TestHub hub;
        LocalHub local(hub);
        Family family(local);
        MailboxOfNobody somebody;
        const Member member = family.runner->enter(somebody.mailbox);
        family.runner->tell(member, std::string(hub_message_limit, 'x'));
        CHECK(family.parent());
        CHECK(hub.log.size() == 2);
        CHECK((hub.log.back().size() > hub_message_limit));
        family.runner->deliver_post();
        CHECK(somebody.words().size() == 2);
        CHECK_THROWS_AS(family.runner->tell(member, std::string(hub_message_limit + 1, 'y')),
                        std::length_error);
        family.runner->tell(member, "still there");
        CHECK(family.parent());
        CHECK(hub.log.back() == "1: still there");
    }

    TEST_CASE("what no channel can carry is lost, and the hub is not") {
        test::TestHub hub;
        LocalHub local(hub);
        Family family(local);
        MailboxOfNobody somebody;
        const Member member = family.runner->enter(somebody.mailbox);
        CHECK(family.parent());
        family.runner->deliver_post();
        somebody.words();
        local.tell(member, std::string(net::channel_message_limit, 'z'));
        family.runner->tell(member, "still there");
        CHECK(family.parent());
        family.runner->deliver_post();
        CHECK(somebody.words() == std::vector<std::string>{"1: still there"});
    }
}
