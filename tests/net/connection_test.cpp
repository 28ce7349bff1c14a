// A connection as sessions use it, driven by hand: every wait is looked at before it ends.

#include "tests/harness/temporary_folder.h"

#include "common/base/unique_fd.h"
#include "common/net/connection.h"
#include "common/simulation/network.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

using namespace tern;
using namespace std::chrono_literals;
using net::Awakening;
using net::Connection;
using net::Progress;

namespace {

using Body = std::function<Task<void>(Connection&)>;

Task<void> converse(const Body& body, std::unique_ptr<net::Transport> transport) {
    Session& session = co_await this_session();
    Connection connection(session, std::move(transport), {});
    co_await body(connection);
}

/// One session with one connection, and the test as its strategy and its client.
class Hand final : private Waker {
public:
    explicit Hand(Body wanted, const simulation::LinkSetup& setup = {}) : body(std::move(wanted)) {
        auto ends = network.connect(fine, fine, setup);
        client = std::move(ends.client);
        server_number = ends.server->descriptor();
        session.emplace(converse(body, std::move(ends.server)));
        session->set_waker(*this);
        session->set_time(time);
    }

    /// Resumes, having set what is ready; null when the conversation is over.
    Wait* resume() {
        if (wait != nullptr)
            for (pollfd& interest : wait->interests)
                interest.revents = network.poll_level(interest);
        wait = session->resume();
        return wait;
    }
    /// As a strategy, as long as there is something to do.
    Wait* run() {
        while (resume() != nullptr && is_ready()) {
        }
        return wait;
    }
    bool is_ready() const {
        bool ready = wait->deadline <= time.now();
        for (const pollfd& interest : wait->interests)
            ready = ready || network.poll_level(interest) != 0;
        return ready;
    }
    void send(std::string_view text) {
        const iovec piece = {const_cast<char*>(text.data()), text.size()};
        REQUIRE(client->write({&piece, 1}).bytes == text.size());
    }
    std::string receive(std::size_t most = std::string::npos) {
        std::string all;
        std::array<char, 4096> buffer;
        while (all.size() < most) {
            const std::span<char> room(buffer.data(), std::min(buffer.size(), most - all.size()));
            const Progress progress = client->read(room);
            if (progress.outcome != Progress::Outcome::moved)
                break;
            all.append(buffer.data(), progress.bytes);
        }
        return all;
    }

    const Body body; ///< the session refers to it
    simulation::VirtualTime time;
    simulation::Network network{time};
    simulation::Weather fine;
    std::unique_ptr<simulation::SimulatedTransport> client;
    int server_number = -1;
    Wait* wait = nullptr;
    std::vector<int> closed;
    std::optional<Session> session;

private:
    void wake() noexcept override {}
    void closing(int descriptor) noexcept override {
        closed.push_back(descriptor);
        network.closing(descriptor);
    }
};

} // namespace

TEST_SUITE("net/connection") {
    TEST_CASE("read waits for input until its deadline") {
        std::vector<std::string> seen;
        const auto body = [&](Connection& connection) -> Task<void> {
            return [](Connection& own, std::vector<std::string>& heard) -> Task<void> {
                std::array<char, 10> buffer;
                for (;;) {
                    const auto got = co_await own.read(buffer, own.now() + 5s);
                    if (!got) {
                        heard.push_back(got.error().message());
                        co_return;
                    }
                    heard.emplace_back(buffer.data(), *got);
                }
            }(connection, seen);
        };
        SUBCASE("which passes") {
            Hand hand(body);
            REQUIRE(hand.run() != nullptr);
            REQUIRE(hand.wait->interests.size() == 1);
            CHECK(hand.wait->interests[0].fd == hand.server_number);
            CHECK((hand.wait->interests[0].events & POLLIN) != 0);
            CHECK((hand.wait->interests[0].events & POLLOUT) == 0);
            CHECK(hand.wait->deadline == hand.time.now() + 5s);
            hand.send("hello");
            REQUIRE(hand.run() != nullptr);
            hand.time.advance(4s);
            REQUIRE(hand.resume() != nullptr); // woken, but there is time left
            CHECK(hand.wait->deadline == hand.time.now() + 1s);
            hand.time.advance(1s);
            CHECK(hand.run() == nullptr);
            CHECK(seen == std::vector<std::string>{
                              "hello", make_error_code(Condition::timed_out).message()});
        }
        SUBCASE("or until the client ends") {
            Hand hand(body);
            hand.send("bye");
            hand.client->shut_down();
            CHECK(hand.run() == nullptr);
            CHECK(seen ==
                  std::vector<std::string>{"bye", make_error_code(Condition::closed).message()});
        }
        SUBCASE("or breaks the connection") {
            Hand hand(body);
            hand.run();
            hand.client->reset();
            CHECK(hand.run() == nullptr);
            CHECK(seen == std::vector<std::string>{
                              std::make_error_code(std::errc::connection_reset).message()});
        }
    }

    TEST_CASE("write goes on until all is written, whatever the client takes at a time") {
        const std::string text(1000, 'w');
        Result<void> result = make_error_code(Condition::closed);
        const auto body = [&](Connection& connection) -> Task<void> {
            return [](Connection& own, const std::string& all, Result<void>& out) -> Task<void> {
                out = co_await own.write(all, 5s);
            }(connection, text, result);
        };
        simulation::LinkSetup narrow;
        narrow.capacity = 30;
        Hand hand(body, narrow);
        std::string received;
        while (hand.run() != nullptr) {
            CHECK((hand.wait->interests[0].events & POLLOUT) != 0);
            CHECK(hand.wait->deadline == hand.time.now() + 5s);
            hand.time.advance(4s); // slow, but never silent
            received += hand.receive(30);
        }
        received += hand.receive();
        CHECK(result.has_value());
        CHECK(received == text);
    }

    TEST_CASE("patience is for progress: wake-ups do not prolong it") {
        const std::string text(1000, 'w');
        Result<void> result = Result<void>();
        const auto body = [&](Connection& connection) -> Task<void> {
            return [](Connection& own, const std::string& all, Result<void>& out) -> Task<void> {
                out = co_await own.write(all, 5s);
            }(connection, text, result);
        };
        simulation::LinkSetup narrow;
        narrow.capacity = 30;
        Hand hand(body, narrow);
        REQUIRE(hand.run() != nullptr);
        for (int wakes = 0; wakes < 4; ++wakes) {
            hand.time.advance(1s);
            REQUIRE(hand.resume() != nullptr);
        }
        hand.time.advance(1s);
        CHECK(hand.resume() == nullptr);
        CHECK(result.has_error());
        CHECK(result.error() == Condition::timed_out);
    }

    TEST_CASE("a client that has ended its side and does not read is waited for, not spun on") {
        const std::string text(1000, 'w');
        const auto body = [&](Connection& connection) -> Task<void> {
            return [](Connection& own, const std::string& all) -> Task<void> {
                std::array<char, 10> buffer;
                co_await own.read(buffer, no_deadline);
                co_await own.write(all, 5s);
            }(connection, text);
        };
        simulation::LinkSetup narrow;
        narrow.capacity = 30;
        Hand hand(body, narrow);
        hand.send("x");
        hand.client->shut_down();
        std::size_t resumes = 0;
        while (resumes < 100 && hand.resume() != nullptr && hand.is_ready())
            ++resumes;
        CHECK(resumes < 5);
        REQUIRE(hand.wait != nullptr);
        hand.time.advance(5s);
        CHECK(hand.resume() == nullptr);
    }

    TEST_CASE("pieces are written as one, and a file behind them") {
        const test::TemporaryFolder folder;
        test::write_file(folder / "file", "0123456789");
        const UniqueFd file(::open((folder / "file").c_str(), O_RDONLY | O_CLOEXEC));
        std::string errors;
        const auto body = [&](Connection& connection) -> Task<void> {
            return [](Connection& own, int descriptor, std::string& out) -> Task<void> {
                std::array<std::string, 3> texts = {"head ", "", "body "};
                std::array<iovec, 3> pieces;
                for (std::size_t i = 0; i < texts.size(); ++i)
                    pieces[i] = {texts[i].data(), texts[i].size()};
                const auto written = co_await own.write(pieces, 5s);
                const auto sent = co_await own.send_file(descriptor, 3, 4, 5s);
                const auto beyond = co_await own.send_file(descriptor, 8, 4, 5s);
                out = written && sent ? "" : "failed";
                out += beyond ? "sent what is not there" : "";
            }(connection, file.get(), errors);
        };
        simulation::LinkSetup narrow;
        narrow.capacity = 3;
        Hand hand(body, narrow);
        std::string received;
        while (hand.run() != nullptr)
            received += hand.receive();
        received += hand.receive();
        CHECK(received == "head body 345689");
        CHECK(errors.empty());
    }

    TEST_CASE("who does much without waiting gives others their turn") {
        SUBCASE("after sixteen operations") {
            int operations = 0;
            const auto body = [&](Connection& connection) -> Task<void> {
                return [](Connection& own, int& count) -> Task<void> {
                    std::array<char, 1> byte;
                    while (own.try_read(byte).outcome == Progress::Outcome::moved)
                        ++count;
                    const Progress blocked = own.try_read(byte);
                    const Awakening awakening =
                        co_await own.progress_possible(blocked, own.now() + 1h);
                    CHECK(awakening == Awakening::ready);
                    while (own.try_read(byte).outcome == Progress::Outcome::moved)
                        ++count;
                }(connection, operations);
            };
            Hand hand(body);
            hand.send(std::string(100, 'x'));
            REQUIRE(hand.resume() != nullptr);
            CHECK(operations == 16);
            CHECK(hand.wait->interests.empty());
            CHECK(hand.wait->deadline <= hand.time.now());
            CHECK(hand.resume() == nullptr);
            CHECK(operations == 32);
        }
        SUBCASE("after a mebibyte") {
            std::size_t moved = 0;
            const auto body = [&](Connection& connection) -> Task<void> {
                return [](Connection& own, std::size_t& count) -> Task<void> {
                    const std::string text(std::size_t{700} << 10, 'x');
                    const iovec piece = {const_cast<char*>(text.data()), text.size()};
                    for (;;) {
                        const Progress progress = own.try_write({&piece, 1});
                        if (progress.outcome != Progress::Outcome::moved)
                            co_return;
                        count += progress.bytes;
                    }
                }(connection, moved);
            };
            simulation::LinkSetup wide;
            wide.capacity = std::size_t{64} << 20;
            Hand hand(body, wide);
            CHECK(hand.resume() == nullptr);
            CHECK(moved == std::size_t{1400} << 10);
        }
    }

    TEST_CASE("an idle wait ends for input, the deadline, a wake-up, and the server's stop") {
        std::optional<Awakening> last;
        const auto body = [&](Connection& connection) -> Task<void> {
            return [](Connection& own, std::optional<Awakening>& out) -> Task<void> {
                const Clock::time_point deadline = own.now() + 5s;
                do
                    out = co_await own.input_while_idle(deadline);
                while (out == Awakening::woken);
            }(connection, last);
        };
        Hand hand(body);
        REQUIRE(hand.resume() != nullptr);
        REQUIRE(hand.resume() != nullptr);
        CHECK(last == Awakening::woken);
        SUBCASE("input") {
            hand.send("x");
            CHECK(hand.resume() == nullptr);
            CHECK(last == Awakening::ready);
        }
        SUBCASE("the client's end") {
            hand.client->shut_down();
            CHECK(hand.resume() == nullptr);
            CHECK(last == Awakening::ready);
        }
        SUBCASE("the deadline") {
            hand.time.advance(5s);
            CHECK(hand.resume() == nullptr);
            CHECK(last == Awakening::late);
        }
        SUBCASE("the server's stop") {
            hand.session->finish_when_idle();
            CHECK(hand.resume() == nullptr);
            CHECK(last == Awakening::finishing);
        }
        SUBCASE("input that came before the server's stop was seen") {
            hand.send("x");
            hand.session->finish_when_idle();
            CHECK(hand.resume() == nullptr);
            CHECK(last == Awakening::ready);
        }
    }

    TEST_CASE("an idle wait does not even begin when the server is stopping") {
        std::optional<Awakening> first;
        const auto body = [&](Connection& connection) -> Task<void> {
            return [](Connection& own, std::optional<Awakening>& out) -> Task<void> {
                CHECK(own.finishing());
                out = co_await own.input_while_idle(no_deadline);
            }(connection, first);
        };
        Hand hand(body);
        hand.session->finish_when_idle();
        CHECK(hand.resume() == nullptr);
        CHECK(first == Awakening::finishing);
    }

    TEST_CASE("a close that lingers is hurried when the server asks to finish, once") {
        const auto body = [](Connection& connection) -> Task<void> {
            connection.linger();
            co_await connection.close(1h);
        };
        Hand hand(body);
        REQUIRE(hand.run() != nullptr);
        hand.time.advance(59min);
        REQUIRE(hand.run() != nullptr);
        hand.session->finish_when_idle();
        REQUIRE(hand.resume() != nullptr);
        for (int wakings = 0; wakings < 4; ++wakings) {
            hand.time.advance(249ms);
            REQUIRE(hand.resume() != nullptr);
        }
        hand.time.advance(4ms);
        CHECK(hand.run() == nullptr);
    }

    TEST_CASE("input that the transport holds back ends an idle wait without the descriptor") {
        std::string heard;
        const auto body = [&](Connection& connection) -> Task<void> {
            return [](Connection& own, std::string& out) -> Task<void> {
                std::array<char, 4> buffer;
                while (out.size() < 10) {
                    const Awakening awakening = co_await own.input_while_idle(own.now() + 5s);
                    if (awakening == Awakening::late)
                        co_return;
                    const Progress progress = own.try_read(buffer);
                    out.append(buffer.data(), progress.bytes);
                }
            }(connection, heard);
        };
        simulation::LinkSetup like_tls;
        like_tls.reads_ahead = true;
        Hand hand(body, like_tls);
        hand.run();
        hand.send("0123456789");
        CHECK(hand.run() == nullptr);
        CHECK(heard == "0123456789");
    }

    TEST_CASE("closing ends our side; lingering waits for the client's end, within patience") {
        bool lingers = false;
        const auto body = [&](Connection& connection) -> Task<void> {
            return [](Connection& own, const bool& wanted) -> Task<void> {
                co_await own.write("last words", 5s);
                if (wanted)
                    own.linger();
                co_await own.close(2s);
            }(connection, lingers);
        };
        SUBCASE("without lingering it is over at once") {
            Hand hand(body);
            CHECK(hand.run() == nullptr);
            CHECK(hand.receive() == "last words");
        }
        lingers = true;
        SUBCASE("what the client still says is swallowed, so that it hears our last words") {
            Hand hand(body);
            hand.send("something we never read");
            REQUIRE(hand.run() != nullptr);
            CHECK(hand.receive() == "last words");
            hand.send("and more");
            REQUIRE(hand.run() != nullptr);
            hand.client->shut_down();
            CHECK(hand.run() == nullptr);
        }
        SUBCASE("a client that never ends is left after the patience, talkative or not") {
            Hand hand(body);
            for (int times = 0; times < 4; ++times) {
                hand.send("blah");
                REQUIRE(hand.run() != nullptr);
                hand.time.advance(499ms);
            }
            hand.send("blah");
            hand.time.advance(4ms);
            CHECK(hand.run() == nullptr);
        }
        SUBCASE("a client that has gone is not waited for") {
            Hand hand(body);
            hand.client->shut_down();
            CHECK(hand.run() == nullptr);
        }
    }

    TEST_CASE("the strategy hears of a descriptor that closes, if it was waited for") {
        const auto waits = [](Connection& connection) -> Task<void> {
            std::array<char, 10> buffer;
            co_await connection.read(buffer, no_deadline);
        };
        const auto does_not_wait = [](Connection& connection) -> Task<void> {
            connection.linger();
            co_return;
        };
        Hand waiting(waits);
        waiting.run();
        waiting.send("x");
        CHECK(waiting.closed.empty());
        waiting.run();
        CHECK(waiting.closed == std::vector<int>{waiting.server_number});
        CHECK(waiting.network.unannounced() == 0);

        Hand destroyed(waits);
        destroyed.run();
        destroyed.session.reset();
        CHECK(destroyed.closed == std::vector<int>{destroyed.server_number});

        Hand quick(does_not_wait);
        CHECK(quick.run() == nullptr);
        CHECK(quick.closed.empty());
    }

    TEST_CASE("is_over tells a client that is gone from one that is silent") {
        std::vector<bool> over;
        const auto body = [&](Connection& connection) -> Task<void> {
            return [](Connection& own, std::vector<bool>& out) -> Task<void> {
                std::array<char, 10> buffer;
                for (int times = 0; times < 2; ++times) {
                    own.try_read(buffer);
                    out.push_back(own.is_over());
                }
                co_await own.read(buffer, no_deadline);
                out.push_back(own.is_over());
            }(connection, over);
        };
        Hand hand(body);
        hand.send("x");
        hand.run();
        hand.client->shut_down();
        hand.run();
        CHECK(over == std::vector<bool>{false, false, true});
    }
}
