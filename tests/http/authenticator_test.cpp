#include "common/base/password.h"
#include "servers/http/authenticator.h"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace tern::authenticator_test {

namespace {

using namespace std::chrono_literals;
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

constexpr tern::Clock::time_point some_time(24h);

/// Hashes nothing, and says that it took long. Knows the passwords of ann and bob.
struct SlowHasher {
    explicit SlowHasher(tern::Clock::duration each) : taken(each) {}
    Hasher hasher() {
        return [this](const std::string& password, const std::string& hash) {
            ++count;
            const bool is_right =
                hash.starts_with("$5$") ? password == "secret" : password == "pass:word";
            return Hashing{is_right ? Hashing::Outcome::same : Hashing::Outcome::different, taken};
        };
    }
    const tern::Clock::duration taken;
    std::atomic<int> count = 0;
};

/// "Basic", and a user and a password in base64.
std::string basic(std::string_view credentials) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text = "Basic ";
    for (; !credentials.empty();
         credentials.remove_prefix(std::min<std::size_t>(credentials.size(), 3))) {
        unsigned bits = 0;
        for (std::size_t i = 0; i < 3; ++i)
            bits = bits << 8 |
                   (i < credentials.size() ? static_cast<unsigned char>(credentials[i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            text += i <= credentials.size() ? alphabet[bits >> (18 - 6 * i) & 63] : '=';
    }
    return text;
}

/// Another one for each number.
std::string guess(int number) { return basic("eve:" + std::to_string(number)); }

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

    TEST_CASE("credentials that are too long, or have control characters") {
        CHECK(decoded(basic("a:" + std::string(1'000, 'b'))) == "a|" + std::string(1'000, 'b'));
        CHECK(decoded(basic("a:" + std::string(2'000, 'b'))) == "none");
        for (const char c : {'\n', '\r', '\t', '\x1f', '\x7f'}) {
            CHECK(decoded(basic(std::string("a:b") + c)) == "none");
            CHECK(decoded(basic(c + std::string("a:b"))) == "none");
        }
        CHECK(decoded(basic("\u00e4:\u00f6")) == "\u00e4|\u00f6"); // UTF-8
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
        CHECK(tern::is_password_hash("$6$tern$x"));
        CHECK(tern::is_password_hash("$2b$05$abcdefghijklmnopqrstuu"));
        CHECK(tern::is_password_hash("$y$j9T$abcdefgh$"));
        for (const char* none : {"", "secret", "*", "!", "$99$a$b"}) {
            CAPTURE(none);
            CHECK_FALSE(tern::is_password_hash(none));
        }
    }

    TEST_CASE("who knows a password is let in; nobody else is") {
        Authenticator authenticator(two_users);
        CHECK(authenticator.check(ann, some_time) == Verdict::granted);
        CHECK(authenticator.check(bob, some_time) == Verdict::granted);
        CHECK(authenticator.check(wrong, some_time) == Verdict::refused);
        CHECK(authenticator.check("", some_time) == Verdict::refused);
        CHECK(authenticator.check(ann, some_time) == Verdict::granted);
        // Whatever the machine's speed, all is paid back in an hour.
        CHECK(authenticator.check(eve, some_time + 1h) == Verdict::refused);
    }

    TEST_CASE("libcrypt's verdict") {
        const std::string& hash = two_users.users.at("ann");
        CHECK(hash_with_libcrypt("secret", hash).outcome == Hashing::Outcome::same);
        CHECK(hash_with_libcrypt("secret ", hash).outcome == Hashing::Outcome::different);
        CHECK(hash_with_libcrypt("", hash).outcome == Hashing::Outcome::different);
        CHECK(hash_with_libcrypt(std::string(600, 'a'), hash).outcome ==
              Hashing::Outcome::different);
        CHECK(hash_with_libcrypt("secret", hash).taken > 0ns);
    }

    TEST_CASE("the same credentials are hashed once; a name that nobody has costs as much") {
        SlowHasher slow(1ms);
        Authenticator authenticator(two_users, slow.hasher());
        for (int i = 0; i < 100; ++i) {
            CHECK(authenticator.check(ann, some_time) == Verdict::granted);
            CHECK(authenticator.check(wrong, some_time) == Verdict::refused);
            CHECK(authenticator.check("Basic !", some_time) == Verdict::refused);
        }
        CHECK(slow.count == 2);
        authenticator.check(eve, some_time);
        CHECK(slow.count == 3);
    }

    TEST_CASE("hashing takes half a second at once and then a tenth of the time, no more") {
        SlowHasher slow(50ms);
        Authenticator authenticator(two_users, slow.hasher());
        CHECK(authenticator.check(ann, some_time) == Verdict::granted);
        CHECK(authenticator.check(basic("bob:wrong"), some_time) == Verdict::refused);
        for (int i = 0; i < 100; ++i)
            authenticator.check(guess(i), some_time);
        CHECK(slow.count == 10);
        CHECK(authenticator.check(guess(100), some_time) == Verdict::busy);
        CHECK(authenticator.check(bob, some_time) == Verdict::busy);
        // Friends still come in, and known failures are still known.
        CHECK(authenticator.check(ann, some_time) == Verdict::granted);
        CHECK(authenticator.check(basic("bob:wrong"), some_time) == Verdict::refused);
        // Fifty milliseconds are paid back in half a second.
        CHECK(authenticator.check(bob, some_time + 499ms) == Verdict::busy);
        CHECK(authenticator.check(bob, some_time + 500ms) == Verdict::granted);
        CHECK(authenticator.check(guess(200), some_time + 500ms) == Verdict::busy);
        for (int i = 0; i < 36'000; ++i) // an hour's attack
            authenticator.check(guess(i), some_time + 500ms + i * 100ms);
        CHECK(slow.count <= 11 + 7'200);
        CHECK(slow.count >= 7'100);
    }

    TEST_CASE("a hash that takes longer than all that may be borrowed can still be checked") {
        SlowHasher slow(2s);
        Authenticator authenticator(two_users, slow.hasher());
        CHECK(authenticator.check(ann, some_time) == Verdict::granted);
        CHECK(authenticator.check(wrong, some_time + 19s) == Verdict::busy);
        CHECK(authenticator.check(wrong, some_time + 20s) == Verdict::refused);
    }

    TEST_CASE("no memory to hash: nothing is learned from that") {
        bool has_memory = false;
        Authenticator authenticator(two_users, [&](const std::string&, const std::string&) {
            return Hashing{has_memory ? Hashing::Outcome::same : Hashing::Outcome::failed, 1ms};
        });
        CHECK(authenticator.check(ann, some_time) == Verdict::busy);
        has_memory = true;
        CHECK(authenticator.check(ann, some_time) == Verdict::granted);
    }

    TEST_CASE("what one process learned, the others know") {
        SlowHasher slow(50ms);
        Authenticator authenticator(two_users, slow.hasher());
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            const bool is_right = authenticator.check(ann, some_time) == Verdict::granted &&
                                  authenticator.check(wrong, some_time) == Verdict::refused;
            for (int i = 0; i < 100; ++i)
                authenticator.check(guess(i), some_time);
            ::_exit(is_right ? 0 : 1);
        }
        int status = -1;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(status == 0);
        CHECK(authenticator.check(ann, some_time) == Verdict::granted);
        CHECK(authenticator.check(wrong, some_time) == Verdict::refused);
        CHECK(authenticator.check(bob, some_time) == Verdict::busy);
        CHECK(slow.count == 0);
    }

    TEST_CASE("many threads at once borrow no more than one would") {
        SlowHasher slow(50ms);
        Authenticator authenticator(two_users, slow.hasher());
        CHECK(authenticator.check(ann, some_time) == Verdict::granted);
        CHECK(authenticator.check(bob, some_time) == Verdict::granted);
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 8; ++thread)
            threads.emplace_back([&authenticator, thread] {
                for (int i = 0; i < 50; ++i)
                    authenticator.check(guess(thread * 100 + i), some_time);
            });
        for (std::thread& thread : threads)
            thread.join();
        CHECK(slow.count == 10);
        CHECK(authenticator.check(ann, some_time) == Verdict::granted);
    }

    TEST_CASE("the challenge") {
        CHECK(Authenticator(two_users).challenge() ==
              "Basic realm=\"the $realm\", charset=\"UTF-8\"");
    }

} // TEST_SUITE

} // namespace tern::authenticator_test
