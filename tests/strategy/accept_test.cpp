// The accept loop: whom it welcomes and refuses, how it ends, and what it does when it cannot.

#include "tests/base/child.h"
#include "tests/strategy/sockets.h"
#include "tests/strategy/test_log.h"

#include "common/strategy/accept.h"
#include "common/strategy/reactor.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace tern::accept_test {

using namespace tern;
using namespace std::chrono_literals;
using strategy::AcceptTrouble;
using strategy::Admission;
using strategy::Client;

namespace {

net::Listener listen_here() {
    net::ListenerSettings settings;
    settings.name = "main";
    settings.address = "127.0.0.1";
    return net::Listener(settings);
}

UniqueFd connect_to(const net::Listener& listener) {
    UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_storage storage;
    const socklen_t length = listener.address().store(storage);
    if (::connect(client.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0)
        throw std::runtime_error("connect");
    return client;
}

class Recorder final : public strategy::Reception {
public:
    void welcome(Client client) override {
        if (fails)
            throw std::runtime_error("out of everything");
        welcomed.push_back(std::move(client));
    }
    void refuse(Client client) override { refused.push_back(std::move(client)); }
    bool can_watch(int) const noexcept override { return watches; }

    bool fails = false;
    bool watches = true;
    std::vector<Client> welcomed;
    std::vector<Client> refused;
};

struct Fixture {
    explicit Fixture(std::size_t limit = 1000, std::size_t per_address = 0)
        : admission(limit, per_address, metrics) {
        listeners.push_back(listen_here());
        listeners.push_back(listen_here());
    }
    /// The accept loop as a session, driven by hand.
    void start() {
        session.emplace(strategy::accept_clients(listeners, reception, admission, log.log()));
        wait = session->resume();
    }
    void step() {
        for (pollfd& interest : wait->interests)
            interest.revents = 0;
        ::poll(wait->interests.data(), wait->interests.size(), 0);
        wait = session->resume();
    }
    test::TestLog log;
    Metrics metrics;
    Admission admission;
    std::vector<net::Listener> listeners;
    Recorder reception;
    std::optional<Session> session;
    Wait* wait = nullptr;
};

} // namespace

TEST_SUITE("strategy/accept") {
    TEST_CASE("clients of all listeners are welcomed, with what is known of them") {
        Fixture fixture;
        fixture.start();
        REQUIRE(fixture.wait != nullptr);
        CHECK(fixture.wait->interests.size() == 2);
        const UniqueFd one = connect_to(fixture.listeners[0]);
        const UniqueFd other = connect_to(fixture.listeners[1]);
        fixture.step();
        REQUIRE(fixture.reception.welcomed.size() == 2);
        const net::Endpoints& endpoints = fixture.reception.welcomed[0].endpoints;
        CHECK(endpoints.listener == "main");
        CHECK(endpoints.peer.host() == "127.0.0.1");
        CHECK(endpoints.local == fixture.listeners[0].address());
        CHECK_FALSE(endpoints.encrypted);
        CHECK(endpoints.id != fixture.reception.welcomed[1].endpoints.id);
        CHECK(fixture.admission.connections() == 2);
        fixture.reception.welcomed.clear();
        CHECK(fixture.admission.connections() == 0);
    }

    TEST_CASE("past the limits clients are refused, with the reason in the log") {
        Fixture fixture(2, 1);
        fixture.start();
        const UniqueFd one = connect_to(fixture.listeners[0]);
        const UniqueFd two = connect_to(fixture.listeners[0]);
        fixture.step();
        CHECK(fixture.reception.welcomed.size() == 1);
        CHECK(fixture.reception.refused.size() == 1);
        CHECK(fixture.log.says("too many connections from this address"));
        CHECK(fixture.admission.connections() == 1);
    }

    TEST_CASE("asked to finish, it takes in those who are connected already, and closes") {
        Fixture fixture;
        fixture.start();
        std::vector<UniqueFd> clients;
        for (int i = 0; i < 100; ++i)
            clients.push_back(connect_to(fixture.listeners[static_cast<std::size_t>(i % 2)]));
        fixture.session->finish_when_idle();
        CHECK(fixture.session->resume() == nullptr);
        CHECK(fixture.reception.welcomed.size() == 100);
        for (const net::Listener& listener : fixture.listeners)
            CHECK(listener.descriptor() == -1);
    }

    TEST_CASE("many clients at once do not keep others from their turn") {
        Fixture fixture;
        fixture.start();
        std::vector<UniqueFd> clients;
        for (int i = 0; i < 150; ++i)
            clients.push_back(connect_to(fixture.listeners[0]));
        fixture.step();
        const std::size_t first = fixture.reception.welcomed.size();
        CHECK(first > 0);
        CHECK(first < 150);
        while (fixture.reception.welcomed.size() < 150)
            fixture.step();
    }

    TEST_CASE("a reception that fails costs one client, not the loop") {
        Fixture fixture;
        fixture.start();
        fixture.reception.fails = true;
        const UniqueFd one = connect_to(fixture.listeners[0]);
        fixture.step();
        CHECK(fixture.log.says("out of everything"));
        CHECK(fixture.admission.connections() == 0);
        fixture.reception.fails = false;
        const UniqueFd two = connect_to(fixture.listeners[0]);
        fixture.step();
        CHECK(fixture.reception.welcomed.size() == 1);
    }

    TEST_CASE("a client whom the strategy cannot watch is let go, and counts for nothing") {
        Fixture fixture;
        fixture.start();
        fixture.reception.watches = false;
        const UniqueFd one = connect_to(fixture.listeners[0]);
        fixture.step();
        CHECK(fixture.reception.welcomed.empty());
        CHECK(fixture.reception.refused.empty());
        CHECK(fixture.log.says("too large"));
        CHECK(fixture.admission.connections() == 0);
    }

    TEST_CASE("without descriptors it pauses, says so once, and serves again when they return") {
        const pid_t child = test::fork_child([] {
            Fixture fixture;
            fixture.start();
            const UniqueFd client = connect_to(fixture.listeners[0]);
            std::vector<UniqueFd> hoard;
            rlimit limit = {};
            ::getrlimit(RLIMIT_NOFILE, &limit);
            limit.rlim_cur = 64;
            ::setrlimit(RLIMIT_NOFILE, &limit);
            for (int copy = ::dup(2); copy >= 0; copy = ::dup(2))
                hoard.emplace_back(copy);
            int wrong = 0;
            fixture.step();
            wrong |= !fixture.reception.welcomed.empty() ? 1 : 0;
            // It does not wait for the listener, which is ready all the time.
            wrong |= !fixture.wait->interests.empty() ? 2 : 0;
            const Clock::duration pause = fixture.wait->deadline - Clock::now();
            wrong |= pause <= 0ms || pause > 1s ? 4 : 0;
            hoard.clear();
            while (fixture.reception.welcomed.empty())
                if (Clock::now() >= fixture.wait->deadline)
                    fixture.step();
            wrong |= fixture.wait->interests.size() != 2 ? 8 : 0;
            wrong |= !fixture.log.says("cannot accept on 127.0.0.1:") ? 16 : 0;
            wrong |= fixture.log.lines() != 1 ? 32 : 0;
            ::_exit(wrong);
        });
        const int status = test::wait_for(child);
        CHECK(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 0);
    }

    TEST_CASE("pauses double up to a second, and begin anew after a success") {
        test::TestLog log;
        AcceptTrouble trouble(log.log());
        const net::Listener listener = listen_here();
        const std::error_code error = std::make_error_code(std::errc::too_many_files_open);
        Clock::time_point now{1h};
        Clock::duration last = 0ms;
        for (int times = 0; times < 12; ++times) {
            const Clock::duration pause = trouble.pause_after(error, listener, now);
            CHECK((pause == std::min<Clock::duration>(last * 2, 1s) || times == 0));
            last = pause;
            now += pause;
        }
        CHECK(last == 1s);
        CHECK(log.lines() >= 1);
        CHECK(log.lines() <= 4); // within some seven seconds
        trouble.over();
        CHECK(trouble.pause_after(error, listener, now) < 100ms);
    }

    TEST_CASE("errors of one client who is gone are no trouble") {
        using std::errc;
        for (const errc error : {errc::connection_aborted, errc::protocol_error,
                                 errc::host_unreachable, errc::interrupted})
            CHECK(AcceptTrouble::is_the_clients(std::make_error_code(error)));
        for (const errc error : {errc::too_many_files_open, errc::too_many_files_open_in_system,
                                 errc::not_enough_memory, errc::no_buffer_space,
                                 errc::bad_file_descriptor, errc::invalid_argument})
            CHECK_FALSE(AcceptTrouble::is_the_clients(std::make_error_code(error)));
    }
}

} // namespace tern::accept_test
