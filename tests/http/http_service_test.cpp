#include "servers/http/http_service.h"

#include "common/hub/runner.h"
#include "common/net/socket_transport.h"
#include "tests/harness/temporary_folder.h"
#include "tests/http/requests.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tern::http_service_test {

namespace {

using namespace tern;
using namespace tern::http;
using namespace std::chrono_literals;

class TestTime final : public TimeSource {
public:
    Clock::time_point now() const noexcept override { return now_; }
    void pass(Clock::duration time) { now_ += time; }

private:
    Clock::time_point now_{1h};
};

class NoRunner final : public Runner {
public:
    Member enter(Mailbox&) override { return 0; }
    void tell(Member, std::string_view) override {}
    void leave(Member) noexcept override {}
    int descriptor() const noexcept override { return -1; }
    void deliver_post() override {}
};

/// "small" at any path, and 8 MiB at /large.
class Sizes final : public Handler {
public:
    Response respond(const Request& request) override {
        return text_response(Status::ok, "text/plain",
                             request.path == "/large" ? std::string(8 << 20, 'x') : "small");
    }
};

/// A service and one conversation of it, driven by hand over a socket pair.
class Conversation {
public:
    Conversation() {
        ExchangeSettings settings;
        settings.header_timeout = 10s;
        settings.write_timeout = 20s;
        Router router;
        router.add("/*", {Method::get}, std::make_shared<Sizes>());
        service_ = std::make_unique<HttpService>(settings, ConversationSettings{},
                                                 std::move(router), nullptr, metrics_, log_);
        std::array<int, 2> ends;
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) ==
                0);
        peer_.reset(ends[0]);
        session_.emplace(converse(UniqueFd(ends[1])));
        session_->set_time(time_);
        run();
    }

    /// Runs the session until it has nothing left to do but wait.
    void run() {
        while (!is_over_) {
            wait_ = session_->resume();
            is_over_ = wait_ == nullptr;
            if (is_over_)
                return;
            for (pollfd& interest : wait_->interests)
                interest.revents = 0;
            const bool is_turn = wait_->interests.empty();
            if (!is_turn && ::poll(wait_->interests.data(), wait_->interests.size(), 0) == 0)
                return;
        }
    }

    std::string say(std::string_view text) {
        REQUIRE(::write(peer_.get(), text.data(), text.size()) ==
                static_cast<ssize_t>(text.size()));
        run();
        return hear();
    }

    /// All that has been sent; does not let the session go on.
    std::string hear() {
        std::string heard;
        std::array<char, 65'536> buffer;
        for (ssize_t got; (got = ::read(peer_.get(), buffer.data(), buffer.size())) > 0;)
            heard.append(buffer.data(), static_cast<std::size_t>(got));
        return heard;
    }

    void pass(Clock::duration time) {
        time_.pass(time);
        run();
    }
    void finish() {
        session_->finish_when_idle();
        run();
    }
    void hang_up() {
        peer_.reset();
        run();
    }

    bool is_over() const { return is_over_; }
    /// How long the present wait may last.
    Clock::duration patience() const { return wait_->deadline - time_.now(); }

private:
    Task<void> converse(UniqueFd socket) {
        net::Connection connection(*session_,
                                   std::make_unique<net::SocketTransport>(std::move(socket)), {});
        co_await service_->serve(connection, runner_);
        co_await connection.close(2s); // as strategies do
    }

    Metrics metrics_;
    Log log_{silence()};
    NoRunner runner_;
    TestTime time_;
    std::unique_ptr<HttpService> service_;
    UniqueFd peer_;
    std::optional<Session> session_;
    Wait* wait_ = nullptr;
    bool is_over_ = false;

    static LogSettings silence() {
        LogSettings settings;
        settings.level = LogLevel::off;
        return settings;
    }
};

constexpr std::string_view request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

} // namespace

TEST_SUITE("http/http_service") {

    TEST_CASE("one request after another on one connection") {
        Conversation conversation;
        for (int i = 0; i < 3; ++i)
            CHECK(conversation.say(request).ends_with("\r\n\r\nsmall"));
        CHECK_FALSE(conversation.is_over());
        CHECK(conversation.patience() == 75s);
        conversation.hang_up();
        CHECK(conversation.is_over());
    }

    TEST_CASE("a request that comes in pieces") {
        Conversation conversation;
        for (std::size_t i = 0; i + 1 < request.size(); ++i)
            REQUIRE(conversation.say(request.substr(i, 1)).empty());
        CHECK(conversation.say("\n").ends_with("\r\n\r\nsmall"));
    }

    TEST_CASE("a peer that closes after its last request gets all answers") {
        Conversation conversation;
        const std::string heard =
            conversation.say("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        CHECK(heard.ends_with("small"));
        CHECK(conversation.is_over());
    }

    TEST_CASE("an answer that does not fit is sent as the peer takes it") {
        Conversation conversation;
        std::string heard = conversation.say("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
        CHECK(conversation.patience() == 20s);
        while (heard.size() < (8 << 20)) {
            conversation.run();
            const std::string more = conversation.hear();
            REQUIRE_FALSE(more.empty());
            heard += more;
        }
        CHECK(heard.ends_with("xxx"));
        CHECK(conversation.say(request).ends_with("small"));
    }

    TEST_CASE("an idle client is let go without a word") {
        Conversation conversation;
        CHECK(conversation.patience() == 75s);
        conversation.say(request);
        conversation.pass(74s);
        CHECK_FALSE(conversation.is_over());
        conversation.pass(1s);
        CHECK(conversation.is_over());
        CHECK(conversation.hear().empty());
    }

    TEST_CASE("a client that begins a request and does not end it hears 408") {
        Conversation conversation;
        conversation.say("GET /");
        CHECK(conversation.patience() == 10s);
        conversation.pass(10s);
        CHECK(conversation.hear().starts_with("HTTP/1.1 408 "));
        conversation.hang_up(); // it lingers until then
        CHECK(conversation.is_over());
    }

    TEST_CASE("a client that does not take its answer is dropped") {
        Conversation conversation;
        conversation.say("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
        conversation.run();
        while (!conversation.is_over() && conversation.patience() > 0s)
            conversation.pass(conversation.patience());
        CHECK(conversation.is_over());
    }

    TEST_CASE(
        "a server that stops lets idle clients go at once, and busy ones when they are served") {
        Conversation idle;
        idle.say(request);
        idle.pass(50ms);
        idle.finish();
        CHECK(idle.is_over());

        Conversation busy;
        busy.say("GET / HTTP/1.1\r\n");
        busy.finish();
        CHECK_FALSE(busy.is_over());
        const std::string heard = busy.say("Host: h\r\n\r\n");
        CHECK(heard.find("Connection: close\r\n") != std::string::npos);
        CHECK(heard.ends_with("small"));
        CHECK(busy.is_over());
    }

    TEST_CASE("a client that was just answered by a server that stops has a moment for one more") {
        Conversation quick;
        quick.say(request);
        quick.pass(20ms);
        quick.finish();
        CHECK(quick.patience() == 30ms);
        CHECK(quick.say(request).find("Connection: close\r\n") != std::string::npos);
        CHECK(quick.is_over());

        Conversation silent;
        silent.say(request);
        silent.finish();
        silent.pass(50ms);
        CHECK(silent.is_over());
    }

    TEST_CASE("a client that has just connected to a server that stops has a second") {
        Conversation quick;
        quick.finish();
        CHECK_FALSE(quick.is_over());
        CHECK(quick.patience() == 1s);
        CHECK(quick.say(request).find("Connection: close\r\n") != std::string::npos);
        CHECK(quick.is_over());

        Conversation silent;
        silent.finish();
        silent.pass(900ms);
        CHECK(silent.patience() == 100ms); // waking it earns no more time
        silent.pass(100ms);
        CHECK(silent.is_over());
    }

    TEST_CASE("the refusal is a complete response") {
        Metrics metrics;
        LogSettings settings;
        settings.level = LogLevel::off;
        Log log(settings);
        const HttpService service({}, {}, Router(), nullptr, metrics, log);
        const std::string_view text = service.refusal();
        CHECK(text.starts_with("HTTP/1.1 503 "));
        const std::size_t end = text.find("\r\n\r\n") + 4;
        CHECK(text.find("Content-Length: " + std::to_string(text.size() - end) + "\r\n") !=
              std::string_view::npos);
        CHECK(text.find("Retry-After: ") != std::string_view::npos);
        CHECK(text.find("Connection: close\r\n") != std::string_view::npos);
    }

} // TEST_SUITE

} // namespace tern::http_service_test
