// What PASV tells whom.

#include "generated/ftp_schema.h"
#include "servers/ftp/settings.h"

#include <doctest/doctest.h>

#include <string>

using namespace tern;
using namespace tern::ftp;

namespace {

FtpSettings settings(const std::string& passive) {
    return settings_from(
        Configuration::from_text(R"({"listeners": [{"name": "a"}], "passive": )" + passive + "}",
                                 "ftp.json", generated::ftp_schema));
}

std::string told(const FtpSettings& settings, const char* client) {
    return settings.passive.address.for_client(*net::Address::parse(client, 1),
                                               *net::Address::parse("192.0.2.1", 2));
}

} // namespace

TEST_SUITE("ftp/advertised_address") {
    TEST_CASE(
        "the first network that fits decides, then the address for all, then the one reached") {
        CHECK(told(settings("{}"), "10.1.2.3") == "192.0.2.1");
        const FtpSettings all = settings(R"({"address": "203.0.113.7", "networks": [
            {"clients": "10.1.0.0/16", "address": "10.1.0.1"},
            {"clients": "10.0.0.0/8", "address": ""},
            {"clients": "127.0.0.1", "address": "localhost"}]})");
        CHECK(told(all, "10.1.2.3") == "10.1.0.1");
        CHECK(told(all, "10.2.2.3") == "192.0.2.1");
        CHECK(told(all, "127.0.0.1") == "127.0.0.1");
        CHECK(told(all, "127.0.0.2") == "203.0.113.7");
    }

    TEST_CASE("what nobody could connect to is refused at start") {
        for (const char* bad : {R"({"address": "0.0.0.0"})", R"({"address": "no such host."})",
                                R"({"networks": [{"clients": "10.0.0.0/33", "address": ""}]})",
                                R"({"networks": [{"clients": "ten", "address": ""}]})"})
            CHECK_THROWS_AS(settings(bad), ConfigurationError);
    }
}
