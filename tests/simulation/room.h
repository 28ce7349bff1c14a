#pragma once
// A hub in which every member hears everything, and the members who check that they do.

#include "tests/simulation/seeds.h"

#include "common/hub/runner.h"
#include "common/simulation/simulation.h"

#include <charconv>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tern::test {

/// Numbers all that happens and tells it to all who are there.
class Room final : public Hub {
public:
    void entered(Member member, Deliveries& deliveries) override {
        require(members_.insert(member).second, "a member entered twice");
        say("enter", deliveries);
    }
    void received(Member from, std::string_view message, Deliveries& deliveries) override {
        require(members_.contains(from), "one who is not there was heard");
        place_of_[std::string(message)] = log_.size();
        say(message, deliveries);
    }
    void left(Member member, Deliveries& deliveries) override {
        require(members_.erase(member) == 1, "one who is not there left");
        say("leave", deliveries);
    }

    const std::vector<std::string>& log() const noexcept { return log_; }
    std::size_t members() const noexcept { return members_.size(); }
    /// Where in the log these words are; the log's size if nowhere yet.
    std::size_t place_of(const std::string& words) const {
        const auto found = place_of_.find(words);
        return found == place_of_.end() ? log_.size() : found->second;
    }

private:
    void say(std::string_view what, Deliveries& deliveries) {
        log_.push_back(std::to_string(log_.size()) + ' ' + std::string(what));
        const std::vector<Member> all(members_.begin(), members_.end());
        deliveries.deliver(all, std::make_shared<const std::string>(log_.back()));
    }

    std::set<Member> members_;
    std::vector<std::string> log_;
    std::map<std::string, std::size_t> place_of_;
};

/// What one member does, and what became of it.
struct MemberPlan {
    std::string name;
    std::size_t words = 1; ///< at least 1: the last of them tells when to leave
    std::size_t capacity = 1000;
    Overflow overflow = Overflow::disconnect;
    bool is_slow = false; ///< looks into its mailbox now and then only
};
struct MemberRecord {
    bool said_all = false;
    bool heard_all = false; ///< up to its own last word
    bool disconnected = false;
};

/// Checks one member's view of the room: everything from its entry on, in the room's order, but
/// for what its mailbox says is lost.
class View {
public:
    explicit View(const Room& room) noexcept : room_(room) {}

    void check(const Mailbox::Post& post) {
        next_ += has_begun_ ? post.lost : 0;
        for (const Message& message : post.messages) {
            std::size_t number = 0;
            std::from_chars(message->data(), message->data() + message->size(), number);
            require(number < room_.log().size() && *message == room_.log()[number],
                    "not what was said: " + *message);
            require(!has_begun_ || number == next_,
                    "heard " + *message + " where " + std::to_string(next_) + " was due");
            has_begun_ = true;
            next_ = number + 1;
        }
    }
    bool has_reached(std::size_t number) const noexcept { return has_begun_ && next_ > number; }

private:
    const Room& room_;
    bool has_begun_ = false;
    std::size_t next_ = 0;
};

/// Enters, says its words, and leaves when it has heard the last of them. `room` is looked at to
/// check, never to communicate.
inline Task<void> take_part(Runner& runner, const Room& room, simulation::Random& random,
                            const MemberPlan& plan, MemberRecord& record) {
    Session& session = co_await this_session();
    Mailbox mailbox(session, plan.capacity, plan.overflow);
    mailbox.note_blocked(plan.is_slow);
    Membership membership(runner, mailbox);
    View view(room);
    const std::string last_word = plan.name + ' ' + std::to_string(plan.words - 1);
    std::size_t said = 0;
    for (;;) {
        for (std::size_t words = random.between(0, 2); words > 0 && said < plan.words; --words)
            membership.tell(plan.name + ' ' + std::to_string(said++));
        record.said_all = said == plan.words;
        const bool looks = !plan.is_slow || record.said_all || random.once_in(4);
        const Mailbox::Post post = looks ? mailbox.take() : Mailbox::Post();
        view.check(post);
        record.disconnected = post.closed;
        record.heard_all = record.said_all && view.has_reached(room.place_of(last_word));
        if (post.closed || record.heard_all)
            co_return;
        Wait wait; // once all is said, only a wake-up ends it: a lost one is a hang
        if (!record.said_all)
            wait.deadline = session.now() + std::chrono::milliseconds(random.between(0, 20));
        co_await until(wait);
    }
}

} // namespace tern::test
