// A session's mailbox: order, bounds, and many threads that write at once.

#include "tests/session/tracked.h"

#include "common/session/mailbox.h"

#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace tern::mailbox_test {

using namespace tern;

namespace {

class CountingWaker final : public Waker {
public:
    void wake() noexcept override { wakes.fetch_add(1, std::memory_order_relaxed); }
    std::atomic<int> wakes = 0;
};

/// A mailbox with an owner that never runs.
struct Fixture {
    Fixture(std::size_t capacity, Overflow overflow) : mailbox(session, capacity, overflow) {
        session.set_waker(waker);
    }
    CountingWaker waker;
    Session session{test::one_wait()};
    Mailbox mailbox;
};

/// Its owner's client takes nothing.
struct BlockedFixture : Fixture {
    BlockedFixture(std::size_t capacity, Overflow overflow) : Fixture(capacity, overflow) {
        mailbox.note_blocked(true);
    }
};

Message text(std::string words) { return std::make_shared<const std::string>(std::move(words)); }

std::vector<std::string> words_of(const Mailbox::Post& post) {
    std::vector<std::string> words;
    for (const Message& message : post.messages)
        words.push_back(*message);
    return words;
}

} // namespace

TEST_SUITE("session/mailbox") {
    TEST_CASE("messages come out in the order in which they went in, once") {
        Fixture fixture(8, Overflow::disconnect);
        fixture.mailbox.put(text("one"));
        fixture.mailbox.put(text("two"));
        const Mailbox::Post post = fixture.mailbox.take();
        CHECK(words_of(post) == std::vector<std::string>{"one", "two"});
        CHECK(post.lost == 0);
        CHECK_FALSE(post.closed);
        CHECK(fixture.mailbox.take().messages.empty());
        fixture.mailbox.put(text("three"));
        CHECK(words_of(fixture.mailbox.take()) == std::vector<std::string>{"three"});
    }
    TEST_CASE("room for a crowd of messages is given back when they come one by one") {
        Fixture fixture(64, Overflow::disconnect);
        Mailbox::Post post;
        for (int i = 0; i < 40; ++i)
            fixture.mailbox.put(text("of many"));
        fixture.mailbox.take(post);
        CHECK(post.messages.size() == 40);
        for (int i = 0; i < 4; ++i) { // two lists change places
            fixture.mailbox.put(text("alone"));
            fixture.mailbox.take(post);
            CHECK(words_of(post) == std::vector<std::string>{"alone"});
        }
        CHECK(post.messages.capacity() <= 8);
    }

    TEST_CASE("putting a message wakes the owner; taking does not") {
        Fixture fixture(8, Overflow::disconnect);
        fixture.mailbox.put(text("one"));
        CHECK(fixture.waker.wakes == 1);
        fixture.mailbox.take();
        CHECK(fixture.waker.wakes == 1);
    }

    TEST_CASE("messages are shared, not copied") {
        Fixture one(8, Overflow::disconnect);
        Fixture two(8, Overflow::disconnect);
        const Message message = text("for both");
        one.mailbox.put(message);
        two.mailbox.put(message);
        CHECK(one.mailbox.take().messages.at(0) == message);
        CHECK(two.mailbox.take().messages.at(0) == message);
    }

    TEST_CASE("a full mailbox that disconnects keeps what it has, closes, and takes no more") {
        BlockedFixture fixture(2, Overflow::disconnect);
        for (const char* words : {"one", "two", "three", "four"})
            fixture.mailbox.put(text(words));
        Mailbox::Post post = fixture.mailbox.take();
        CHECK(words_of(post) == std::vector<std::string>{"one", "two"});
        CHECK(post.closed);
        CHECK(post.overrun);
        CHECK(post.lost == 0);
        fixture.mailbox.put(text("five"));
        post = fixture.mailbox.take();
        CHECK(post.messages.empty());
        CHECK(post.closed);
        CHECK(fixture.waker.wakes == 2); // by the first, and by the closing
    }

    TEST_CASE("a full mailbox that drops the oldest says how many are lost") {
        BlockedFixture fixture(2, Overflow::drop_oldest);
        for (const char* words : {"one", "two", "three", "four", "five"})
            fixture.mailbox.put(text(words));
        Mailbox::Post post = fixture.mailbox.take();
        CHECK(words_of(post) == std::vector<std::string>{"four", "five"});
        CHECK(post.lost == 3);
        CHECK_FALSE(post.closed);
        fixture.mailbox.put(text("six"));
        post = fixture.mailbox.take();
        CHECK(words_of(post) == std::vector<std::string>{"six"});
        CHECK(post.lost == 0);
    }

    TEST_CASE("closing wakes the owner, who still gets what was there before") {
        Fixture fixture(8, Overflow::drop_oldest);
        fixture.mailbox.put(text("last"));
        fixture.mailbox.close();
        fixture.mailbox.put(text("too late"));
        CHECK(fixture.waker.wakes == 2);
        const Mailbox::Post post = fixture.mailbox.take();
        CHECK(words_of(post) == std::vector<std::string>{"last"});
        CHECK(post.closed);
        CHECK_FALSE(post.overrun);
    }

    TEST_CASE("an owner that has not had its turn yet loses nothing, and is not closed") {
        for (const Overflow overflow : {Overflow::disconnect, Overflow::drop_oldest}) {
            Fixture fixture(2, overflow);
            for (int number = 0; number < 5000; ++number)
                fixture.mailbox.put(text(std::to_string(number)));
            const Mailbox::Post post = fixture.mailbox.take();
            CHECK(post.messages.size() == 5000);
            CHECK(post.lost == 0);
            CHECK_FALSE(post.closed);
        }
    }

    TEST_CASE("however it comes about, what waits for one owner is bounded") {
        constexpr std::size_t size = 100'000;
        constexpr std::size_t most = most_post_bytes / (size + message_overhead);
        Fixture closes(2, Overflow::disconnect);
        Fixture drops(2, Overflow::drop_oldest);
        for (std::size_t number = 0; number < most + 10; ++number) {
            closes.mailbox.put(text(std::string(size, 'x')));
            drops.mailbox.put(text(std::string(size, 'x')));
        }
        Mailbox::Post post = closes.mailbox.take();
        CHECK(post.messages.size() == most);
        CHECK(post.overrun);
        post = drops.mailbox.take();
        CHECK(post.messages.size() == most);
        CHECK(post.lost == 10);
    }

    TEST_CASE("for a long message as many short ones are dropped as it takes") {
        Fixture fixture(2, Overflow::drop_oldest);
        constexpr std::size_t longest = 96 << 10;
        constexpr std::size_t many = most_post_bytes / (message_overhead + 1);
        for (std::size_t number = 0; number < many; ++number)
            fixture.mailbox.put(text("x"));
        for (int number = 0; number < 1000; ++number)
            fixture.mailbox.put(text(std::string(longest, 'x')));
        const Mailbox::Post post = fixture.mailbox.take();
        std::size_t bytes = 0;
        for (const Message& message : post.messages)
            bytes += message->size() + message_overhead;
        CHECK(bytes <= most_post_bytes);
        CHECK(bytes > most_post_bytes / 2);
        CHECK(post.messages.size() + post.lost == many + 1000);
    }

    TEST_CASE("where the oldest were dropped, what comes once the client reads again is the last") {
        BlockedFixture fixture(3, Overflow::drop_oldest);
        for (const char* words : {"one", "two", "three", "four"})
            fixture.mailbox.put(text(words));
        fixture.mailbox.note_blocked(false);
        fixture.mailbox.put(text("five"));
        fixture.mailbox.put(text("six"));
        const Mailbox::Post post = fixture.mailbox.take();
        CHECK(words_of(post) == std::vector<std::string>{"two", "three", "four", "five", "six"});
        CHECK(post.lost == 1);
    }

    TEST_CASE("many threads put while the owner takes: nothing lost, each thread's order kept") {
        constexpr int writers = 4;
        constexpr int messages_each = 2000;
        Fixture fixture(writers * messages_each, Overflow::disconnect);
        std::vector<std::thread> threads;
        for (int writer = 0; writer < writers; ++writer)
            threads.emplace_back([&fixture, writer] {
                for (int number = 0; number < messages_each; ++number)
                    fixture.mailbox.put(
                        text(std::to_string(writer) + ' ' + std::to_string(number)));
            });
        std::map<int, int> next_of;
        int taken = 0;
        bool in_order = true;
        while (taken < writers * messages_each) {
            for (const Message& message : fixture.mailbox.take().messages) {
                const auto space = message->find(' ');
                const int writer = std::stoi(message->substr(0, space));
                in_order = in_order && std::stoi(message->substr(space)) == next_of[writer]++;
                ++taken;
            }
            std::this_thread::yield();
        }
        for (std::thread& thread : threads)
            thread.join();
        CHECK(in_order);
        CHECK(taken == writers * messages_each);
        CHECK(fixture.waker.wakes >= 1);
        CHECK(fixture.waker.wakes <= writers * messages_each);
        CHECK(fixture.mailbox.take().messages.empty());
    }

    TEST_CASE("where a mailbox drops, what was lost and what was taken add up") {
        constexpr int messages = 20'000;
        BlockedFixture fixture(4, Overflow::drop_oldest);
        std::atomic<bool> done = false;
        std::thread writer([&] {
            for (int number = 0; number < messages; ++number)
                fixture.mailbox.put(text(std::to_string(number)));
            done = true;
        });
        std::size_t accounted = 0;
        bool gaps_are_as_said = true;
        for (bool last = false; !last;) {
            last = done; // read before the take that is to be the last
            const Mailbox::Post post = fixture.mailbox.take();
            accounted += post.lost;
            for (const Message& message : post.messages)
                gaps_are_as_said = gaps_are_as_said && std::stoul(*message) == accounted++;
        }
        writer.join();
        CHECK(gaps_are_as_said);
        CHECK(accounted == messages);
    }
}

} // namespace tern::mailbox_test
