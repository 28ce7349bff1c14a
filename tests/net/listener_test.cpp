// Listening sockets: what they bind, whom they accept, and what they say when they cannot.

#include "tests/harness/temporary_folder.h"
#include "tests/net/self_signed.h"

#include "common/net/listener.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/stat.h>

#include <array>
#include <string>
#include <vector>

using namespace tern;
using net::Listener;
using net::ListenerSettings;

namespace {

ListenerSettings at(std::string address, std::uint16_t port = 0) {
    ListenerSettings settings;
    settings.name = "main";
    settings.address = std::move(address);
    settings.port = port;
    return settings;
}

UniqueFd connect_to(const net::Address& address) {
    UniqueFd client(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_storage storage;
    const socklen_t length = address.store(storage);
    if (::connect(client.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0)
        client.reset();
    return client;
}

bool has_client(const Listener& listener) {
    pollfd interest = {listener.descriptor(), POLLIN, 0};
    return ::poll(&interest, 1, 0) == 1;
}

bool machine_has_ipv6() {
    const UniqueFd socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in6 loopback = {};
    loopback.sin6_family = AF_INET6;
    loopback.sin6_addr = in6addr_loopback;
    return socket &&
           ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&loopback), sizeof loopback) == 0;
}

int option(int socket, int level, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    ::getsockopt(socket, level, name, &value, &length);
    return value;
}

} // namespace

TEST_SUITE("net/listener") {
    TEST_CASE("a client is accepted with its address, non-blocking and closed on exec") {
        const Listener listener(at("127.0.0.1"));
        CHECK(listener.address().port() != 0);
        CHECK(listener.address().host() == "127.0.0.1");
        CHECK(listener.name() == "main");
        CHECK_FALSE(listener.encrypted());
        CHECK(listener.accept().error() == std::errc::operation_would_block);
        const UniqueFd client = connect_to(listener.address());
        REQUIRE(client);
        Result<net::Accepted> accepted = listener.accept();
        REQUIRE(accepted.has_value());
        CHECK(accepted->peer.host() == "127.0.0.1");
        CHECK(accepted->peer.port() != 0);
        const int socket = accepted->socket.get();
        CHECK((::fcntl(socket, F_GETFL) & O_NONBLOCK) != 0);
        CHECK((::fcntl(socket, F_GETFD) & FD_CLOEXEC) != 0);
        CHECK(option(socket, IPPROTO_TCP, TCP_NODELAY) != 0);
        CHECK(listener.accept().error() == std::errc::operation_would_block);
    }

    TEST_CASE("a client that is to speak first is accepted when it has spoken") {
        net::ListenerSettings settings = at("127.0.0.1");
        settings.defer_accept_s = 60;
        Listener listener(settings);
        Listener sibling = listener.sibling();
        std::vector<UniqueFd> clients;
        for (int i = 0; i < 8; ++i) // so that each of the two has some
            REQUIRE(clients.emplace_back(connect_to(listener.address())));
        CHECK_FALSE(has_client(listener));
        CHECK_FALSE(has_client(sibling));
        for (const UniqueFd& client : clients)
            REQUIRE(::send(client.get(), "x", 1, 0) == 1);
        pollfd arrivals[] = {{listener.descriptor(), POLLIN, 0}, {sibling.descriptor(), POLLIN, 0}};
        for (std::size_t accepted = 0; accepted < clients.size();) {
            REQUIRE(::poll(arrivals, 2, -1) > 0);
            for (const Listener* each : {&listener, &sibling})
                accepted += each->accept().has_value() ? 1 : 0;
        }
    }

    TEST_CASE("IPv6 works, and leaves the same port of IPv4 to others") {
        if (!machine_has_ipv6()) {
            MESSAGE("skipped: this machine has no IPv6");
            return;
        }
        const Listener six(at("::"));
        const UniqueFd client =
            connect_to(net::Address::parse("::1", six.address().port()).value());
        REQUIRE(client);
        CHECK(six.accept().value().peer.host() == "::1");
        const auto is_left = [] {
            const Listener another(at("::"));
            try {
                const Listener four(at("0.0.0.0", another.address().port()));
                return true;
            } catch (const std::system_error&) {
                return false;
            }
        };
        bool once = false; // a port may be in use there by others
        for (int tries = 0; tries < 20 && !once; ++tries)
            once = is_left();
        CHECK(once);
    }

    TEST_CASE("Unix sockets work by path and by abstract name") {
        const test::TemporaryFolder folder;
        const std::string path = (folder / "tern.sock").string();
        for (const std::string& address : {path, "@" + path}) {
            CAPTURE(address);
            const Listener listener(at(address));
            CHECK(listener.address().to_string() == address);
            const UniqueFd client = connect_to(listener.address());
            REQUIRE(client);
            CHECK(listener.accept().value().peer.to_string() == "unix");
        }
    }

    TEST_CASE("an address in use is an error that names it") {
        const Listener first(at("127.0.0.1"));
        const std::string address = first.address().to_string();
        const auto second = [&] {
            const Listener listener(at("127.0.0.1", first.address().port()));
        };
        CHECK_THROWS_WITH_AS(second(), doctest::Contains(address.c_str()), std::system_error);
        try {
            second();
        } catch (const std::system_error& error) {
            CHECK(error.code() == std::errc::address_in_use);
        }
    }

    TEST_CASE("an address that is none, or not ours, is an error that names it") {
        CHECK_THROWS_WITH_AS(Listener(at("nowhere")), doctest::Contains("nowhere"),
                             std::system_error);
        CHECK_THROWS_WITH_AS(Listener(at("192.0.2.1")), doctest::Contains("192.0.2.1"),
                             std::system_error);
        CHECK_THROWS_WITH_AS(Listener(at("/nonexistent/folder/socket")),
                             doctest::Contains("/nonexistent/folder/socket"), std::system_error);
    }

    TEST_CASE("the socket file of a dead server is replaced, a live one's is not") {
        const test::TemporaryFolder folder;
        const std::string path = (folder / "tern.sock").string();
        { const Listener dead(at(path)); }
        struct stat status = {};
        REQUIRE(::stat(path.c_str(), &status) == 0); // it left its file behind
        const Listener live(at(path));
        CHECK(connect_to(live.address()));
        CHECK_THROWS_AS(Listener(at(path)), std::system_error);
        CHECK(connect_to(live.address()));
    }

    TEST_CASE("a file that is no socket is never removed") {
        const test::TemporaryFolder folder;
        test::write_file(folder / "precious", "data");
        CHECK_THROWS_AS(Listener(at((folder / "precious").string())), std::system_error);
        CHECK(test::read_file(folder / "precious") == "data");
    }

    TEST_CASE("siblings share the clients of an address, and its name") {
        Listener first(at("127.0.0.1"));
        SUBCASE("as they are made") {}
        SUBCASE("reserved before; one that nobody wants gets no clients") {
            first.reserve_siblings(2);
        }
        const Listener second = first.sibling();
        CHECK(second.address() == first.address());
        CHECK(second.descriptor() != first.descriptor());
        CHECK(&second.name() == &first.name());
        std::vector<UniqueFd> clients;
        int of_first = 0;
        int of_second = 0;
        for (int i = 0; i < 64; ++i) {
            clients.push_back(connect_to(first.address()));
            REQUIRE(clients.back());
            pollfd arrivals[] = {{first.descriptor(), POLLIN, 0}, {second.descriptor(), POLLIN, 0}};
            REQUIRE(::poll(arrivals, 2, -1) > 0);
            of_first += has_client(first) && first.accept().has_value();
            of_second += has_client(second) && second.accept().has_value();
        }
        CHECK(of_first + of_second == 64);
        CHECK(of_first > 0);
        CHECK(of_second > 0);
    }

    TEST_CASE("a Unix socket's sibling is the same socket, and outlives it") {
        const test::TemporaryFolder folder;
        Listener first(at((folder / "tern.sock").string()));
        const Listener second = first.sibling();
        first.close();
        const UniqueFd client = connect_to(second.address());
        REQUIRE(client);
        CHECK(second.accept().has_value());
    }

    TEST_CASE("a closed listener refuses") {
        Listener listener(at("127.0.0.1"));
        listener.close();
        CHECK_FALSE(connect_to(listener.address()));
    }

    TEST_CASE("with a certificate the transports speak TLS, and siblings share it") {
        const test::SelfSigned certificate;
        ListenerSettings settings = at("127.0.0.1");
        settings.tls = certificate.settings();
        Listener listener(settings);
        CHECK(listener.encrypted());
        CHECK(listener.sibling().encrypted());
        const UniqueFd client = connect_to(listener.address());
        const auto transport = listener.transport(std::move(listener.accept().value().socket));
        const net::Progress progress = transport->handshake(); // a plain one would be done
        CHECK(progress.outcome == net::Progress::Outcome::blocked);
        settings.tls->key = "/nonexistent/key.pem";
        CHECK_THROWS_WITH(static_cast<void>(Listener{settings}),
                          doctest::Contains("/nonexistent/key.pem"));
    }
}
