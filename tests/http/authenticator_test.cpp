#include "servers/http/authenticator.h"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace tern::http;
using Verdict = Authenticator::Verdict;

const AuthenticationSettings two_users = {
    "the $realm",
    {{"ann", "$5$tern$RgCskODogPKC0MfTiFEq28uhwB8h648eX8tyIBCpIW9"},
     {"bob", "$6$tern$.fNxDwPJHcSBwQGMMN3jhkAUq3NdUo1tW9Cv.UxXnovH8UZjEXnBhwhVILf2/"
             "KcAxrg7Ri4emJlRFZy7qvUX1/"}}};

constexpr const char* ann = "Basic YW5uOnNlY3JldA==";     // ann:secret
constexpr const char* bob = "Basic Ym9iOnBhc3M6d29yZA=="; // bob:pass:word
constexpr const char* wrong = "Basic YW5uOndyb25n";       // ann:wrong
constexpr const char* eve = "Basic ZXZlOnNlY3JldA==";     // eve:secret

std::string decoded(std::string_view authorization) {
    const auto credentials = credentials_from(authorization);
    return credentials ? credentials->name + "|" + credentials->password : "none";
}

} // namespace

TEST_SUITE("http/authenticator") {

    TEST_CASE("the digest is SipHash-2-4-128 as its authors publish it") {
        const KeyedDigest digest({0x0706050403020100, 0x0f0e0d0c0b0a0908});
        CHECK(digest("") == Digest{0xe6a825ba047f81a3, 0x930255c71472f66d});
        CHECK(digest(std::string(1, '\0')) == Digest{0x44af996bd8c187da, 0x45fc229b11597634});
        const KeyedDigest other;
        CHECK(other("12345678") == other("12345678"));
        CHECK(other("12345678") != other("1234567"));
        CHECK(other("a") != KeyedDigest()("a")); // another key
    }

    TEST_CASE("credentials") {
        CHECK(decoded("Basic YTpi") == "a|b");
        CHECK(decoded("bAsIc YTpiOmM=") == "a|b:c");
        CHECK(decoded("Basic Og==") == "|");
        for (const char* none : {"", "Basic", "Basic ", "Bearer YTpi", "Basic YTpi=", "Basic YTp",
                                 "Basic YT*i", "Basic YWI=", "Basic YQA6Yg==", "Basic YTpi YTpi"}) {
            CAPTURE(none);
            CHECK(decoded(none) == "none");
        }
    }

    TEST_CASE("hashes that libcrypt knows, and others") {
        CHECK(is_password_hash("$6$tern$x"));
        CHECK(is_password_hash("$2b$05$abcdefghijklmnopqrstuu"));
        CHECK(is_password_hash("$y$j9T$abcdefgh$"));
        for (const char* none : {"", "secret", "*", "!", "$99$a$b"}) {
            CAPTURE(none);
            CHECK_FALSE(is_password_hash(none));
        }
    }

    TEST_CASE("who knows a password is let in; nobody else is") {
        Authenticator authenticator(two_users);
        CHECK(authenticator.check(ann) == Verdict::granted);
        CHECK(authenticator.check(bob) == Verdict::granted);
        CHECK(authenticator.check(wrong) == Verdict::refused);
        CHECK(authenticator.check(eve) == Verdict::refused);
        CHECK(authenticator.check("") == Verdict::refused);
        CHECK(authenticator.check(ann) == Verdict::granted);
    }

    TEST_CASE("the same credentials are hashed once; a name that nobody has costs as much") {
        Authenticator authenticator(two_users);
        for (int i = 0; i < 100; ++i) {
            CHECK(authenticator.check(ann) == Verdict::granted);
            CHECK(authenticator.check(wrong) == Verdict::refused);
            CHECK(authenticator.check("Basic !") == Verdict::refused);
        }
        CHECK(authenticator.hashings() == 2);
        authenticator.check(eve);
        CHECK(authenticator.hashings() == 3);
    }

    TEST_CASE("passwords cannot be tried without end, and friends still come in meanwhile") {
        AuthenticationSettings slow = two_users;
        slow.users["eve"] = "$6$rounds=200000$tern$x"; // no password has this one
        Authenticator authenticator(slow);
        CHECK(authenticator.check(ann) == Verdict::granted);
        std::size_t tried = 0;
        std::string guess = "Basic ZXZlOmFh"; // eve:aa, and so on
        Verdict verdict = Verdict::refused;
        while (verdict == Verdict::refused && tried < 4'096) {
            constexpr std::string_view letters = "BCDEFGHIJKLMNOPQRSTUVWXYZabcdefg";
            guess[guess.size() - 1] = letters[tried % 32];
            guess[guess.size() - 3] = letters[tried / 32 % 32];
            verdict = authenticator.check(guess);
            ++tried;
        }
        CHECK(verdict == Verdict::busy);
        CHECK(authenticator.check(ann) == Verdict::granted);
        CHECK(authenticator.hashings() <= tried);
    }

    TEST_CASE("the challenge") {
        CHECK(Authenticator(two_users).challenge() ==
              "Basic realm=\"the $realm\", charset=\"UTF-8\"");
    }

} // TEST_SUITE
