// Rooms full of members, under one runner or many, in this process and across channels.

#include "tests/simulation/room.h"

#include "common/hub/child_link.h"
#include "common/hub/local_runner.h"
#include "common/hub/remote_runner.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <deque>
#include <optional>
#include <string>

namespace tern::rooms_test {

using namespace tern;
using namespace std::chrono_literals;
using simulation::Simulation;
using test::MemberPlan;
using test::MemberRecord;
using test::require;

namespace {

/// A runner of this process, with its postman.
struct LocalHouse {
    std::optional<LocalRunner> runner;
};

Task<void> deliver_when_woken(LocalHouse& house) {
    Wait wait;
    for (;;) {
        co_await until(wait);
        house.runner->deliver_post();
    }
}

/// A forked child, as far as the hub can tell: its end of the channel and those who live behind.
struct Child {
    explicit Child(net::Channel channel)
        : socket(channel.descriptor()), runner(std::move(channel)) {}
    const int socket;
    RemoteRunner runner;
    std::size_t members = 0;
    Waker* postman = nullptr;
};

Task<void> deliver_from_channel(std::shared_ptr<Child> child) {
    while (child->members > 0 && child->runner.descriptor() >= 0) {
        std::array<pollfd, 1> interests = {pollfd{child->runner.descriptor(), POLLIN, 0}};
        Wait wait;
        wait.interests = interests;
        co_await until(wait);
        child->runner.deliver_post();
    }
}

struct Guest {
    MemberPlan plan;
    MemberRecord record;
    bool was_killed = false;
};

/// Keeps its child alive as long as it lives itself.
Task<void> live_in(std::shared_ptr<Child> child, const test::Room& room, simulation::Random& random,
                   Guest& guest) {
    co_await test::take_part(child->runner, room, random, guest.plan, guest.record);
    if (--child->members == 0)
        child->postman->wake();
}

class RoomWorld {
public:
    explicit RoomWorld(std::uint64_t seed) : simulation_(seed) {}

    void run(std::size_t houses, std::size_t children) {
        simulation::Random& random = simulation_.random();
        for (std::size_t i = 0; i < houses; ++i)
            open_house(i);
        for (std::size_t i = 0; i < children; ++i)
            start_child(i);
        if (children > 1 && random.once_in(3))
            simulation_.at(simulation_.time().now() + std::chrono::milliseconds(random.below(60)),
                           [this] { kill_child(0); });
        simulation_.run();
        for (const Guest& guest : guests_)
            check(guest);
        require(room_.members() == 0, "somebody is still in the room");
    }

private:
    Guest& invite(const std::string& name, std::size_t most_words) {
        simulation::Random& random = simulation_.random();
        Guest& guest = guests_.emplace_back();
        guest.plan.name = name;
        guest.plan.words = random.between(1, most_words);
        guest.plan.is_slow = random.once_in(3);
        if (guest.plan.is_slow && random.once_in(2)) {
            guest.plan.capacity = random.between(1, 8);
            guest.plan.overflow = random.once_in(2) ? Overflow::disconnect : Overflow::drop_oldest;
        }
        return guest;
    }

    void open_house(std::size_t number) {
        LocalHouse& house = houses_.emplace_back();
        Waker& postman = simulation_.host("postman " + std::to_string(number),
                                          deliver_when_woken(house), Simulation::Kind::background);
        house.runner.emplace(&hub_, postman);
        simulation::Random& random = simulation_.random();
        for (std::size_t members = random.between(1, 6); members > 0; --members) {
            Guest& guest = invite("local" + std::to_string(guests_.size()), 12);
            simulation_.host(guest.plan.name, test::take_part(*house.runner, room_, random,
                                                              guest.plan, guest.record));
        }
    }

    void start_child(std::size_t number) {
        auto [parents, childs] = net::Channel::make();
        simulation_.host("link " + std::to_string(number),
                         serve_child_link(hub_, std::move(parents)));
        const auto child = std::make_shared<Child>(std::move(childs));
        children_.push_back(child);
        simulation::Random& random = simulation_.random();
        child->members = random.between(1, 3);
        for (std::size_t i = 0; i < child->members; ++i) {
            Guest& guest = invite("child" + std::to_string(number) + '-' + std::to_string(i), 8);
            simulation_.host(guest.plan.name, live_in(child, room_, random, guest));
        }
        child->postman = &simulation_.host("childs postman " + std::to_string(number),
                                           deliver_from_channel(child));
    }

    /// SIGKILL: the channel ends in the middle of whatever was said, and nobody takes leave.
    void kill_child(std::size_t number) {
        const std::shared_ptr<Child> child = children_[number].lock();
        if (!child)
            return;
        ::shutdown(child->socket, SHUT_RDWR);
        simulation_.abandon("childs postman " + std::to_string(number));
        const std::string prefix = "child" + std::to_string(number) + '-';
        for (Guest& guest : guests_)
            if (guest.plan.name.starts_with(prefix))
                guest.was_killed = simulation_.abandon(guest.plan.name) || guest.was_killed;
    }

    void check(const Guest& guest) const {
        const std::string& name = guest.plan.name;
        if (guest.was_killed)
            return;
        if (guest.record.disconnected) {
            require(guest.plan.overflow == Overflow::disconnect && guest.plan.capacity < 1000,
                    name + " was disconnected without cause");
            return;
        }
        require(guest.record.said_all && guest.record.heard_all, name + " did not hear all");
    }

    test::Room room_;
    LocalHub hub_{room_};
    std::deque<Guest> guests_;
    std::deque<LocalHouse> houses_;
    std::vector<std::weak_ptr<Child>> children_;
    Simulation simulation_; ///< last: its sessions refer to the rest
};

} // namespace

TEST_SUITE("simulation/rooms") {
    TEST_CASE("under one runner everybody hears everything in the same order") {
        test::for_each_seed("rooms of one runner",
                            [](std::uint64_t seed) { RoomWorld(seed).run(1, 0); });
    }

    TEST_CASE("across runners of one process too") {
        test::for_each_seed("rooms of several runners",
                            [](std::uint64_t seed) { RoomWorld(seed).run(2 + seed % 3, 0); });
    }

    TEST_CASE("and across processes, some of which are killed") {
        test::for_each_seed("rooms of several processes", [](std::uint64_t seed) {
            RoomWorld(seed).run(seed % 2, 1 + seed % 4);
        });
    }
}

} // namespace tern::rooms_test
