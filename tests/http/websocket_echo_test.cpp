// What the black-box suite cannot wait for: silence, and a peer that sends byte by byte.

#include "servers/http/websocket_echo.h"

#include "common/protocol/websocket/frame.h"
#include "tests/http/http2_peer.h"

#include <doctest/doctest.h>

#include <string>

namespace tern::websocket_echo_test {

using namespace tern;
using namespace tern::test;
using websocket::Opcode;

namespace {

struct EchoServer : ExchangeServer {
    EchoServer() {
        http::WebsocketEchoSettings echo;
        echo.ping_interval = std::chrono::seconds(20);
        router.add("/echo", {http::Method::get},
                   std::make_shared<http::WebsocketEchoHandler>(echo));
        settings.http2.extended_connect = true;
    }
};

const std::string handshake = "GET /echo HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

std::string frame_of(Opcode opcode, std::string_view payload) {
    std::string wire;
    websocket::append_masked_frame(wire, {opcode}, payload, {1, 2, 3, 4});
    return wire;
}

constexpr auto interval = std::chrono::seconds(20);
const std::string ping("\x89\x00", 2);

} // namespace

TEST_SUITE("http/websocket_echo") {
    TEST_CASE("what follows the handshake at once, or byte by byte, is echoed") {
        EchoServer server;
        ExchangePeer at_once(server);
        const std::string answer = at_once.say(handshake + frame_of(Opcode::text, "hello"));
        CHECK(answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
        CHECK(answer.find("Content-Length") == std::string::npos);
        CHECK(answer.find("Transfer-Encoding") == std::string::npos);
        CHECK(answer.ends_with("\r\n\r\n\x81\x05hello"));
        CHECK(at_once.exchange().is_under_way());

        ExchangePeer piecemeal(server);
        std::string heard;
        for (const char byte : handshake + frame_of(Opcode::binary, "hello"))
            heard += piecemeal.say({&byte, 1});
        CHECK(heard.ends_with("\r\n\r\n\x82\x05hello"));
        CHECK(server.counts.statuses == std::vector<unsigned>{101, 101});
    }

    TEST_CASE("a silent client is pinged, and lost when it stays silent") {
        EchoServer server;
        ExchangePeer peer(server);
        peer.say(handshake);
        CHECK(peer.exchange().deadline(server.moment.steady) == server.moment.steady + interval);
        server.moment.steady += interval;
        peer.exchange().late(server.moment);
        CHECK(peer.say("") == ping);
        CHECK(peer.say(frame_of(Opcode::pong, "")).empty());
        server.moment.steady += interval;
        peer.exchange().late(server.moment);
        CHECK(peer.say("") == ping);
        CHECK_FALSE(peer.is_closing());
        server.moment.steady += interval;
        peer.exchange().late(server.moment);
        CHECK(peer.say("").empty());
        CHECK(peer.is_closing());
    }

    TEST_CASE("a server that stops says so once, and ends") {
        EchoServer server;
        ExchangePeer peer(server);
        peer.exchange().say_goodbye(); // nobody is there yet
        peer.say(handshake);
        peer.exchange().say_goodbye();
        peer.exchange().say_goodbye();
        const std::string last = peer.say("");
        CHECK(last.starts_with("\x88"));
        CHECK(last.substr(2, 2) == "\x03\xE9"); // 1001
        CHECK(last.size() == 2U + static_cast<unsigned char>(last[1]));
        CHECK(peer.is_closing());
    }

    TEST_CASE("an Upgrade that is not allowed to is no WebSocket") {
        EchoServer server;
        const auto status = [&](std::string text, std::string_view from, std::string_view to) {
            ExchangePeer peer(server);
            text.replace(text.find(from), from.size(), to);
            return peer.say(text).substr(9, 3);
        };
        CHECK(status(handshake, "HTTP/1.1", "HTTP/1.0") == "426");
        CHECK(status(handshake, "Version: 13", "Version: 7") == "426");
        CHECK(status(handshake, "Host: h\r\n", "Host: h\r\nOrigin: http://other\r\n") == "403");
        CHECK(status(handshake, "dGhlIHNhbXBsZSBub25jZQ==", "short") == "400");
        CHECK(status(handshake, "Host: h\r\n", "Host: h\r\nContent-Length: 0\r\n") == "426");
        CHECK(status(handshake, "GET", "PUT") == "405");
    }

    TEST_CASE("over HTTP/2, silence ends the stream and not the connection") {
        EchoServer server;
        Http2Peer peer(server);
        Http2Client client;
        const auto id = client.connect("websocket", "/echo", "Sec-WebSocket-Version: 13\r\n");
        client.send(id, frame_of(Opcode::text, "hello"));
        peer.converse(client);
        CHECK(client.begun(id).status == 200);
        CHECK(client.begun(id).body == "\x81\x05hello");
        peer.pass(interval);
        client.input(peer.hear());
        peer.converse(client);
        CHECK(client.begun(id).body == "\x81\x05hello" + ping);
        peer.pass(interval);
        client.input(peer.hear());
        CHECK(client.is_complete(id));
        client.end(id);
        peer.converse(client);
        CHECK(peer.exchange().is_idle());
        CHECK_FALSE(peer.exchange().is_over());
    }

    TEST_CASE("over HTTP/2, who says no version is refused, and a CONNECT elsewhere fails") {
        EchoServer server;
        Http2Peer peer(server);
        Http2Client client;
        const auto no_version = client.connect("websocket", "/echo");
        const auto nowhere =
            client.connect("websocket", "/nowhere", "Sec-WebSocket-Version: 13\r\n");
        const auto foreign = client.connect(
            "websocket", "/echo", "Sec-WebSocket-Version: 13\r\nOrigin: http://other\r\n");
        peer.converse(client);
        CHECK(client.may_connect());
        CHECK(client.response(no_version).status == 400);
        CHECK(client.response(nowhere).status == 404);
        CHECK(client.response(foreign).status == 403);
    }

    TEST_CASE("over HTTP/2, a close ends the stream from both sides") {
        EchoServer server;
        Http2Peer peer(server);
        Http2Client client;
        const auto id = client.connect("websocket", "/echo", "Sec-WebSocket-Version: 13\r\n");
        client.send(id, frame_of(Opcode::text, "last") + frame_of(Opcode::close, "\x03\xE8"));
        client.end(id);
        peer.converse(client);
        CHECK(client.response(id).body == "\x81\x04last\x88\x02\x03\xE8");
        CHECK(client.reset_error(id) < 0);
        CHECK(peer.exchange().is_idle());
    }
}

} // namespace tern::websocket_echo_test
