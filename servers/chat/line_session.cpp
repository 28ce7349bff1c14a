#include "servers/chat/line_session.h"

#include "common/protocol/chat/line_decoder.h"
#include "common/session/password_check.h"
#include "servers/chat/line_commands.h"
#include "servers/chat/outbox.h"
#include "servers/chat/request.h"
#include "servers/chat/turns.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace tern::chat {
namespace {

using net::Awakening;
using net::Progress;

constexpr std::size_t read_size = 4096;
/// Lines that came in one go are taken in one go, but for so many others get their turn.
constexpr unsigned reads_per_turn = 8;

/// The system finds out about clients that are gone without a word.
void keep_alive(net::Connection& connection, int seconds) {
    const int socket = connection.interest(0).fd;
    const int on = 1;
    const int probes = 3;
    ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof seconds);
    ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof seconds);
    ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

/// What a session keeps between its waits.
class LineSession {
public:
    LineSession(const DoorContext& context, net::Connection& connection, Runner& runner)
        : context_(context), rules_(context.settings.listener(connection.endpoints().listener)),
          connection_(connection), decoder_(context.settings.line_bytes), commands_(context),
          mailbox_(connection.session(), rules_.outbox, rules_.slow_reader),
          membership_(runner, mailbox_), outbox_(connection, mailbox_, context.counters),
          last_line_(connection.now()) {
        Request hello;
        hello.number = static_cast<std::uint64_t>(rules_.door);
        const std::string address = connection.endpoints().peer.host();
        hello.target = address;
        hello.text = rules_.name;
        membership_.tell(encode(hello));
    }

    /// What comes next in the conversation.
    enum class Step : unsigned char {
        deliver, ///< look again at what is to be sent
        idle,    ///< wait for the client or for others
        oper,    ///< a password is to be checked
        answer,  ///< read nothing before the hub has answered
        yield,   ///< it has had much without a wait
        end,
    };

    /// Sends what has come, until nothing more has; false when the client is lost.
    Task<bool> deliver();
    /// Reads what the client has sent, if it may.
    Step next_step();
    /// For those steps that are rare: what they need is no part of an idle client's frame.
    Task<void> perform(Step step);
    /// Until when an idle client may be silent; if it was for longer, or the server stops, it is
    /// told.
    Clock::time_point deadline() const noexcept;
    Task<void> say_goodbye(Awakening why);

private:
    /// What there is left to do about a client's lines.
    enum class Reading { waits, goes_on, yields, ended };

    Task<void> wait_for_answer();
    Task<void> check_operator();
    void leave();
    Reading read_lines();
    void take_lines();
    void take(const LineDecoder::Line& line);
    bool has_tried_enough() const noexcept {
        return !has_name_ && !awaits_answer_ && tries_ >= context_.settings.name_tries;
    }

    const DoorContext& context_;
    const ListenerRules& rules_;
    net::Connection& connection_;
    LineDecoder decoder_;
    LineCommands commands_;
    Mailbox mailbox_;
    Membership membership_;
    Outbox outbox_;
    Clock::time_point last_line_; ///< of a member; or when the client came
    unsigned tries_ = 0;          ///< lines of who has no name yet
    std::string unread_;          ///< what came after a line that has yet to be answered
    std::string operator_name_, password_;
    bool has_name_ = false;
    bool awaits_answer_ = false; ///< whether the name is the member's
    bool has_ended_ = false;     ///< the client sends no more
    bool is_cut_off_ = false;    ///< and may have wanted to
    bool is_dismissed_ = false;
};

LineSession::Step LineSession::next_step() {
    if (outbox_.is_closing() || is_dismissed_)
        return Step::end;
    if (awaits_answer_)
        return Step::answer;
    const Reading reading = read_lines();
    if (!password_.empty())
        return Step::oper;
    if (reading == Reading::ended) {
        leave();
    } else if (has_tried_enough()) {
        outbox_.add(context_.phrases.line(Sentence::too_many_tries));
        is_dismissed_ = true;
    }
    if (reading == Reading::yields)
        return Step::yield;
    return reading == Reading::waits && !outbox_.has_own() ? Step::idle : Step::deliver;
}

Task<void> LineSession::perform(Step step) {
    if (step == Step::oper) {
        co_await check_operator();
    } else if (step == Step::answer) {
        co_await wait_for_answer();
    } else if (step == Step::yield) {
        co_await let_others_run(connection_, membership_);
    }
}

Task<bool> LineSession::deliver() {
    while (outbox_.collect() || outbox_.has_own() || outbox_.is_overrun()) {
        if (outbox_.was_named() && !std::exchange(has_name_, true))
            last_line_ = connection_.now();
        if (outbox_.was_named() || outbox_.was_not_named())
            awaits_answer_ = false;
        if (outbox_.lost() > 0) {
            Event event;
            event.kind = Event::Kind::lost;
            event.number = outbox_.lost();
            std::string text;
            context_.words.render(event, {}, text);
            outbox_.add_first(text);
        }
        if (outbox_.is_overrun())
            outbox_.add(context_.phrases.line(Sentence::too_slow));
        const bool sent = co_await outbox_.send(context_.settings.write_timeout);
        if (!sent || outbox_.is_overrun())
            co_return false;
        if (outbox_.is_closing())
            co_return true;
    }
    co_return true;
}

/// Reads nothing meanwhile: what a line means depends on the answer.
Task<void> LineSession::wait_for_answer() {
    std::array<pollfd, 1> interests = {connection_.interest(0)};
    Wait wait;
    wait.interests = interests;
    co_await until(wait);
    connection_.observe(static_cast<short>(interests[0].revents & ~still_armed));
}

Task<void> LineSession::check_operator() {
    bool is_known = false;
    const std::string hash = hash_to_check(context_.settings, operator_name_, is_known);
    bool fits = false;
    if (!hash.empty()) {
        const bool matches = co_await check_password(context_.workshop, std::move(password_), hash);
        fits = is_known && matches;
    }
    password_.clear();
    if (fits) {
        Request request;
        request.kind = Request::Kind::become_operator;
        request.target = operator_name_;
        membership_.tell(encode(request));
        co_return;
    }
    context_.log.info("/oper as \"{}\" denied, from {}", operator_name_,
                      connection_.endpoints().peer.host());
    Wait pause;
    pause.deadline = connection_.now() + context_.settings.login_delay;
    while (connection_.now() < pause.deadline && !connection_.finishing())
        co_await until(pause);
    outbox_.add(commands_.refusal(Refusal::wrong_password));
}

/// Whatever is still on its way to the client comes before the hub's goodbye.
void LineSession::leave() {
    Request quit;
    quit.kind = Request::Kind::quit;
    membership_.tell(encode(quit));
    awaits_answer_ = true;
}

LineSession::Reading LineSession::read_lines() {
    take_lines();
    std::array<char, read_size> buffer;
    for (unsigned reads = 0; reads < reads_per_turn; ++reads) {
        if (awaits_answer_ || !password_.empty() || has_tried_enough())
            return Reading::goes_on;
        if (has_ended_)
            return Reading::ended;
        if (membership_.is_congested())
            return Reading::yields;
        const Progress progress = connection_.try_read(buffer);
        if (progress.outcome == Progress::Outcome::blocked)
            return progress.interest == 0 ? Reading::yields : Reading::waits;
        has_ended_ = progress.outcome != Progress::Outcome::moved;
        is_cut_off_ = progress.outcome == Progress::Outcome::failed;
        unread_.append(buffer.data(), progress.bytes);
        take_lines();
    }
    return Reading::goes_on;
}

void LineSession::take_lines() {
    std::string_view input = unread_;
    while (!awaits_answer_ && password_.empty() && !has_tried_enough()) {
        std::optional<LineDecoder::Line> line = decoder_.next(input);
        if (!line && has_ended_ && !is_cut_off_) // who ends a line by leaving has said it
            line = decoder_.last();
        if (!line)
            break;
        take(*line);
    }
    if (input.empty())
        std::string().swap(unread_);
    else
        unread_.erase(0, unread_.size() - input.size());
}

void LineSession::take(const LineDecoder::Line& line) {
    if (has_name_)
        last_line_ = connection_.now();
    else
        ++tries_;
    if (line.is_too_long) {
        outbox_.add(commands_.refusal_of_length(has_name_));
        return;
    }
    LineCommands::Outcome outcome = commands_.take(line.text, has_name_);
    outbox_.add(outcome.reply);
    operator_name_ = std::move(outcome.operator_name);
    password_ = std::move(outcome.password);
    if (outcome.request.empty())
        return;
    awaits_answer_ = !has_name_;
    membership_.tell(outcome.request);
}

Clock::time_point LineSession::deadline() const noexcept {
    const DoorSettings& settings = context_.settings;
    return last_line_ + (has_name_ ? settings.idle_timeout : settings.name_timeout);
}

Task<void> LineSession::say_goodbye(Awakening why) {
    const bool stops = why == Awakening::finishing;
    const Sentence sentence = stops ? Sentence::stopping : Sentence::idle;
    outbox_.add(context_.phrases.line(sentence));
    constexpr Clock::duration patience = std::chrono::seconds(1);
    const bool sent = co_await outbox_.send(patience);
    if (sent)
        connection_.linger();
}

} // namespace

Task<void> serve_line(const DoorContext& context, net::Connection& connection, Runner& runner) {
    keep_alive(connection, context.settings.keep_alive_s);
    LineSession session(context, connection, runner);
    for (;;) {
        const bool delivered = co_await session.deliver();
        if (!delivered)
            break;
        const LineSession::Step step = session.next_step();
        if (step == LineSession::Step::end)
            break;
        if (step == LineSession::Step::idle) {
            const Clock::time_point until = session.deadline();
            const Awakening awakening = co_await connection.input_while_idle(until);
            if (awakening == Awakening::finishing || awakening == Awakening::late) {
                co_await session.say_goodbye(awakening);
                co_return;
            }
        } else if (step != LineSession::Step::deliver) {
            co_await session.perform(step);
        }
    }
    connection.linger(); // what the client still sends must not cost it our last words
}

} // namespace tern::chat
