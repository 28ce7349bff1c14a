#include "servers/chat/web_session.h"

#include "common/protocol/websocket/stream.h"
#include "servers/chat/outbox.h"
#include "servers/chat/request.h"
#include "servers/chat/turns.h"
#include "servers/chat/web_dialect.h"
#include "servers/chat/web_exchange.h"
#include "servers/chat/web_requests.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace tern::chat {
namespace {

using net::Awakening;
using net::Progress;
using websocket::CloseCode;

constexpr std::size_t read_size = 4096;
/// Messages that came in one go are taken in one go, but for so many others get their turn.
constexpr unsigned reads_per_turn = 8;
constexpr Clock::duration request_patience = std::chrono::seconds(10);
constexpr Clock::duration last_words = std::chrono::seconds(1);
/// For the page: it has read too slowly, and may come back.
constexpr auto too_slow = static_cast<CloseCode>(4000);

/// A member's connection, from the handshake on.
class WebSession {
public:
    WebSession(const DoorContext& context, const WebSettings& settings, const WebExchange& exchange,
               net::Connection& connection, Runner& runner);

    Task<void> run();

private:
    enum class Reading { waits, goes_on, yields, ended };

    Task<bool> deliver();
    Task<void> wait_for_answer();
    Task<bool> wait_for_input();
    Task<void> send_last_words();
    Reading read_messages();
    void take_messages();
    void take(const websocket::ReceivedMessage& message);
    bool survives_silence();
    void leave();
    Clock::time_point deadline() const noexcept;

    const DoorContext& context_;
    const WebSettings& settings_;
    const ListenerRules& rules_;
    net::Connection& connection_;
    websocket::Stream stream_;
    Mailbox mailbox_;
    Membership membership_;
    Outbox outbox_;
    std::string words_; ///< the session's own, for the client
    Clock::time_point last_heard_, last_request_;
    bool was_pinged_ = false; ///< since it was last heard of
    bool has_name_ = false, awaits_answer_ = false;
    bool has_ended_ = false; ///< the client sends no more
};

WebSession::WebSession(const DoorContext& context, const WebSettings& settings,
                       const WebExchange& exchange, net::Connection& connection, Runner& runner)
    : context_(context), settings_(settings),
      rules_(context.settings.listener(connection.endpoints().listener)), connection_(connection),
      stream_(
          {websocket::StreamSettings::Role::server, exchange.deflate, settings.longest_message}),
      mailbox_(connection.session(), rules_.outbox, rules_.slow_reader),
      membership_(runner, mailbox_), outbox_(connection, mailbox_, context.counters),
      last_heard_(connection.now()), last_request_(last_heard_) {
    Request request;
    request.number = static_cast<std::uint64_t>(rules_.door);
    const std::string address = connection.endpoints().peer.host();
    request.target = address;
    request.text = rules_.name;
    membership_.tell(encode(request));
    if (exchange.deflate) {
        Request capabilities;
        capabilities.kind = Request::Kind::capabilities;
        capabilities.number = WebDialect::deflate;
        membership_.tell(encode(capabilities));
    }
    stream_.receive(exchange.rest);
}

Task<void> WebSession::run() {
    for (;;) {
        const bool delivered = co_await deliver();
        if (!delivered)
            co_return;
        if (outbox_.is_closing() || has_ended_)
            break;
        if (awaits_answer_) {
            co_await wait_for_answer();
            continue;
        }
        const Reading reading = read_messages();
        if (reading == Reading::ended)
            has_ended_ = true;
        if (reading == Reading::yields)
            co_await let_others_run(connection_, membership_);
        if (reading != Reading::waits || !words_.empty() || !stream_.output().empty())
            continue;
        const bool goes_on = co_await wait_for_input();
        if (!goes_on)
            break;
    }
    co_await send_last_words();
}

/// Sends what has come, until nothing more has; false when the client is lost.
Task<bool> WebSession::deliver() {
    for (;;) {
        const bool has_post = outbox_.collect();
        has_name_ = has_name_ || outbox_.was_named();
        if (outbox_.was_named() || outbox_.was_not_named())
            awaits_answer_ = false;
        if (outbox_.is_overrun())
            stream_.close(too_slow, "too slow");
        if (!outbox_.is_cut()) { // else this would come within a message
            outbox_.add(std::exchange(words_, {}));
            outbox_.add(std::exchange(stream_.output(), {}));
        }
        if (!has_post && !outbox_.has_own())
            co_return !outbox_.is_overrun();
        const bool sent = co_await outbox_.send(context_.settings.write_timeout);
        if (!sent || outbox_.is_overrun())
            co_return false;
        if (outbox_.is_closing() || has_ended_)
            co_return true;
    }
}

/// Reads nothing meanwhile: what a message means depends on the answer.
Task<void> WebSession::wait_for_answer() {
    std::array<pollfd, 1> interests = {connection_.interest(0)};
    Wait wait;
    wait.interests = interests;
    co_await until(wait);
    connection_.observe(static_cast<short>(interests[0].revents & ~still_armed));
}

/// False: the conversation is over.
Task<bool> WebSession::wait_for_input() {
    const Clock::time_point until = deadline();
    const Awakening awakening = co_await connection_.input_while_idle(until);
    if (awakening == Awakening::finishing) {
        stream_.close(CloseCode::going_away, "The server stops");
        co_return false;
    }
    co_return awakening != Awakening::late || survives_silence();
}

bool WebSession::survives_silence() {
    const Clock::time_point now = connection_.now();
    const DoorSettings& limits = context_.settings;
    if (now >= last_request_ + (has_name_ ? limits.idle_timeout : limits.name_timeout)) {
        append_connection_message(words_, "ended", "idle");
        leave();
        stream_.close(CloseCode::normal, "idle");
        return false;
    }
    if (was_pinged_) // nobody is there any more, or has been cut off
        return false;
    was_pinged_ = true;
    last_heard_ = now;
    stream_.ping();
    return true;
}

Clock::time_point WebSession::deadline() const noexcept {
    const DoorSettings& limits = context_.settings;
    return std::min(last_heard_ + settings_.ping_interval,
                    last_request_ + (has_name_ ? limits.idle_timeout : limits.name_timeout));
}

void WebSession::leave() {
    Request request;
    request.kind = Request::Kind::quit;
    if (std::exchange(has_name_, false))
        membership_.tell(encode(request));
}

WebSession::Reading WebSession::read_messages() {
    take_messages();
    std::array<char, read_size> buffer;
    for (unsigned reads = 0; reads < reads_per_turn; ++reads) {
        if (awaits_answer_)
            return Reading::goes_on;
        if (stream_.has_ended())
            return Reading::ended;
        if (membership_.is_congested())
            return Reading::yields;
        const Progress progress = connection_.try_read(buffer);
        if (progress.outcome == Progress::Outcome::blocked)
            return progress.interest == 0 ? Reading::yields : Reading::waits;
        if (progress.outcome != Progress::Outcome::moved)
            return Reading::ended;
        last_heard_ = connection_.now();
        was_pinged_ = false;
        stream_.receive({buffer.data(), progress.bytes});
        take_messages();
    }
    return Reading::goes_on;
}

void WebSession::take_messages() {
    while (!awaits_answer_) {
        const std::optional<websocket::ReceivedMessage> message = stream_.next_message();
        if (!message)
            break;
        take(*message);
    }
    // Who closes its page has left; who is lost without a word may come back.
    const bool has_left =
        stream_.code() == CloseCode::normal || stream_.code() == CloseCode::going_away;
    if (!awaits_answer_ && stream_.has_ended() && has_left)
        leave();
}

void WebSession::take(const websocket::ReceivedMessage& message) {
    if (!message.is_text)
        return stream_.close(CloseCode::unsupported_data, "text only");
    const WebRequest request = read_web_request(message.content, has_name_);
    if (request.kind == WebRequest::Kind::ping)
        return append_connection_message(words_, "pong", {}, request.label);
    last_request_ = connection_.now();
    if (request.kind == WebRequest::Kind::faulty)
        return append_connection_message(words_, "refused", request.fault, request.label);
    awaits_answer_ = request.kind == WebRequest::Kind::enter;
    membership_.tell(request.encoded);
}

/// The close handshake, as far as the client still takes part.
Task<void> WebSession::send_last_words() {
    stream_.close(CloseCode::normal);
    if (outbox_.is_cut())
        co_return;
    outbox_.add(std::exchange(words_, {}));
    outbox_.add(std::exchange(stream_.output(), {}));
    const bool sent = co_await outbox_.send(last_words);
    if (sent)
        connection_.linger();
}

/// Until there is a request, and its answer is on its way. False: the client is lost.
Task<bool> exchange_http(WebExchange& exchange, net::Connection& connection,
                         const DoorSettings& limits) {
    const Clock::time_point deadline = connection.now() + request_patience;
    std::array<char, read_size> buffer;
    while (exchange.stage == WebExchange::Stage::request) {
        const Result<std::size_t> bytes = co_await connection.read(buffer, deadline);
        if (!bytes)
            co_return false;
        exchange.receive({buffer.data(), *bytes});
    }
    const Result<void> written = co_await connection.write(exchange.output, limits.write_timeout);
    co_return written.has_value();
}

} // namespace

Task<void> serve_web(const DoorContext& context, const WebSettings& settings,
                     net::Connection& connection, Runner& runner) {
    WebExchange exchange(settings, connection.endpoints().encrypted);
    const bool is_answered = co_await exchange_http(exchange, connection, context.settings);
    if (!is_answered)
        co_return;
    if (exchange.stage == WebExchange::Stage::over) {
        connection.linger();
        co_return;
    }
    WebSession session(context, settings, exchange, connection, runner);
    co_await session.run();
}

Task<void> serve_clock(Runner& runner) {
    Session& session = co_await this_session();
    Mailbox mailbox(session, 16, Overflow::drop_oldest);
    Membership membership(runner, mailbox);
    Request request;
    request.number = static_cast<std::uint64_t>(Door::administrator);
    membership.tell(encode(request));
    request.kind = Request::Kind::tick;
    Wait wait;
    while (!session.finish_requested()) {
        mailbox.take();
        if (session.now() >= wait.deadline)
            membership.tell(encode(request));
        wait.deadline = session.now() + std::chrono::seconds(1);
        co_await until(wait);
    }
}

} // namespace tern::chat
