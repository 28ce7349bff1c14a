// The frames between a forked child and its parent.

#include "common/hub/hub_frame.h"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>

using namespace tern;
using Kind = HubFrame::Kind;

TEST_SUITE("hub/hub_frame") {
    TEST_CASE("what was encoded is decoded") {
        const std::array<Member, 1> one = {7};
        const std::array<Member, 3> several = {1, 0xffffffffffffffff, 42};
        const std::string binary("a\0b\xff", 4);
        for (const Kind kind : {Kind::enter, Kind::tell, Kind::leave, Kind::deliver}) {
            const std::string bytes = encode(kind, one, binary);
            const auto frame = decode_hub_frame(bytes);
            REQUIRE(frame.has_value());
            CHECK(frame->kind == kind);
            CHECK(frame->members == std::vector<Member>{7});
            CHECK(frame->message == binary);
        }
        const std::string bytes = encode(Kind::deliver, several, "");
        const auto frame = decode_hub_frame(bytes);
        REQUIRE(frame.has_value());
        CHECK(frame->members == std::vector<Member>(several.begin(), several.end()));
        CHECK(frame->message.empty());
    }

    TEST_CASE("a delivery may be for nobody; what a member does is of one member") {
        const std::array<Member, 2> two = {1, 2};
        const std::string nobody = encode(Kind::deliver, {}, "m");
        REQUIRE(decode_hub_frame(nobody).has_value());
        CHECK(decode_hub_frame(nobody)->members.empty());
        for (const Kind kind : {Kind::enter, Kind::tell, Kind::leave}) {
            CHECK_FALSE(decode_hub_frame(encode(kind, {}, "m")).has_value());
            CHECK_FALSE(decode_hub_frame(encode(kind, two, "m")).has_value());
        }
    }

    TEST_CASE("a frame that is cut short anywhere in its head is none") {
        const std::array<Member, 3> members = {1, 2, 3};
        const std::string bytes = encode(Kind::deliver, members, "");
        for (std::size_t size = 0; size < bytes.size(); ++size)
            CHECK_FALSE(decode_hub_frame(bytes.substr(0, size)).has_value());
    }

    TEST_CASE("random bytes are refused or decoded, and never read beyond") {
        std::mt19937 random(1);
        std::size_t decoded = 0;
        for (int times = 0; times < 100'000; ++times) {
            std::string bytes(random() % 40, '\0');
            for (char& byte : bytes)
                byte = static_cast<char>(random() % 4 == 0 ? random() : random() % 6);
            bytes.shrink_to_fit();
            const auto frame = decode_hub_frame(bytes);
            if (!frame)
                continue;
            ++decoded;
            REQUIRE(encode(frame->kind, frame->members, frame->message) == bytes);
        }
        CHECK(decoded > 0);
    }
}
