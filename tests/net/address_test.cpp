// Addresses: what people write, what the kernel says, and who shares a limit.

#include "common/net/address.h"

#include <doctest/doctest.h>
#include <sys/un.h>

#include <string>

using namespace tern;
using net::Address;

namespace {

Address parse(std::string_view text, std::uint16_t port = 80) {
    const Result<Address> address = Address::parse(text, port);
    REQUIRE_MESSAGE(address.has_value(), std::string(text));
    return *address;
}

} // namespace

TEST_SUITE("net/address") {
    TEST_CASE("addresses are written as a person writes them") {
        CHECK(parse("127.0.0.1").to_string() == "127.0.0.1:80");
        CHECK(parse("::1").to_string() == "[::1]:80");
        CHECK(parse("2001:DB8:0::0001", 8080).to_string() == "[2001:db8::1]:8080");
        CHECK(parse("/run/tern.sock").to_string() == "/run/tern.sock");
        CHECK(parse("@tern").to_string() == "@tern");
        CHECK(parse("127.0.0.1").host() == "127.0.0.1");
        CHECK(parse("::").host() == "::");
    }

    TEST_CASE("what is no address is an error") {
        for (const char* text : {"", "localhost", "127.0.0.1.2", "127.0.0", "1.2.3.4:80", "[::1]",
                                 ":::", "127.0.0.1%lo", "256.0.0.1", " 127.0.0.1"}) {
            CAPTURE(text);
            const Result<Address> address = Address::parse(text, 80);
            REQUIRE(address.has_error());
            CHECK(address.error() == std::errc::invalid_argument);
        }
        CHECK(Address::parse("/" + std::string(200, 'x'), 0).error() ==
              std::errc::filename_too_long);
    }

    TEST_CASE("what the kernel gets is what it gives back") {
        for (const char* text :
             {"127.0.0.1", "::1", "fe80::1%1", "2001:db8::5", "/run/a b.sock", "@abstract", "/x"}) {
            CAPTURE(text);
            const Address address = parse(text, 4711);
            sockaddr_storage storage;
            const socklen_t length = address.store(storage);
            CHECK(Address::from(storage, length) == address);
            CHECK(storage.ss_family == address.family());
        }
    }

    TEST_CASE("paths of every length that fits come back whole") {
        for (std::size_t length = 1; length < sizeof(sockaddr_un::sun_path); ++length) {
            for (const char first : {'/', '@'}) {
                const std::string path = first + std::string(length - 1, 'p');
                const Address address = parse(path);
                sockaddr_storage storage;
                const socklen_t size = address.store(storage);
                CHECK(Address::from(storage, size).host() == path);
            }
        }
    }

    TEST_CASE("an unnamed Unix peer has a word for a name") {
        sockaddr_storage storage = {};
        storage.ss_family = AF_UNIX;
        const Address address = Address::from(storage, sizeof(sa_family_t));
        CHECK(address.host() == "unix");
        CHECK(address.to_string() == "unix");
        CHECK(address.port() == 0);
    }

    TEST_CASE("limits are shared by an IPv4 address, an IPv6 /64, and by no Unix sockets") {
        CHECK(parse("192.0.2.1", 1).limit_key() == parse("192.0.2.1", 2).limit_key());
        CHECK(parse("192.0.2.1").limit_key() != parse("192.0.2.2").limit_key());
        CHECK(parse("2001:db8::1").limit_key() == parse("2001:db8::ffff:1").limit_key());
        CHECK(parse("2001:db8:0:1::1").limit_key() != parse("2001:db8:0:3::1").limit_key());
        CHECK(parse("::ffff:192.0.2.1").limit_key() == parse("192.0.2.1").limit_key());
        CHECK(parse("/run/tern.sock").limit_key() == 0);
        CHECK(parse("@tern").limit_key() == 0);
        CHECK(parse("::1").limit_key() != 0);
        CHECK(parse("0.0.0.0").limit_key() != 0);
    }

    TEST_CASE("neighbouring IPv6 networks do not share a limit") {
        CHECK(parse("2001:db8:0:2::1").limit_key() != parse("2001:db8:0:3::1").limit_key());
        const auto high = parse("2001:db8:0:8000::1").limit_key();
        CHECK(high != parse("2001:db8:0:8001::1").limit_key());
        CHECK(parse("2001:db8::1").limit_key() != parse("2001:db9::1").limit_key());
        CHECK(parse("2001:db8::1").limit_key() != parse("2101:db8::1").limit_key());
    }
}
