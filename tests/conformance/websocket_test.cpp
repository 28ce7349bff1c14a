// The WebSocket that echoes: by Upgrade on HTTP/1.1, by extended CONNECT on HTTP/2.

#include "common/protocol/websocket/deflate.h"
#include "tests/conformance/site.h"
#include "tests/conformance/websocket_client.h"

#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <vector>

namespace tern::conformance {

using websocket::FrameKind;
using websocket::Opcode;

TEST_SUITE_BEGIN("conformance/websocket");

namespace {

std::vector<std::string> with_echo() {
    return {setting("routes", R"([{"path": "/echo", "handler": "websocket_echo",
        "websocket_echo": {"message_bytes": 70000}}])")};
}

void check_echo(WebsocketClient& client, const FrameKind& kind, const std::string& payload) {
    client.send(kind, payload);
    const WebsocketClient::Frame frame = client.hear();
    CHECK(frame.first == (0x80U | static_cast<unsigned>(kind.opcode)));
    REQUIRE(test::difference(frame.payload, payload).empty());
}

unsigned code_after(const Server& server, std::string_view wire) {
    WebsocketClient client(server);
    client.send(wire);
    const unsigned code = client.hear_close();
    client.wait_for_the_end();
    return code;
}

std::string masked(const FrameKind& kind, std::string_view payload) {
    std::string wire;
    websocket::append_masked_frame(wire, kind, payload, {1, 2, 3, 4});
    return wire;
}

} // namespace

TEST_CASE("messages come back as they went, and the close is answered") {
    const Server server(with_echo());
    WebsocketClient client(server);
    REQUIRE(client.is_open());
    if (!over_http2())
        CHECK(client.field("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    for (const std::size_t size : {0UL, 1UL, 125UL, 126UL, 65'535UL, 65'536UL, 70'000UL}) {
        check_echo(client, {Opcode::text}, std::string(size, 'x'));
        check_echo(client, {Opcode::binary}, random_bytes(size));
    }
    // In fragments, with a ping between them (RFC 6455 §5.4).
    client.send({Opcode::text, false}, "in ");
    client.send({Opcode::ping}, "?");
    const WebsocketClient::Frame pong = client.hear();
    CHECK(pong.first == 0x8A);
    CHECK(pong.payload == "?");
    client.send({Opcode::continuation, false}, "");
    client.send({Opcode::continuation}, "two");
    CHECK(client.hear().payload == "in two");
    // Many in one go, the last of them a close.
    std::string many;
    for (int i = 0; i < 100; ++i)
        many += masked({}, std::to_string(i));
    client.send(many + masked({Opcode::close}, websocket::close_payload({}, "")) +
                masked({}, "too late"));
    for (int i = 0; i < 100; ++i)
        CHECK(client.hear().payload == std::to_string(i));
    CHECK(client.hear().first == 0x88);
    client.wait_for_the_end();
}

TEST_CASE("long messages are deflated for who offers it") {
    const Server server(with_echo());
    WebsocketClient client(
        server, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
    REQUIRE(client.is_open());
    CHECK(client.field("Sec-WebSocket-Extensions").starts_with("permessage-deflate"));
    const std::string text(50'000, 'x');
    client.send({Opcode::text, true, true}, websocket::deflate(text));
    const WebsocketClient::Frame frame = client.hear();
    CHECK(frame.first == 0xC1); // RSV1
    CHECK(frame.payload.size() < 1000);
    std::string inflated;
    CHECK(websocket::inflate(frame.payload, text.size(), inflated) ==
          websocket::InflateOutcome::done);
    CHECK(inflated == text);
    client.send({Opcode::text, true, true}, websocket::deflate(std::string(70'001, 'x')));
    CHECK(client.hear_close() == 1009);
}

TEST_CASE("what breaks the protocol ends it with its code, and nothing else") {
    const Server server(with_echo());
    std::string unmasked;
    websocket::append_frame(unmasked, {}, "x");
    CHECK(code_after(server, unmasked) == 1002);
    CHECK(code_after(server, masked({static_cast<Opcode>(0x3)}, "")) == 1002); // reserved
    CHECK(code_after(server, masked({Opcode::text, true, true}, "x")) == 1002);
    CHECK(code_after(server, masked({Opcode::ping, false}, "")) == 1002);
    CHECK(code_after(server, masked({Opcode::continuation}, "of nothing")) == 1002);
    CHECK(code_after(server, masked({}, "\xFF")) == 1007);
    CHECK(code_after(server, masked({}, std::string(70'001, 'x'))) == 1009);
    CHECK(code_after(server, masked({Opcode::close}, std::string("\x03\xE8", 2))) == 1000);
    CHECK(server.get("/text.txt").status == 200);
}

TEST_CASE("only who asks properly gets a WebSocket, and no page of another origin") {
    const Server server(with_echo());
    const auto status = [&](std::string_view fields, std::string_view target = "/echo") {
        return WebsocketClient(server, fields, target).status();
    };
    CHECK(status("Origin: https://evil.example\r\n") == 403);
    const std::string own = encrypted() ? "https://localhost" : "http://localhost";
    const int agreed = over_http2() ? 200 : 101;
    CHECK(status("Origin: " + own + "\r\n") == agreed);
    CHECK(status("Sec-WebSocket-Version: 8\r\n") == (over_http2() ? 400 : 426));
    // HTTP/1.1 may ignore an Upgrade; a CONNECT is answered by what is not a success.
    CHECK(status("", "/text.txt") == (over_http2() ? 501 : 200));
    CHECK(server.get("/echo").status == (over_http2() ? 400 : 426));
}

TEST_CASE("on HTTP/2 it is one stream among others") {
    if (!over_http2())
        return;
    const Server server(with_echo());
    WebsocketClient client(server);
    CHECK(client.http2().may_connect());
    check_echo(client, {}, "before");
    const auto page = client.http2().request("GET", "/64k1.bin");
    CHECK(test::difference(client.response(page).body, site().content("64k1.bin")).empty());
    const auto unknown = client.http2().connect("carrier-pigeon", "/echo");
    CHECK(client.response(unknown).status == 501);
    check_echo(client, {}, "after");
}

TEST_CASE("a server that stops says that it goes away") {
    Server server(with_echo());
    WebsocketClient client(server);
    check_echo(client, {}, "here");
    server.process().signal(SIGTERM);
    CHECK(client.hear_close() == 1001);
    client.wait_for_the_end();
    CHECK(server.process().wait_for_exit() == test::Exit{0, 0});
}

TEST_SUITE_END();

} // namespace tern::conformance
