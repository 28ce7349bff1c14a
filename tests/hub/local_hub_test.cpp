// The hub in its own process: one parcel per runner, one order for all, and who is told what.

#include "tests/hub/test_hub.h"

#include "common/hub/local_runner.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>

using namespace tern;
using test::CountingWaker;
using test::MailboxOfNobody;
using test::Words;

namespace {

class RecordingInbox final : public Inbox {
public:
    void post(Parcel parcel) override { parcels.push_back(std::move(parcel)); }
    std::vector<Parcel> parcels;
};

} // namespace

TEST_SUITE("hub/local_hub") {
    TEST_CASE("a delivery is posted once per runner, with the members that it runs") {
        test::TestHub hub;
        LocalHub local(hub);
        RecordingInbox one;
        RecordingInbox other;
        const Member a = local.new_member();
        const Member b = local.new_member();
        const Member c = local.new_member();
        local.enter(a, one);
        local.enter(b, one);
        local.enter(c, other);
        one.parcels.clear();
        other.parcels.clear();
        local.tell(a, "hello");
        REQUIRE(one.parcels.size() == 1);
        REQUIRE(other.parcels.size() == 1);
        CHECK(*one.parcels[0].to == std::vector<Member>{a, b});
        CHECK(*other.parcels[0].to == std::vector<Member>{c});
        CHECK(*one.parcels[0].message == "1: hello");
        CHECK(one.parcels[0].message == other.parcels[0].message); // one buffer for all
    }

    TEST_CASE("who speaks is asked to wait while post lies in heaps, wherever it does") {
        test::TestHub hub;
        LocalHub local(hub);
        CountingWaker postman;
        LocalRunner here(&local, postman);
        MailboxOfNobody near;
        MailboxOfNobody far;
        const Member speaker = here.enter(near.mailbox);
        {
            LocalRunner there(&local, postman);
            const Member listener = there.enter(far.mailbox);
            for (int word = 0; word < 10; ++word)
                here.tell(speaker, "x");
            CHECK_FALSE(here.is_congested());
            for (int word = 0; word < 100'000 && !here.is_congested(); ++word)
                here.tell(speaker, "x");
            CHECK(here.is_congested());
            here.tell(speaker, "x"); // the other one has been there for less long
            here.tell(speaker, "x");
            CHECK(there.is_congested());
            here.deliver_post();
            CHECK(here.is_congested());
            there.deliver_post();
            CHECK_FALSE(here.is_congested());
            for (int word = 0; word < 1000; ++word) // few, but long
                here.tell(speaker, std::string(10'000, 'x'));
            here.deliver_post();
            CHECK(here.is_congested());
            there.leave(listener);
        }
        CHECK_FALSE(here.is_congested()); // nobody is there any more who would hand it out
        here.leave(speaker);
    }

    TEST_CASE("members have numbers of their own, and nothing is posted for who has left") {
        test::TestHub hub;
        LocalHub local(hub);
        RecordingInbox inbox;
        const Member a = local.new_member();
        const Member b = local.new_member();
        CHECK(a != b);
        local.enter(a, inbox);
        local.leave(a);
        inbox.parcels.clear();
        local.enter(b, inbox);
        for (const Parcel& parcel : inbox.parcels)
            CHECK(*parcel.to == std::vector<Member>{b});
        local.leave(b);
        local.leave(b); // once is enough
        CHECK(hub.log == Words{"enter 1", "leave 1", "enter 2", "leave 2"});
        CHECK(local.new_member() > b);
    }

    TEST_CASE("a delivery to those who are not there goes nowhere") {
        struct Generous final : Hub {
            void entered(Member, Deliveries& deliveries) override {
                const std::vector<Member> strangers = {98, 99};
                deliveries.deliver(strangers, std::make_shared<const std::string>("lost"));
            }
            void received(Member, std::string_view, Deliveries&) override {}
            void left(Member, Deliveries&) override {}
        } hub;
        LocalHub local(hub);
        RecordingInbox inbox;
        local.enter(local.new_member(), inbox);
        CHECK(inbox.parcels.empty());
    }

    TEST_CASE("a service that shares nothing has no hub") {
        CHECK(LocalHub::over(nullptr) == nullptr);
        CountingWaker postman;
        LocalRunner runner(nullptr, postman);
        MailboxOfNobody somebody;
        CHECK_THROWS_AS(runner.enter(somebody.mailbox), std::logic_error);
    }
}

TEST_SUITE("hub/local_runner") {
    TEST_CASE("post wakes the postman once, and he fills the mailboxes in order") {
        test::TestHub hub;
        LocalHub local(hub);
        CountingWaker postman;
        LocalRunner runner(&local, postman);
        MailboxOfNobody one;
        MailboxOfNobody other;
        const Member a = runner.enter(one.mailbox);
        const Member b = runner.enter(other.mailbox);
        CHECK(runner.descriptor() == -1);
        runner.tell(a, "hello");
        CHECK(postman.wakes == 1); // for three parcels
        CHECK(one.words().empty());
        runner.deliver_post();
        CHECK(one.words() == Words{"enter 1", "enter 2", "1: hello"});
        CHECK(other.words() == Words{"enter 2", "1: hello"});
        CHECK(one.waker.wakes == 1); // for three messages
        runner.tell(b, "again");
        CHECK(postman.wakes == 2);
        runner.leave(a);
        runner.deliver_post();
        CHECK(one.words().empty()); // who has left gets nothing, though it was on its way
        CHECK(other.words() == Words{"2: again", "leave 1"});
        runner.leave(b);
        runner.deliver_post();
        CHECK(hub.members.empty());
    }

    TEST_CASE("a membership leaves when its session dies") {
        test::TestHub hub;
        LocalHub local(hub);
        CountingWaker postman;
        LocalRunner runner(&local, postman);
        {
            MailboxOfNobody somebody;
            Membership membership(runner, somebody.mailbox);
            membership.tell("hello");
            CHECK(membership.id() == 1);
        }
        runner.deliver_post();
        CHECK(hub.log == Words{"enter 1", "1: hello", "leave 1"});
    }

    TEST_CASE("many threads, each a runner of its own: one order for all, nothing lost") {
        constexpr int runners = 4;
        constexpr int words_each = 500;
        test::TestHub hub;
        LocalHub local(hub);
        std::atomic<int> present = 0;
        std::atomic<int> done = 0;
        std::array<Words, runners> heard;
        const auto live = [&](Words& words) {
            CountingWaker postman;
            LocalRunner runner(&local, postman);
            MailboxOfNobody own(1'000'000);
            const Member member = runner.enter(own.mailbox);
            for (++present; present < runners;)
                std::this_thread::yield();
            const auto collect = [&] {
                runner.deliver_post();
                for (std::string& word : own.words())
                    words.push_back(std::move(word));
            };
            for (int word = 0; word < words_each; ++word) {
                runner.tell(member, std::to_string(word));
                if (word % 16 == 0)
                    collect();
            }
            for (++done; done < runners;)
                std::this_thread::yield();
            collect(); // everything was told before the last one was done
            runner.leave(member);
        };
        std::vector<std::thread> threads;
        for (Words& words : heard)
            threads.emplace_back([&live, &words] { live(words); });
        for (std::thread& thread : threads)
            thread.join();
        // Each has heard a part of the log without gaps, which holds all words of everybody.
        for (const Words& words : heard) {
            REQUIRE_FALSE(words.empty());
            const auto begin = std::find(hub.log.begin(), hub.log.end(), words.front());
            const auto length = static_cast<std::size_t>(hub.log.end() - begin);
            REQUIRE(words.size() <= length);
            CHECK(std::equal(words.begin(), words.end(), begin));
            const auto said = std::count_if(words.begin(), words.end(), [](const auto& word) {
                return word.find(':') != std::string::npos;
            });
            CHECK(said == runners * words_each);
        }
        CHECK(hub.members.empty());
    }
}
