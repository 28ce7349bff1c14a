// What only TLS has: records that hold input back, versions, ALPN, and ends that are no ends.

#include "tests/net/pairs.h"

#include "common/base/result.h"
#include "common/net/connection.h"

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

using namespace tern;
using net::Progress;
using test::read;
using test::Tls;

namespace {

using Outcome = Progress::Outcome;

/// A server that reads ahead, and a client whose bytes a test carries over itself.
struct Carried {
    Carried() {
        auto [servers, to_server] = test::unix_pair();
        auto [clients, to_client] = test::unix_pair();
        server = std::make_unique<net::TlsTransport>(std::move(servers), context);
        client = std::make_unique<test::TlsPeer>(std::move(clients), test::TlsOffer());
        beside_server = std::make_unique<test::SocketPeer>(std::move(to_server));
        beside_client = std::make_unique<test::SocketPeer>(std::move(to_client));
        bool client_is_done = false;
        for (bool server_is_done = false; !server_is_done || !client_is_done;) {
            client_is_done = client->handshake() || client_is_done;
            beside_server->send(beside_client->receive());
            server_is_done = server->handshake().outcome == Outcome::moved;
            beside_client->send(beside_server->receive());
        }
    }
    static net::TlsSettings reading_ahead(net::TlsSettings settings) {
        settings.read_ahead = true;
        return settings;
    }
    test::SelfSigned certificate;
    net::TlsContext context{reading_ahead(certificate.settings())};
    std::unique_ptr<net::TlsTransport> server;
    std::unique_ptr<test::TlsPeer> client;
    std::unique_ptr<test::SocketPeer> beside_server;
    std::unique_ptr<test::SocketPeer> beside_client;
};

} // namespace

TEST_SUITE("net/tls") {
    TEST_CASE("a record that is read in part is buffered input") {
        Tls pair;
        pair.peer->send("a whole record");
        std::string all;
        CHECK(read(*pair.transport, all, 4).outcome == Outcome::moved);
        CHECK(pair.transport->has_buffered_input());
        pollfd interest = {pair.transport->descriptor(), POLLIN, 0};
        CHECK(::poll(&interest, 1, 0) == 0); // the descriptor is silent
        read(*pair.transport, all, 100);
        CHECK(all == "a whole record");
        CHECK_FALSE(pair.transport->has_buffered_input());
    }

    TEST_CASE("a whole record that was read ahead is buffered input, a part of one is not") {
        Carried pair;
        pair.client->send("one");
        pair.client->send("two");
        std::string records = pair.beside_client->receive();
        const std::string rest = records.substr(records.size() - 1);
        records.pop_back();
        pair.beside_server->send(records);
        std::string all;
        CHECK(read(*pair.server, all).outcome == Outcome::moved);
        CHECK(all == "one");
        CHECK(pair.server->has_buffered_input()); // nobody can know yet what it is worth
        CHECK(read(*pair.server, all).outcome == Outcome::blocked);
        CHECK_FALSE(pair.server->has_buffered_input());
        pair.beside_server->send(rest);
        CHECK(read(*pair.server, all).outcome == Outcome::moved);
        CHECK(all == "onetwo");
        CHECK_FALSE(pair.server->has_buffered_input());
    }

    TEST_CASE("one write makes several records, of large pieces and of small ones") {
        Tls pair;
        std::string text;
        for (int number = 0; text.size() < 60'000; ++number)
            text += std::to_string(number) + ' ';
        std::vector<iovec> pieces;
        for (std::size_t begin = 0, size = 1; begin < text.size(); begin += size, size *= 3) {
            size = std::min(size, text.size() - begin);
            pieces.push_back({text.data() + begin, size});
        }
        const Progress progress = pair.transport->write(pieces);
        CHECK(progress.outcome == Outcome::moved);
        CHECK(progress.bytes == text.size());
        CHECK(pair.peer->receive() == text);
    }

    TEST_CASE("a write that is blocked between two records loses and repeats nothing") {
        Tls pair;
        std::string small(10'000, 'a');
        std::string large(20'000, 'b');
        const std::string whole = small + large + small;
        std::string all;
        std::size_t written = 0;
        for (int round = 0; round < 50; ++round) {
            for (std::size_t begin = 0; begin < whole.size();) {
                std::array pieces = {iovec{small.data(), small.size()},
                                     iovec{large.data(), large.size()},
                                     iovec{small.data(), small.size()}};
                const Progress progress = pair.transport->write(net::consume(pieces, begin));
                REQUIRE(progress.outcome != Outcome::failed);
                if (progress.outcome == Outcome::blocked)
                    all += pair.peer->receive();
                begin += progress.bytes;
            }
            written += whole.size();
        }
        all += pair.peer->receive();
        REQUIRE(all.size() == written);
        for (std::size_t begin = 0; begin < written; begin += whole.size())
            REQUIRE((all.compare(begin, whole.size(), whole) == 0));
    }

    TEST_CASE("an end without close_notify is a cut, not an end") {
        auto [ours, theirs] = test::unix_pair();
        const test::SelfSigned certificate;
        const net::TlsContext context(certificate.settings());
        net::TlsTransport server(std::move(ours), context);
        test::TlsPeer client(std::move(theirs), {});
        REQUIRE(test::shake_hands(server, client));
        client.send("half of a con");
        client.cut();
        std::string all;
        CHECK(read(server, all).outcome == Outcome::moved);
        const Progress progress = read(server, all);
        CHECK(progress.outcome == Outcome::failed);
        CHECK(progress.error == Condition::truncated);
        server.shut_down();
    }

    TEST_CASE("the server's preference decides the protocol, and nothing in common fails") {
        const test::SelfSigned certificate;
        net::TlsSettings settings = certificate.settings();
        settings.alpn = {"h2", "http/1.1"};
        const net::TlsContext context(settings);
        const auto agreed = [&](const std::string& offered) -> std::string {
            auto [ours, theirs] = test::unix_pair();
            net::TlsTransport server(std::move(ours), context);
            test::TlsPeer client(std::move(theirs), {offered});
            if (!test::shake_hands(server, client))
                return "refused";
            CHECK(server.alpn() == client.alpn());
            return server.alpn();
        };
        CHECK(agreed("\x08http/1.1\x02h2") == "h2");
        CHECK(agreed("\x08http/1.1") == "http/1.1");
        CHECK(agreed("") == "");
        CHECK(agreed("\x04spdy") == "refused");
    }

    TEST_CASE("versions below the minimum are refused") {
        const test::SelfSigned certificate;
        net::TlsSettings settings = certificate.settings();
        const auto shakes = [&](const char* minimum, int highest) {
            settings.minimum_version = minimum;
            const net::TlsContext context(settings);
            auto [ours, theirs] = test::unix_pair();
            net::TlsTransport server(std::move(ours), context);
            test::TlsPeer client(std::move(theirs), {"", highest});
            return test::shake_hands(server, client);
        };
        CHECK(shakes("1.2", 0x0304));
        CHECK(shakes("1.2", 0x0303));
        CHECK_FALSE(shakes("1.2", 0x0302));
        CHECK(shakes("1.3", 0x0304));
        CHECK_FALSE(shakes("1.3", 0x0303));
    }

    TEST_CASE("a client that does not speak TLS fails the handshake") {
        const test::SelfSigned certificate;
        const net::TlsContext context(certificate.settings());
        auto [ours, theirs] = test::unix_pair();
        net::TlsTransport server(std::move(ours), context);
        test::SocketPeer client(std::move(theirs));
        client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        const Progress progress = server.handshake();
        CHECK(progress.outcome == Outcome::failed);
        CHECK(progress.error);
        server.shut_down();
    }

    TEST_CASE("files that are missing, not readable or do not belong together are named") {
        const test::SelfSigned one;
        const test::SelfSigned other;
        net::TlsSettings settings = one.settings();
        settings.certificate = "/nonexistent/certificate.pem";
        CHECK_THROWS_WITH(static_cast<void>(net::TlsContext{settings}),
                          doctest::Contains("/nonexistent/"));
        settings = one.settings();
        settings.key = "/nonexistent/key.pem";
        CHECK_THROWS_WITH(static_cast<void>(net::TlsContext{settings}),
                          doctest::Contains("/nonexistent/key.pem"));
        settings.key = one.certificate();
        CHECK_THROWS_AS(static_cast<void>(net::TlsContext{settings}), net::TlsFileError);
        settings.key = other.key();
        CHECK_THROWS_WITH(static_cast<void>(net::TlsContext{settings}),
                          doctest::Contains(other.key().c_str()));
    }
}
