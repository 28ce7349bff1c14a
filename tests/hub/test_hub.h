#pragma once
// A hub that writes down what happens to it and tells everybody, and what it needs around it.

#include "common/hub/local_hub.h"
#include "common/session/session.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace tern::test {

/// "enter", "leave" and every message go to all who are there.
class TestHub final : public Hub {
public:
    void entered(Member member, Deliveries& deliveries) override {
        members.insert(member);
        say("enter " + std::to_string(member), deliveries);
    }
    void received(Member from, std::string_view message, Deliveries& deliveries) override {
        say(std::to_string(from) + ": " + std::string(message), deliveries);
    }
    void left(Member member, Deliveries& deliveries) override {
        members.erase(member);
        say("leave " + std::to_string(member), deliveries);
    }

    std::set<Member> members;
    std::vector<std::string> log;

private:
    void say(std::string what, Deliveries& deliveries) {
        log.push_back(what);
        const std::vector<Member> all(members.begin(), members.end());
        deliveries.deliver(all, std::make_shared<const std::string>(std::move(what)));
    }
};

class CountingWaker final : public Waker {
public:
    void wake() noexcept override { ++wakes; }
    int wakes = 0;
};

inline Task<void> never_run() { co_return; }

/// A mailbox with an owner that never runs.
struct MailboxOfNobody {
    explicit MailboxOfNobody(std::size_t capacity = 100)
        : mailbox(session, capacity, Overflow::disconnect) {
        session.set_waker(waker);
    }
    std::vector<std::string> words() {
        std::vector<std::string> all;
        for (const Message& message : mailbox.take().messages)
            all.push_back(*message);
        return all;
    }
    CountingWaker waker;
    Session session{never_run()};
    Mailbox mailbox;
};

using Words = std::vector<std::string>;

} // namespace tern::test
