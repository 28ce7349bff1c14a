// The door itself: its page, who may come, and what one cannot do to it.

#include "tests/conformance/web/web_server.h"

#include <doctest/doctest.h>

#include <string>

using namespace tern::conformance::web;
using tern::websocket::CloseCode;
namespace test = tern::test;

namespace {

/// What is answered to a request, after which the connection ends.
test::HttpResponse answer_to(const Server& server, const std::string& request) {
    ClientSocket socket(server.endpoint("web"), test::SocketOptions{.tls = encrypted()});
    socket.send_all(request);
    test::HttpResponse response = test::read_response(socket);
    socket.end_sending();
    CHECK(socket.read_to_end().empty());
    return response;
}

} // namespace

TEST_SUITE("web/door") {
    TEST_CASE("the page comes with all that it needs, and lets nothing else in") {
        const Server server;
        const test::HttpResponse page = answer_to(server, test::request("GET", "/"));
        CHECK(page.status == 200);
        CHECK(page.field("Content-Type") == "text/html; charset=utf-8");
        CHECK(page.field("Content-Security-Policy").starts_with("default-src 'none'; script-src"));
        CHECK(page.field("Content-Security-Policy").find("unsafe") == std::string::npos);
        CHECK(page.field("X-Content-Type-Options") == "nosniff");
        CHECK(page.body.find("main.js") != std::string::npos);
        CHECK(page.body.find("http://") == std::string::npos);
        CHECK(page.body.find("https://") == std::string::npos);
        for (const char* const path :
             {"/main.js", "/connection.js", "/rooms.js", "/view.js", "/links.js"})
            CHECK(answer_to(server, test::request("GET", path)).field("Content-Type") ==
                  "text/javascript; charset=utf-8");
        CHECK(answer_to(server, test::request("GET", "/style.css")).status == 200);
        CHECK(answer_to(server, test::request("GET", "/icon.svg")).status == 200);
        CHECK(answer_to(server, test::request("GET", "/../main.js")).status == 404);
        CHECK(answer_to(server, test::request("DELETE", "/")).status == 405);
        CHECK(answer_to(server, "nonsense\r\n\r\n").status == 400);
        const std::string known = "If-None-Match: " + page.field("ETag") + "\r\n";
        CHECK(answer_to(server, test::request("GET", "/", known)).status == 304);
    }
    TEST_CASE("only a proper handshake opens the socket, and no page of another origin") {
        const Server server;
        const test::HttpResponse no_upgrade = answer_to(server, test::request("GET", "/socket"));
        CHECK(no_upgrade.status == 426);
        CHECK(no_upgrade.field("Sec-WebSocket-Version") == "13");
        CHECK(answer_to(server, handshake_request("Origin: https://evil.example\r\n")).status ==
              403);
        CHECK(answer_to(server, handshake_request("Origin: null\r\n")).status == 403);
        const std::string own = encrypted() ? "https://chat.example" : "http://chat.example";
        Client client(server, "ann", {.origin = own});
        CHECK_FALSE(client.token().empty());
    }
    TEST_CASE("other origins may come where they are named") {
        const Server server({R"(web.origins=["https://page.example"])"});
        CHECK(answer_to(server, handshake_request("Origin: http://chat.example\r\n")).status ==
              403);
        const Client client(server, "ann", {.origin = "https://page.example"});
        CHECK_FALSE(client.token().empty());
    }
    TEST_CASE("what breaks the protocol ends the connection with its code") {
        const Server server({"web.message_bytes=2000"});
        const auto code_after = [&](const std::string& wire) {
            Client client(server);
            client.socket().send_all(wire);
            return client.hear_close();
        };
        using namespace tern::websocket;
        std::string unmasked, long_one, binary, not_utf8;
        append_frame(unmasked, {}, "{}");
        append_masked_frame(long_one, {}, std::string(2001, 'x'), {});
        append_masked_frame(binary, {Opcode::binary}, "{}", {});
        append_masked_frame(not_utf8, {}, "\xFF", {});
        CHECK(code_after(unmasked) == CloseCode::protocol_error);
        CHECK(code_after(long_one) == CloseCode::too_big);
        CHECK(code_after(binary) == CloseCode::unsupported_data);
        CHECK(code_after(not_utf8) == CloseCode::invalid_data);
    }
    TEST_CASE("a message in fragments, with a ping within, is one message") {
        const Server server;
        Client client(server, "ann");
        using namespace tern::websocket;
        std::string wire;
        append_masked_frame(wire, {Opcode::text, false}, R"({"request":"pi)", {});
        append_masked_frame(wire, {Opcode::ping}, "x", {});
        append_masked_frame(wire, {Opcode::continuation}, R"(ng"})", {});
        client.socket().send_all(wire);
        CHECK(client.hear() == json{{"connection", "pong"}});
    }
    TEST_CASE("who is silent is pinged, and is gone when no answer comes") {
        const Server server({"web.ping_interval_s=0.2"});
        Client client(server);
        CHECK(client.hear_close() == CloseCode::normal); // the test's stream keeps its pongs
    }
    TEST_CASE("who says no name, or nothing for long, is told goodbye") {
        const Server impatient({"limits.name_timeout_s=0.2"});
        Client nameless(impatient);
        CHECK(nameless.hear() == json{{"connection", "ended"}, {"reason", "idle"}});
        CHECK(nameless.hear_close() == CloseCode::normal);
        nameless.socket().end_sending();
        nameless.socket().wait_for_the_end();
        const Server server({"limits.idle_timeout_s=0.2"});
        Client silent(server, "ann");
        CHECK(silent.hear_until({{"connection", "ended"}})["reason"] == "idle");
    }
    TEST_CASE("a full server says so in a browser's words") {
        if (model().next_client_waits())
            return;
        const Server server({"concurrency.max_connections=1"});
        const Client client(server, "ann");
        const test::HttpResponse refused = answer_to(server, "");
        CHECK(refused.status == 503);
        CHECK(refused.has("Retry-After"));
    }
}
