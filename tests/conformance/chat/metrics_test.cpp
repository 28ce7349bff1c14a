// The server's numbers, as Prometheus reads them, are the same under every strategy.

#include "tests/conformance/chat/chat_server.h"

#include <doctest/doctest.h>

using namespace tern::conformance::chat;

TEST_SUITE("chat/metrics") {
    TEST_CASE("members, rooms, deliveries, refusals by reason and their latency are told") {
        const Server server({R"(metrics_listener={"port": 0})"});
        Person bob(server);
        CHECK(bob.ask("administrator").starts_with("The name administrator is in use"));
        CHECK(bob.ask("bob").starts_with("Hello bob"));
        CHECK(bob.hear() == "In lobby now: bob");
        bob.say("hello");
        bob.say("/me waves");
        CHECK(comes_to_have(server, "tern_chat_members 1"));
        CHECK(comes_to_have(server, "tern_chat_rooms 1"));
        CHECK(comes_to_have(server, "tern_chat_messages_total 2"));
        CHECK(comes_to_have(server, R"(tern_chat_refusals_total{reason="name_in_use"} 1)"));
        const std::string all = scrape(server, "GET /metrics HTTP/1.1");
        CHECK(all.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"));
        CHECK(all.find("tern_chat_delivery_seconds_count 0") == std::string::npos);
        CHECK(all.find("tern_chat_delivery_seconds_bucket{le=\"0.001\"}") != std::string::npos);
    }

    TEST_CASE("who asks for anything else is told so") {
        const Server server({R"(metrics_listener={"port": 0})"});
        CHECK(scrape(server, "GET / HTTP/1.1").starts_with("HTTP/1.1 404 Not Found\r\n"));
        CHECK(scrape(server, "POST /metrics HTTP/1.1").starts_with("HTTP/1.1 405 "));
        CHECK(scrape(server, "nonsense").starts_with("HTTP/1.1 400 "));
        const std::string head = scrape(server, "HEAD /metrics HTTP/1.0");
        CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
        CHECK(head.ends_with("\r\n\r\n"));
    }
}
