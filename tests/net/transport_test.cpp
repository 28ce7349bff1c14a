// One conformance test for every transport: whatever carries the bytes, sessions see the same.

#include "tests/harness/temporary_folder.h"
#include "tests/net/pairs.h"

#include "common/session/wait.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <array>
#include <string>

using namespace tern;
using net::Progress;
using test::read;
using test::Simulated;
using test::TcpSocket;
using test::Tls;
using test::UnixSocket;
using test::write;

namespace {

using Outcome = Progress::Outcome;

/// Waits for the kernel, where one is in between, to have moved everything.
void wait_until_readable(const net::Transport& transport) {
    if (transport.descriptor() >= simulation::first_number)
        return;
    pollfd interest = {transport.descriptor(), POLLIN, 0};
    REQUIRE(::poll(&interest, 1, 100'000) == 1);
}

// --- what they have to do --------------------------------------------------------------------

/// Reads until `wanted` bytes are there; what stops it before is the test's failure.
std::string read_all(net::Transport& transport, std::size_t wanted, std::size_t portion) {
    std::string all;
    while (all.size() < wanted) {
        wait_until_readable(transport);
        Progress progress = read(transport, all, portion);
        while (progress.outcome == Outcome::moved && transport.has_buffered_input())
            progress = read(transport, all, portion);
        if (progress.outcome != Outcome::moved && progress.outcome != Outcome::blocked)
            break;
    }
    return all;
}

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
    return text;
}

/// How a read that has nothing more to say ends; the bytes before it go to `all`.
Outcome end_of(net::Transport& transport, std::string& all) {
    for (;;) {
        wait_until_readable(transport);
        const Progress progress = read(transport, all);
        if (progress.outcome == Outcome::ended || progress.outcome == Outcome::failed)
            return progress.outcome;
    }
}

} // namespace

TYPE_TO_STRING(UnixSocket);
TYPE_TO_STRING(TcpSocket);
TYPE_TO_STRING(Tls);
TYPE_TO_STRING(Simulated<false>);
TYPE_TO_STRING(Simulated<true>);
#define EVERY_TRANSPORT UnixSocket, TcpSocket, Tls, Simulated<false>, Simulated<true>

TEST_SUITE("net/transport") {
    TEST_CASE_TEMPLATE("reading where nothing is there is blocked until there is", T,
                       EVERY_TRANSPORT) {
        T pair;
        std::string all;
        const Progress progress = read(*pair.transport, all);
        CHECK(progress.outcome == Outcome::blocked);
        CHECK(progress.interest == POLLIN);
        CHECK_FALSE(pair.transport->has_buffered_input());
        CHECK(pair.peer->send("now") == 3);
        CHECK(read_all(*pair.transport, 3, 100) == "now");
    }

    TEST_CASE_TEMPLATE("bytes arrive in order however small the reads", T, EVERY_TRANSPORT) {
        T pair;
        const std::string sent = pattern(3000);
        for (const std::size_t portion : {1U, 7U, 4096U}) {
            REQUIRE(pair.peer->send(sent) == sent.size());
            CHECK(read_all(*pair.transport, sent.size(), portion) == sent);
        }
    }

    TEST_CASE_TEMPLATE("pieces are written as one text, the empty ones too", T, EVERY_TRANSPORT) {
        T pair;
        std::array<std::string, 5> texts = {"", "head ", "", "body ", "tail"};
        std::array<iovec, 5> pieces;
        for (std::size_t i = 0; i < texts.size(); ++i)
            pieces[i] = {texts[i].data(), texts[i].size()};
        const Progress progress = pair.transport->write(pieces);
        CHECK(progress.outcome == Outcome::moved);
        CHECK(progress.bytes == 14);
        CHECK(pair.peer->receive() == "head body tail");
    }

    TEST_CASE_TEMPLATE("a full pipe blocks the writer, loses nothing, and drains", T,
                       EVERY_TRANSPORT) {
        T pair;
        const std::string sent = pattern(std::size_t{8} << 20);
        std::string received;
        std::size_t written = 0;
        std::size_t blocked = 0;
        while (received.size() < sent.size()) {
            const Progress progress =
                written < sent.size()
                    ? write(*pair.transport, std::string_view(sent).substr(written))
                    : Progress::blocked(POLLOUT);
            REQUIRE(progress.outcome != Outcome::failed);
            written += progress.bytes;
            if (progress.outcome == Outcome::blocked) {
                CHECK(progress.interest == POLLOUT);
                ++blocked;
                received += pair.peer->receive();
            }
        }
        CHECK(blocked > 1);
        CHECK(written == sent.size());
        CHECK((received == sent));
    }

    TEST_CASE_TEMPLATE("a file is sent from its offset; one that is too short fails", T,
                       EVERY_TRANSPORT) {
        T pair;
        const test::TemporaryFolder folder;
        const std::string content = pattern(5000);
        test::write_file(folder / "file", content);
        const UniqueFd file(::open((folder / "file").c_str(), O_RDONLY | O_CLOEXEC));
        std::size_t sent = 100;
        while (sent < content.size()) {
            const Progress progress = pair.transport->send_file(
                file.get(), static_cast<off_t>(sent), content.size() - sent);
            REQUIRE(progress.outcome == Outcome::moved);
            sent += progress.bytes;
        }
        CHECK(pair.peer->receive() == content.substr(100));
        const Progress beyond = pair.transport->send_file(file.get(), 5000, 10);
        CHECK(beyond.outcome == Outcome::failed);
        CHECK(beyond.error == std::errc::io_error);
    }

    TEST_CASE_TEMPLATE("the peer's end comes after its last byte, again and again", T,
                       EVERY_TRANSPORT) {
        T pair;
        pair.peer->send("last words");
        pair.peer->end();
        std::string all;
        CHECK(end_of(*pair.transport, all) == Outcome::ended);
        CHECK(all == "last words");
        CHECK(read(*pair.transport, all).outcome == Outcome::ended);
    }

    TEST_CASE_TEMPLATE("after the peer's end one can still write", T, EVERY_TRANSPORT) {
        T pair;
        pair.peer->end();
        std::string all;
        CHECK(end_of(*pair.transport, all) == Outcome::ended);
        CHECK(write(*pair.transport, "an answer").outcome == Outcome::moved);
        CHECK(pair.peer->receive() == "an answer");
    }

    TEST_CASE_TEMPLATE("shutting down tells the peer, and twice does no harm", T, EVERY_TRANSPORT) {
        T pair;
        write(*pair.transport, "goodbye");
        CHECK(pair.transport->shut_down().outcome == Outcome::moved);
        CHECK(pair.peer->receive() == "goodbye");
        CHECK(pair.peer->ended());
        pair.transport->shut_down();
    }

    TEST_CASE_TEMPLATE("a reset fails reads and writes, and shutting down survives it", T,
                       EVERY_TRANSPORT) {
        T pair;
        pair.peer->send("unread");
        write(*pair.transport, "unread as well");
        pair.peer->reset();
        std::string all;
        end_of(*pair.transport, all);
        Progress progress = write(*pair.transport, "into the void");
        for (int times = 0; times < 3 && progress.outcome == Outcome::moved; ++times)
            progress = write(*pair.transport, "into the void");
        CHECK(progress.outcome == Outcome::failed);
        CHECK(progress.error);
        pair.transport->shut_down();
    }

    TEST_CASE_TEMPLATE("the hint for edge-triggered strategies keeps its promise", T,
                       EVERY_TRANSPORT) {
        T pair;
        net::Transport& transport = *pair.transport;
        std::string all;
        CHECK_FALSE(transport.was_waited_for());
        read(transport, all);
        CHECK((transport.interest(POLLIN).revents & still_armed) == 0); // never registered
        CHECK(transport.was_waited_for());
        CHECK((transport.interest(POLLIN).events & POLLIN) != 0);
        transport.observe(POLLIN);
        CHECK((transport.interest(POLLIN).revents & still_armed) == 0); // not tried since
        transport.observe(0);
        read(transport, all);
        CHECK((transport.interest(POLLIN).revents & still_armed) != 0);
        CHECK_FALSE(transport.is_silent());
        transport.observe(0); // woken: nothing has come
        CHECK(transport.is_silent());
        CHECK((transport.interest(POLLIN).revents & still_armed) != 0);
        transport.observe(POLLIN);
        CHECK_FALSE(transport.is_silent());
        CHECK((transport.interest(POLLIN).revents & still_armed) == 0);
        transport.observe(POLLIN);
        read(transport, all);
        transport.observe(0); // a wait for something else: what has come is not known
        CHECK_FALSE(transport.is_silent());
        CHECK((transport.interest(POLLIN).revents & still_armed) == 0);
        transport.observe(POLLIN);
        read(transport, all);
        CHECK((transport.interest(POLLOUT).revents & still_armed) == 0); // another direction
        transport.observe(POLLOUT);
        read(transport, all);
        CHECK((transport.interest(POLLIN).revents & still_armed) == 0); // which has replaced it
    }

    TEST_CASE_TEMPLATE("input that is left over after a read is not taken for drained", T,
                       EVERY_TRANSPORT) {
        T pair;
        std::string all;
        read(*pair.transport, all);
        pair.transport->interest(POLLIN);
        pair.peer->send("more than is read at once");
        wait_until_readable(*pair.transport);
        pair.transport->observe(POLLIN);
        CHECK(read(*pair.transport, all, 4).outcome == Outcome::moved);
        const bool armed = (pair.transport->interest(POLLIN).revents & still_armed) != 0;
        CHECK_FALSE(armed);
    }

    TEST_CASE_TEMPLATE("the end that comes with the last bytes is not waited for as an edge", T,
                       EVERY_TRANSPORT) {
        T pair;
        std::string all;
        read(*pair.transport, all);
        pair.transport->interest(POLLIN);
        pair.peer->send("last");
        pair.peer->end();
        pollfd interest = {pair.transport->descriptor(), POLLIN | POLLRDHUP, 0};
        if (interest.fd < simulation::first_number)
            ::poll(&interest, 1, 100'000);
        else
            interest.revents = POLLIN | POLLRDHUP;
        pair.transport->observe(interest.revents);
        CHECK(read(*pair.transport, all).outcome == Outcome::moved);
        const bool promised = (pair.transport->interest(POLLIN).revents & still_armed) != 0;
        std::string more;
        const bool is_there = read(*pair.transport, more).outcome != Outcome::blocked;
        CHECK_FALSE((promised && is_there));
    }
}
