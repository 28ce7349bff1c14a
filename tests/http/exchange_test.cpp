#include "servers/http/exchange.h"
#include "tests/harness/temporary_folder.h"
#include "tests/http/exchange_peer.h"
#include "tests/http/requests.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tern::exchange_test {

namespace {

using namespace tern::http;
using namespace std::chrono_literals;
using tern::Clock;
using tern::UniqueFd;
using tern::test::some_moment;
using Peer = tern::test::ExchangePeer;
using Next = Exchange::Next;

/// Answers with what it was asked.
class Echo final : public Handler {
public:
    Response respond(const Request& request) override {
        std::string text = std::string(request.method_name) + " " + std::string(request.path) +
                           "?" + std::string(request.query) + " @" + std::string(request.host);
        for (const Field& field : request.fields) {
            if (field.name.starts_with("X-"))
                text.append(" ").append(field.name).append("=").append(field.value);
        }
        return text_response(Status::ok, "text/plain", text);
    }
};

class Fails final : public Handler {
public:
    Response respond(const Request&) override { throw std::runtime_error("a bug"); }
};

/// Answers with the body; has enough after a "!".
class Upload final : public Handler {
public:
    struct Sink final : BodySink {
        bool consume(std::string_view piece) override {
            if (piece.find('?') != std::string_view::npos)
                throw std::runtime_error("a disk");
            text += piece;
            return text.find('!') == std::string::npos;
        }
        Response finish() override {
            return text_response(Status::created, "text/plain", "got " + text);
        }
        std::string text;
    };
    Response respond(const Request&) override { return error_response(Status::length_required); }
    std::unique_ptr<BodySink> receive(const Request&) override { return std::make_unique<Sink>(); }
};

/// The letters a to j, as a part of an open file.
class FromFile final : public Handler {
public:
    FromFile() {
        tern::test::write_file(folder_ / "file", "..abcdefghij..");
        file_ = std::make_shared<UniqueFd>(::open((folder_ / "file").c_str(), O_RDONLY));
    }
    Response respond(const Request&) override {
        Response response;
        response.file = {file_->get(), 2, 10};
        response.owner = file_;
        return response;
    }

private:
    tern::test::TemporaryFolder folder_;
    std::shared_ptr<UniqueFd> file_;
};

/// A server of one connection, whose peer is the test.
struct Server : tern::test::ExchangeServer {
    Server() {
        settings.limits.body_bytes = 100;
        router.add("/*", {Method::get, Method::post}, std::make_shared<Echo>());
        router.add("/fails", {Method::get}, std::make_shared<Fails>());
        router.add("/upload", {Method::put}, std::make_shared<Upload>());
        router.add("/file", {Method::get}, std::make_shared<FromFile>());
    }
};

struct Answer {
    std::string text;
    bool is_closed = false;
    friend bool operator==(const Answer&, const Answer&) = default;
};

Answer answer_by(std::size_t size, std::string_view input, std::size_t most_written = 1'000'000) {
    Server server;
    server.most_written = most_written;
    Peer peer(server);
    Answer answer;
    for (; !input.empty() && !peer.is_closing(); input.remove_prefix(std::min(size, input.size())))
        answer.text += peer.say(input.substr(0, size));
    answer.is_closed = peer.is_closing();
    return answer;
}

/// The answer, which must not depend on how input and output are cut.
Answer answer(std::string_view input) {
    const Answer whole = answer_by(input.size(), input);
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{2}, std::size_t{7}, input.size() / 2})
        CHECK(answer_by(std::max<std::size_t>(size, 1), input) == whole);
    CHECK(answer_by(input.size(), input, 1) == whole);
    CHECK(answer_by(input.size(), input, 50) == whole);
    return whole;
}

std::string get(std::string_view target, std::string_view fields = "",
                std::string_view method = "GET") {
    return std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: h:80\r\n" +
           std::string(fields) + "\r\n";
}

std::string content(std::string_view text) {
    const std::size_t end = text.find("\r\n\r\n");
    return end == std::string_view::npos ? "" : std::string(text.substr(end + 4));
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

bool is(const Answer& answer, unsigned status) {
    return answer.text.starts_with("HTTP/1.1 " + std::to_string(status) + " ");
}

/// An error after which the connection is closed, and says so.
bool is_final(const Answer& answer, unsigned status) {
    return is(answer, status) && answer.is_closed && has(answer.text, "Connection: close\r\n");
}

} // namespace

TEST_SUITE("http/exchange") {

    TEST_CASE("a request and its answer, to the byte") {
        const Answer got = answer(get("/a%20b?c", "X-Y: z\r\n"));
        CHECK(got.text ==
              "HTTP/1.1 200 OK\r\nServer: tern\r\nDate: Tue, 02 Oct 2096 07:06:40 GMT\r\n"
              "Content-Type: text/plain\r\nContent-Length: 19\r\n\r\n"
              "GET /a b?c @h X-Y=z");
        CHECK_FALSE(got.is_closed);
    }

    TEST_CASE("HEAD that is not valid is refused without content") { // RFC 9110 §9.3.2
        for (const char* line : {"no colon", "Content-Length: many"}) {
            const std::string text =
                answer("\r\nHEAD /x HTTP/1.1\r\nHost: h\r\n" + std::string(line) + "\r\n\r\n").text;
            CHECK(text.starts_with("HTTP/1.1 400 "));
            CHECK(text.ends_with("\r\n\r\n"));
        }
    }

    TEST_CASE("HEAD is GET without the content") {
        const std::string head = answer(get("/x", "", "HEAD")).text;
        const std::string whole = answer(get("/x", "", "GET")).text;
        CHECK(has(head, "Content-Length: 11\r\n"));
        CHECK(head.ends_with("\r\n\r\n"));
        CHECK(has(whole, "Content-Length: 10\r\n"));
        CHECK(answer(get("/file", "", "HEAD")).text.ends_with("Content-Length: 10\r\n\r\n"));
    }

    TEST_CASE("a file's part is sent after its head") {
        CHECK(content(answer(get("/file")).text) == "abcdefghij");
        CHECK(
            has(answer(get("/file") + get("/x") + get("/file")).text, "abcdefghijHTTP/1.1 200 OK"));
    }

    TEST_CASE("pipelined requests are answered in order, and in one go") {
        std::string input;
        for (int i = 0; i < 20; ++i)
            input += get("/" + std::to_string(i));
        Server server;
        Peer peer(server);
        const std::string output = peer.say(input);
        CHECK(peer.writes == 1);
        std::size_t at = 0;
        for (int i = 0; i < 20; ++i) {
            at = output.find("GET /" + std::to_string(i) + "?", at);
            CHECK(at != std::string::npos);
        }
        CHECK(server.served == 20);
        CHECK(answer(input).text == output);
        CHECK(peer.exchange().next() == Next::idle);
    }

    TEST_CASE("more requests than one go takes are all answered") {
        std::string input;
        for (int i = 0; i < 500; ++i)
            input += get("/");
        Server server;
        Peer peer(server);
        peer.say(input);
        CHECK(server.served == 500);
        CHECK(server.counts.statuses.size() == 500);
        CHECK(peer.exchange().next() == Next::idle);
    }

    TEST_CASE("the connection stays or closes as asked") {
        CHECK_FALSE(answer(get("/")).is_closed);
        const Answer closes = answer(get("/", "Connection: close\r\n"));
        CHECK(closes.is_closed);
        CHECK(has(closes.text, "Connection: close\r\n"));
        const Answer old = answer("GET / HTTP/1.0\r\n\r\n");
        CHECK(old.is_closed);
        CHECK(has(old.text, "Connection: close\r\n"));
        const Answer kept = answer("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        CHECK_FALSE(kept.is_closed);
        CHECK(has(kept.text, "Connection: keep-alive\r\n"));
        // What follows a request that closes is not answered.
        CHECK(answer(get("/", "Connection: close\r\n") + get("/")).text == closes.text);
    }

    TEST_CASE("a server that stops, and one that has answered often enough, closes") {
        Server server;
        server.finishing = true;
        Peer peer(server);
        CHECK(has(peer.say(get("/")), "Connection: close\r\n"));
        CHECK(peer.is_closing());

        Server limited;
        limited.settings.requests_per_connection = 2;
        limited.served = 1;
        Peer last(limited);
        CHECK(has(last.say(get("/")), "Connection: close\r\n"));
        CHECK(last.is_closing());
    }

    TEST_CASE("requests that cannot be understood are answered and end the connection") {
        CHECK(is_final(answer("hello\r\n"), 400));
        CHECK(is_final(answer("GET / HTTP/1.1\r\n\r\n"), 400));
        CHECK(is_final(answer("GET / HTTP/3.0\r\n\r\n"), 505));
        CHECK(is_final(answer(get("/%zz")), 400));
        CHECK(is_final(answer(get("/..")), 400));
        CHECK(is_final(answer(get("*")), 400));
        CHECK(is_final(answer(get("http://user@h/")), 400));
        CHECK(is_final(answer(get("/", "Expect: magic\r\n")), 417));
        CHECK(is_final(answer(get("/" + std::string(9'000, 'a'))), 414));
        CHECK(is_final(answer(get("/", "X: " + std::string(20'000, 'a') + "\r\n")), 431));
        CHECK(is_final(answer(get("/", "Transfer-Encoding: gzip, chunked\r\n")), 501));
        // Earlier requests keep their answers.
        const Answer second = answer(get("/first") + "hello\r\n");
        CHECK(is(second, 200));
        CHECK(has(second.text, "HTTP/1.1 400"));
    }

    TEST_CASE("a head of several kilobytes is taken") {
        const Answer got = answer(get("/", "X-Long: " + std::string(10'000, 'a') + "\r\n"));
        CHECK(is(got, 200));
        CHECK(has(got.text, "X-Long=" + std::string(10'000, 'a')));
    }

    TEST_CASE("requests that are understood but cannot be served leave the connection open") {
        const std::vector<std::pair<std::string, unsigned>> cases = {
            {get("/a%2fb"), 404},
            {get("/", "", "PUT"), 405},
            {get("/", "", "TRACE"), 501},
            {get("h:80", "", "CONNECT"), 501},
            {get("/fails"), 500}};
        for (const auto& each : cases) { // clang 14 does not let lambdas capture bindings
            CAPTURE(each.first);
            const Answer got = answer(each.first);
            CHECK(is(got, each.second));
            CHECK_FALSE(got.is_closed);
        }
    }

    TEST_CASE("absolute targets name the host") {
        CHECK(has(answer(get("http://other:81/x")).text, "GET /x? @other"));
        CHECK(is(answer(get("*", "", "OPTIONS")), 204));
        CHECK(is(answer(get("http://h", "", "OPTIONS")), 204));
    }

    TEST_CASE("204 and 304 have neither content nor length") {
        const Answer options = answer(get("*", "", "OPTIONS"));
        CHECK_FALSE(has(options.text, "Content-Length"));
        CHECK(content(options.text).empty());
    }

    TEST_CASE("a handler that throws is reported") {
        Server server;
        Peer peer(server);
        CHECK(peer.say(get("/fails")).starts_with("HTTP/1.1 500 "));
        CHECK(server.counts.failures == std::vector<std::string>{"a bug"});
    }

    TEST_CASE("a body that nobody wants is read, and the next request is found behind it") {
        const Answer sized =
            answer(get("/1", "Content-Length: 5\r\n", "POST") + "hello" + get("/2"));
        CHECK(has(sized.text, "POST /1"));
        CHECK(has(sized.text, "GET /2"));
        const Answer chunked = answer(get("/1", "Transfer-Encoding: chunked\r\n", "POST") +
                                      "5\r\nhello\r\n0\r\nX: y\r\n\r\n" + get("/2"));
        CHECK(has(chunked.text, "GET /2"));
        CHECK(is(answer(get("/nowhere", "Content-Length: 5\r\n", "PUT") + "hello"), 405));
    }

    TEST_CASE("a body is handed to whoever wants it") {
        CHECK(content(answer(get("/upload", "Content-Length: 5\r\n", "PUT") + "hello").text) ==
              "got hello");
        CHECK(content(answer(get("/upload", "Transfer-Encoding: chunked\r\n", "PUT") +
                             "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")
                          .text) == "got hello");
        const Answer enough = answer(get("/upload", "Content-Length: 50\r\n", "PUT") + "hi!");
        CHECK(is_final(enough, 201));
        CHECK(content(enough.text) == "got hi!");
        CHECK(is_final(answer(get("/upload", "Content-Length: 50\r\n", "PUT") + "hi?"), 500));
    }

    TEST_CASE("bodies that are too large or badly framed") {
        CHECK(is_final(answer(get("/", "Content-Length: 101\r\n", "POST")), 413));
        CHECK(is_final(answer(get("/", "Transfer-Encoding: chunked\r\n", "POST") + "65\r\n" +
                              std::string(101, 'a')),
                       413));
        CHECK(is_final(answer(get("/", "Transfer-Encoding: chunked\r\n", "POST") + "x\r\n"), 400));
    }

    TEST_CASE("100-continue") {
        const std::string fields = "Content-Length: 2\r\nExpect: 100-continue\r\n";
        Server server;
        Peer peer(server);
        CHECK(peer.say(get("/upload", fields, "PUT")) == "HTTP/1.1 100 Continue\r\n\r\n");
        CHECK(content(peer.say("hi")) == "got hi");
        CHECK_FALSE(peer.is_closing());

        // Who sends the body at once needs no invitation.
        Peer hasty(server);
        CHECK(hasty.say(get("/upload", fields, "PUT") + "hi").starts_with("HTTP/1.1 201 "));

        // A body that nobody wants is not asked for.
        Peer unwanted(server);
        const std::string refusal = unwanted.say(get("/", fields, "PUT"));
        CHECK(refusal.starts_with("HTTP/1.1 405 "));
        CHECK(has(refusal, "Connection: close\r\n"));
        CHECK(unwanted.is_closing());
        CHECK(unwanted.exchange().should_linger());
    }

    TEST_CASE("who closes with input unread lingers, others do not") {
        const auto lingers = [](std::string_view input) {
            Server server;
            Peer peer(server);
            peer.say(input);
            CHECK(peer.is_closing());
            return peer.exchange().should_linger();
        };
        CHECK_FALSE(lingers(get("/", "Connection: close\r\n")));
        CHECK(lingers(get("/", "Connection: close\r\n") + "more"));
        CHECK(lingers("hello\r\n"));
    }

    TEST_CASE("slow clients run out of time") {
        Server server;
        server.settings.header_timeout = 10s;
        server.settings.body_timeout = 30s;
        server.settings.write_timeout = 20s;
        const Clock::time_point start = server.moment.steady;

        Peer slow_head(server);
        slow_head.say("GET");
        CHECK(slow_head.exchange().is_under_way());
        server.moment.steady += 9s;
        slow_head.say(" /"); // more bytes of the head earn no more time
        CHECK(slow_head.exchange().deadline(server.moment.steady) == start + 10s);
        slow_head.exchange().late(server.moment);
        CHECK(slow_head.say("").starts_with("HTTP/1.1 408 "));
        CHECK(slow_head.is_closing());

        server.moment.steady = start;
        Peer slow_body(server);
        slow_body.say(get("/", "Content-Length: 100\r\n", "POST"));
        server.moment.steady += 10s;
        slow_body.say("x"); // nor does a body that comes drop by drop
        CHECK(slow_body.exchange().deadline(server.moment.steady) < start + 31s);
        slow_body.exchange().late(server.moment);
        CHECK(slow_body.say("").starts_with("HTTP/1.1 408 "));
    }

    TEST_CASE("who takes no bytes of an answer runs out of time, who takes some does not") {
        Server server;
        server.settings.write_timeout = 20s;
        Peer peer(server);
        Exchange& exchange = peer.exchange();
        const std::string input = get("/");
        exchange.received(input.copy(exchange.space().data(), 1'000));
        exchange.serve(server.moment, false);
        REQUIRE(exchange.next() == Next::write);
        const Clock::time_point start = server.moment.steady;
        CHECK(exchange.deadline(start) == start + 20s);
        CHECK(exchange.deadline(start + 5s) == start + 20s);
        exchange.sent(1);
        CHECK(exchange.deadline(start + 15s) == start + 35s);
        exchange.late(server.moment);
        CHECK(peer.is_closing());
        CHECK_FALSE(exchange.is_under_way());
    }

    TEST_CASE("an exchange is idle when nothing is owed, and only then") {
        Server server;
        Peer peer(server);
        CHECK_FALSE(peer.exchange().is_under_way());
        peer.say("G");
        CHECK(peer.exchange().is_under_way());
        peer.say(get("/").substr(1));
        CHECK_FALSE(peer.exchange().is_under_way());
        CHECK(peer.exchange().next() == Next::idle);
        peer.exchange().broken();
        CHECK(peer.is_closing());
    }

    TEST_CASE("bytes and responses are counted") {
        Server server;
        std::size_t size = 0;
        {
            Peer peer(server);
            size = peer.say(get("/") + get("/a%2fb")).size();
        }
        CHECK(server.counts.bytes_sent == size);
        CHECK(server.counts.statuses == std::vector<unsigned>{200, 404});
    }

    TEST_CASE("the access log tells what was sent") {
        const tern::test::TemporaryFolder folder;
        const std::string file = folder / "log";
        Server server;
        server.access_log = std::make_unique<AccessLog>(AccessFormat::combined, file, nullptr);
        {
            Peer peer(server);
            peer.say(get("/file", "User-Agent: a\r\nReferer: b\r\n") + "junk\r\n");
            Peer cut(server);
            Exchange& exchange = cut.exchange();
            exchange.received(get("/file").copy(exchange.space().data(), 1'000));
            exchange.serve(server.moment, false);
            std::array<iovec, 1> head;
            exchange.sent(exchange.output().memory(head)[0].iov_len);
            exchange.sent(3); // of the file; then the peer is gone
            exchange.broken();
        }
        const std::vector<std::string> lines = tern::test::lines_of(file);
        REQUIRE(lines.size() == 3);
        CHECK(has(lines[0], "\"GET /file HTTP/1.1\" 200 10 \"b\" \"a\""));
        CHECK(has(lines[1], "\"junk\" 400 "));
        CHECK(has(lines[2], "\"GET /file HTTP/1.1\" 200 3 \"-\" \"-\""));
    }

} // TEST_SUITE

} // namespace tern::exchange_test
