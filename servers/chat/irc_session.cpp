#include "servers/chat/irc_session.h"

#include "common/protocol/irc/line_reader.h"
#include "common/session/password_check.h"
#include "servers/chat/irc_exchange.h"
#include "servers/chat/irc_pace.h"
#include "servers/chat/line_commands.h"
#include "servers/chat/outbox.h"
#include "servers/chat/turns.h"

#include <array>
#include <string>
#include <utility>

namespace tern::chat {
namespace {

using net::Awakening;
using net::Progress;

constexpr std::size_t read_size = 4096;
/// Lines that came in one go are taken in one go, but for so many others get their turn.
constexpr unsigned reads_per_turn = 8;

/// What a session keeps between its waits.
class IrcSession final : private IrcHubSide {
public:
    IrcSession(const DoorContext& context, const IrcSettings& settings, net::Connection& connection,
               Runner& runner);

    /// What comes next in the conversation.
    enum class Step : unsigned char {
        deliver,  ///< look again at what is to be sent
        idle,     ///< wait for the client or for others
        question, ///< a password is to be checked
        apart,    ///< read nothing before the hub has answered, or before the client may go on
        yield,    ///< it has had much without a wait
        end,
    };

    /// Sends what has come, until nothing more has; false when the client is lost.
    Task<bool> deliver();
    /// Reads what the client has sent, if it may.
    Step next_step();
    /// For those steps that are rare: what they need is no part of an idle client's frame.
    Task<void> perform(Step step);
    /// Until when an idle client may be silent, and what has ended its wait.
    Clock::time_point deadline() const noexcept;
    void awoke(Awakening awakening);

private:
    /// What there is left to do about a client's lines.
    enum class Reading { waits, goes_on, yields, ended };

    void tell(const Request& request) override { membership_.tell(encode(request)); }
    void put_own_words_behind_the_hubs();
    Task<void> wait_apart(Clock::time_point deadline);
    Task<void> answer_question();
    std::string hash_to_check(const IrcQuestion& question, bool& is_known) const;
    Reading read_lines();
    void take_lines();
    bool must_pause() const noexcept;
    bool survives_silence();
    void take_leave(std::string_view reason);
    void leave(std::string_view reason);

    const DoorContext& context_;
    const ListenerRules& rules_;
    net::Connection& connection_;
    Mailbox mailbox_;
    Membership membership_;
    Outbox outbox_;
    irc::LineReader reader_;
    IrcExchange exchange_;
    IrcPace pace_;
    std::string unread_; ///< lines that have to wait
    Clock::time_point last_heard_;
    bool was_pinged_ = false; ///< since it was last heard of
    bool has_ended_ = false;  ///< the client sends no more
    bool has_taken_leave_ = false;
};

IrcSession::IrcSession(const DoorContext& context, const IrcSettings& settings,
                       net::Connection& connection, Runner& runner)
    : context_(context), rules_(context.settings.listener(connection.endpoints().listener)),
      connection_(connection), mailbox_(connection.session(), rules_.outbox, rules_.slow_reader),
      membership_(runner, mailbox_), outbox_(connection, mailbox_, context.counters),
      exchange_(settings, *this), pace_(settings.commands), last_heard_(connection.now()) {
    Request hello;
    hello.number = static_cast<std::uint64_t>(rules_.door);
    const std::string address = connection.endpoints().peer.host();
    hello.target = address;
    hello.text = rules_.name;
    tell(hello);
}

IrcSession::Step IrcSession::next_step() {
    if (outbox_.is_closing() || exchange_.stage == IrcStage::over)
        return Step::end;
    if (exchange_.question)
        return Step::question;
    if (exchange_.is_busy() || must_pause())
        return Step::apart;
    const Reading reading = read_lines();
    if (reading == Reading::yields)
        return Step::yield;
    if (reading == Reading::goes_on || !exchange_.output.empty())
        return Step::deliver;
    if (reading == Reading::waits)
        return Step::idle;
    if (!exchange_.is_welcome())
        return Step::end;
    take_leave("Connection closed"); // nothing more comes from the client
    return Step::apart;
}

Task<void> IrcSession::perform(Step step) {
    if (step == Step::question) {
        co_await answer_question();
    } else if (step == Step::apart) {
        const bool hub_will_answer = exchange_.is_busy() || has_taken_leave_;
        const Clock::time_point until = hub_will_answer ? no_deadline : pace_.next();
        co_await wait_apart(until);
    } else if (step == Step::yield) {
        co_await let_others_run(connection_, membership_);
    }
}

Task<bool> IrcSession::deliver() {
    for (;;) {
        const bool has_post = outbox_.collect();
        if (outbox_.was_named())
            exchange_.named();
        if (outbox_.was_not_named())
            exchange_.not_named();
        if (outbox_.lost() > 0)
            exchange_.from_server("NOTICE",
                                  {exchange_.name, "You were too slow: messages are lost"});
        if (outbox_.is_overrun() && exchange_.stage != IrcStage::over)
            exchange_.close("You read too slowly");
        if (exchange_.is_welcome())
            put_own_words_behind_the_hubs();
        outbox_.add(exchange_.output);
        exchange_.output.clear();
        if (!has_post && !outbox_.has_own())
            co_return true;
        const bool sent = co_await outbox_.send(context_.settings.write_timeout);
        if (!sent || outbox_.is_overrun())
            co_return false;
        if (outbox_.is_closing() || exchange_.stage == IrcStage::over)
            co_return true;
    }
}

/// A member is answered in the order of its commands, by whom it may be: what the exchange says
/// itself takes the way of the hub's answers.
void IrcSession::put_own_words_behind_the_hubs() {
    constexpr std::size_t longest_piece = hub_message_limit / 2;
    Request request;
    request.kind = Request::Kind::echo;
    const std::string_view all = exchange_.output;
    for (std::size_t at = 0; at < all.size(); at += longest_piece) {
        request.text = all.substr(at, longest_piece);
        tell(request);
    }
    exchange_.output.clear();
}

/// Reads nothing meanwhile: what a line means depends on the answer, or it came too soon.
Task<void> IrcSession::wait_apart(Clock::time_point deadline) {
    std::array<pollfd, 1> interests = {connection_.interest(0)};
    Wait wait;
    wait.interests = interests;
    wait.deadline = deadline;
    co_await until(wait);
    connection_.observe(static_cast<short>(interests[0].revents & ~still_armed));
}

void IrcSession::awoke(Awakening awakening) {
    if (awakening == Awakening::finishing)
        exchange_.close("The server stops");
    if (awakening == Awakening::late && !survives_silence())
        leave("Ping timeout");
}

/// False: it has been silent for too long.
bool IrcSession::survives_silence() {
    if (!exchange_.is_welcome() || was_pinged_)
        return false;
    was_pinged_ = true;
    last_heard_ = connection_.now();
    irc::append_message(exchange_.output, {{}, {}, "PING"}, {exchange_.settings.server_name});
    return true;
}

Clock::time_point IrcSession::deadline() const noexcept {
    if (!exchange_.is_welcome())
        return last_heard_ + context_.settings.name_timeout;
    return last_heard_ + exchange_.settings.ping_interval;
}

/// Whatever is still on its way to the client comes before the hub's goodbye, which ends this.
void IrcSession::take_leave(std::string_view reason) {
    if (std::exchange(has_taken_leave_, true))
        return;
    Request request;
    request.kind = Request::Kind::quit;
    request.text = reason;
    tell(request);
}

void IrcSession::leave(std::string_view reason) {
    if (exchange_.is_welcome()) {
        Request request;
        request.kind = Request::Kind::quit;
        request.text = reason;
        tell(request);
    }
    exchange_.close(reason);
}

std::string IrcSession::hash_to_check(const IrcQuestion& question, bool& is_known) const {
    const IrcSettings& settings = exchange_.settings;
    switch (question.about) {
    case IrcQuestion::About::server:
        is_known = true;
        return settings.password;
    case IrcQuestion::About::operator_account:
        return chat::hash_to_check(context_.settings, question.name, is_known);
    case IrcQuestion::About::account:
        break;
    }
    is_known = false;
    for (const IrcAccount& account : settings.accounts)
        if (account.name == question.name) {
            is_known = true;
            return account.password;
        }
    return settings.accounts.empty() ? std::string() : settings.accounts.front().password;
}

Task<void> IrcSession::answer_question() {
    bool is_known = false;
    const std::string hash = hash_to_check(*exchange_.question, is_known);
    bool fits = false;
    if (!hash.empty()) {
        const bool matches =
            co_await check_password(context_.workshop, exchange_.question->password, hash);
        fits = is_known && matches;
    }
    if (!fits) {
        context_.log.info("IRC password of \"{}\" denied, from {}", exchange_.question->name,
                          connection_.endpoints().peer.host());
        Wait pause;
        pause.deadline = connection_.now() + context_.settings.login_delay;
        while (connection_.now() < pause.deadline && !connection_.finishing())
            co_await until(pause);
    }
    exchange_.judge(fits);
}

bool IrcSession::must_pause() const noexcept { return pace_.next() > connection_.now(); }

IrcSession::Reading IrcSession::read_lines() {
    take_lines();
    std::array<char, read_size> buffer;
    for (unsigned reads = 0; reads < reads_per_turn; ++reads) {
        if (exchange_.is_busy() || exchange_.stage == IrcStage::over || must_pause())
            return Reading::goes_on;
        if (has_ended_)
            return Reading::ended;
        if (membership_.is_congested())
            return Reading::yields;
        const Progress progress = connection_.try_read(buffer);
        if (progress.outcome == Progress::Outcome::blocked)
            return progress.interest == 0 ? Reading::yields : Reading::waits;
        has_ended_ = progress.outcome != Progress::Outcome::moved;
        unread_.append(buffer.data(), progress.bytes);
        take_lines();
    }
    return Reading::goes_on;
}

void IrcSession::take_lines() {
    std::string_view input = unread_;
    std::string_view line;
    while (!exchange_.is_busy() && exchange_.stage != IrcStage::over && !must_pause()) {
        const irc::LineReader::Outcome outcome = reader_.next(input, line);
        if (outcome == irc::LineReader::Outcome::need_more)
            break;
        if (exchange_.is_welcome())
            put_own_words_behind_the_hubs();
        last_heard_ = connection_.now();
        was_pinged_ = false;
        pace_.take(last_heard_);
        if (outcome == irc::LineReader::Outcome::too_long)
            exchange_.refuse_long_line();
        else
            exchange_.receive(line);
    }
    if (input.empty())
        std::string().swap(unread_);
    else
        unread_.erase(0, unread_.size() - input.size());
}

} // namespace

Task<void> serve_irc(const DoorContext& context, const IrcSettings& settings,
                     net::Connection& connection, Runner& runner) {
    IrcSession session(context, settings, connection, runner);
    for (;;) {
        const bool delivered = co_await session.deliver();
        if (!delivered)
            break;
        const IrcSession::Step step = session.next_step();
        if (step == IrcSession::Step::end)
            break;
        if (step == IrcSession::Step::idle) {
            const Clock::time_point until = session.deadline();
            const Awakening awakening = co_await connection.input_while_idle(until);
            session.awoke(awakening);
        } else if (step != IrcSession::Step::deliver) {
            co_await session.perform(step);
        }
    }
    connection.linger(); // what the client still sends must not cost it our last words
}

} // namespace tern::chat
