#include "common/protocol/websocket/handshake.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

namespace tern::websocket_handshake_test {

using namespace tern;
using namespace tern::websocket;

namespace {

const std::vector<std::string> speaks = {"tern", "other"};

/// A request of these lines, and what is answered to it.
class Asked {
public:
    explicit Asked(const std::string& lines, const Terms& terms = {},
                   const std::string& first = "GET /socket HTTP/1.1")
        : text_(first + "\r\nHost: chat.example:8081\r\n" + lines + "\r\n") {
        REQUIRE(parser_.parse(text_) == http1::RequestParser::Outcome::complete);
        handshake = negotiate(parser_.head(), terms);
    }
    http::Status refusal() const { return handshake.refusal; }

    Handshake handshake;

private:
    http1::Limits limits_;
    const std::string text_;
    http1::RequestParser parser_{limits_};
};

const std::string good = "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                         "Sec-WebSocket-Version: 13\r\n";

std::string with_extension(const std::string& offer) {
    return good + "Sec-WebSocket-Extensions: " + offer + "\r\n";
}

} // namespace

TEST_SUITE("websocket/handshake") {
    TEST_CASE("the example of RFC 6455") {
        const Asked asked(good);
        REQUIRE(asked.handshake.is_agreed());
        std::string response;
        append_switching(response, asked.handshake);
        CHECK(response == "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    }
    TEST_CASE("what is no handshake is refused, each with its status") {
        const std::string version = "Sec-WebSocket-Version: 13\r\n";
        const std::string upgrade = "Upgrade: websocket\r\nConnection: upgrade\r\n";
        const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        CHECK(Asked("").refusal() == http::Status::upgrade_required);
        CHECK(Asked("Upgrade: websocket\r\n" + key + version).refusal() ==
              http::Status::upgrade_required);
        CHECK(Asked(upgrade + key + "Sec-WebSocket-Version: 8\r\n").refusal() ==
              http::Status::upgrade_required);
        CHECK(Asked(upgrade + version).refusal() == http::Status::bad_request);
        CHECK(Asked(upgrade + version + "Sec-WebSocket-Key: c2hvcnQ=\r\n").refusal() ==
              http::Status::bad_request);
        CHECK(Asked(good, {}, "POST /socket HTTP/1.1").refusal() == http::Status::bad_request);
        CHECK(Asked(good, {}, "GET /socket HTTP/1.0").refusal() == http::Status::bad_request);
        CHECK(Asked(good + "Content-Length: 5\r\n").refusal() == http::Status::bad_request);
    }
    TEST_CASE("a page of another origin is refused, unless it is named") {
        const auto refusal_of = [](const std::string& origin, const Terms& terms) {
            return Asked(good + "Origin: " + origin + "\r\n", terms).refusal();
        };
        Terms plain, encrypted, named, all;
        encrypted.encrypted = true;
        const std::vector<std::string> one = {"https://page.example"};
        const std::vector<std::string> any = {"*"};
        named.origins = one;
        all.origins = any;
        const auto ok = http::Status::ok, forbidden = http::Status::forbidden;
        CHECK(refusal_of("http://chat.example:8081", plain) == ok);
        CHECK(refusal_of("HTTP://Chat.Example:8081", plain) == ok);
        CHECK(refusal_of("https://chat.example:8081", encrypted) == ok);
        CHECK(refusal_of("https://chat.example:8081", plain) == forbidden);
        CHECK(refusal_of("http://chat.example:8081", encrypted) == forbidden);
        CHECK(refusal_of("http://chat.example", plain) == forbidden);
        CHECK(refusal_of("http://chat.example:8081.evil.example", plain) == forbidden);
        CHECK(refusal_of("http://evil.example", plain) == forbidden);
        CHECK(refusal_of("null", plain) == forbidden);
        CHECK(refusal_of("http://", plain) == forbidden);
        CHECK(refusal_of("https://page.example", named) == ok);
        CHECK(refusal_of("http://chat.example:8081", named) == forbidden);
        CHECK(refusal_of("null", all) == ok);
        CHECK(Asked(good, named).refusal() == ok); // no browser
    }
    TEST_CASE("the server's dearest subprotocol of those that are offered") {
        Terms terms;
        terms.subprotocols = speaks;
        const std::string field = "Sec-WebSocket-Protocol: ";
        CHECK(Asked(good, terms).handshake.subprotocol.empty());
        CHECK(Asked(good + field + "x\r\n", terms).handshake.subprotocol.empty());
        CHECK(Asked(good + field + "x, other\r\n" + field + "tern\r\n", terms)
                  .handshake.subprotocol == "tern");
    }
    TEST_CASE("compression is agreed on where we can do what is asked for") {
        Terms terms;
        terms.deflate = true;
        const auto agrees = [&](const std::string& offer) {
            return Asked(with_extension(offer), terms).handshake.deflate;
        };
        CHECK(agrees("permessage-deflate"));
        CHECK(agrees("permessage-deflate; client_max_window_bits"));
        CHECK(agrees("permessage-deflate; client_max_window_bits=10; server_max_window_bits=15"));
        CHECK(agrees("foo, permessage-deflate; server_max_window_bits=10, permessage-deflate"));
        CHECK_FALSE(agrees("permessage-deflate; server_max_window_bits=10"));
        CHECK_FALSE(agrees("permessage-deflate; unknown"));
        CHECK_FALSE(agrees("permessage-deflate; client_no_context_takeover; "
                           "client_no_context_takeover"));
        CHECK_FALSE(agrees("x-webkit-deflate-frame"));
        CHECK_FALSE(Asked(with_extension("permessage-deflate")).handshake.deflate);
        std::string response;
        append_switching(response, Asked(with_extension("permessage-deflate"), terms).handshake);
        CHECK(response.find("Sec-WebSocket-Extensions: permessage-deflate; "
                            "server_no_context_takeover; client_no_context_takeover\r\n") !=
              std::string::npos);
    }
}

} // namespace tern::websocket_handshake_test
