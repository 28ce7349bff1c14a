#include "common/simulation/conversation_run.h"

#include "common/base/escape.h"

#include <array>

namespace tern::simulation {
namespace {

/// A session that is resumed more often than this in one run is chasing its own tail.
constexpr std::size_t most_resumes = 200'000;
/// So often may a session try a transport that has failed for good.
constexpr std::size_t most_attempts_after_a_failure = 64;

constexpr std::chrono::seconds closing_patience{2};

/// What a strategy makes of a client.
Task<void> converse(const Conversation::Serve& serve, std::unique_ptr<net::Transport> transport) {
    Session& session = co_await this_session();
    net::Endpoints endpoints;
    endpoints.peer = net::Address::parse("192.0.2.1", 40000).value();
    endpoints.local = net::Address::parse("192.0.2.2", 80).value();
    endpoints.listener = "simulated";
    endpoints.id = 1;
    net::Connection connection(session, std::move(transport), endpoints);
    co_await serve(connection);
    co_await connection.close(closing_patience);
}

} // namespace

Fate OneMishap::fate(Attempt attempt) {
    const std::size_t number = attempts_++;
    if (fate_ == Fate::succeeds || number < at_)
        return Fate::succeeds;
    if (fate_ != Fate::peer_ends && number > at_ + most_attempts_after_a_failure)
        throw Mismatch("the session goes on trying a transport that has failed");
    // An end that comes while the session writes is seen when it reads.
    return number == at_ || attempt == Attempt::read ? fate_ : Fate::succeeds;
}

ConversationRun::ConversationRun(const Conversation& script, const Conversation::Serve& serve,
                                 Manner manner)
    : script_(script), manner_(std::move(manner)), network_(time_, manner_.trigger),
      mishap_(manner_.fate_at, manner_.fate) {
    LinkSetup setup;
    setup.capacity = std::min<std::size_t>(manner_.server_portion, setup.capacity);
    setup.reads_ahead = manner_.reads_ahead;
    Network::Ends ends = network_.connect(fine_, mishap_, setup);
    client_ = std::move(ends.client);
    session_.emplace(converse(serve, std::move(ends.server)));
    session_->set_waker(*this);
    session_->set_time(time_);
}

ConversationRun::~ConversationRun() = default;

void ConversationRun::mismatch(const std::string& what) const {
    std::string text = what;
    if (step_ < script_.steps_.size())
        text += "\n  at step " + std::to_string(step_ + 1) + " of " +
                std::to_string(script_.steps_.size()) + ": " +
                printable(script_.steps_[step_].text);
    throw Mismatch(text + "\n  run " + manner_.name);
}

void ConversationRun::run() {
    settle();
    for (step_ = 0; step_ < script_.steps_.size() && !destroyed_; ++step_)
        perform(script_.steps_[step_]);
    if (!destroyed_)
        end_of_script();
    session_.reset();
    if (network_.unannounced() > 0)
        mismatch("a descriptor that was waited for was closed without a word to the strategy");
    if (network_.open() > 1)
        mismatch("the session is gone, but its transport is not");
}

void ConversationRun::perform(const Step& step) {
    switch (step.kind) {
    case Step::Kind::client:
        return send(step.text);
    case Step::Kind::server:
        return hear(step);
    case Step::Kind::client_ends:
        end_client_side();
        return settle();
    case Step::Kind::server_ends:
        return hear_the_end();
    case Step::Kind::time_passes:
        return pass(step.duration);
    case Step::Kind::server_stops:
        if (session_)
            session_->finish_when_idle();
        woken_ = true;
        return settle();
    }
}

void ConversationRun::send(std::string_view text) {
    std::size_t portion = manner_.client_cut;
    while (!text.empty() && !client_is_silent_ && !destroyed_) {
        std::string piece(text.substr(0, portion));
        portion = manner_.client_portion;
        const std::array<iovec, 1> pieces = {iovec{piece.data(), piece.size()}};
        const net::Progress progress = client_->write(pieces);
        if (progress.bytes == text.size() && manner_.ends_at_once && ends_after_this_step())
            end_client_side();
        settle();
        if (progress.outcome == net::Progress::Outcome::failed) {
            if (manner_.is_faithful())
                mismatch("the server has closed the connection");
            return;
        }
        if (progress.outcome == net::Progress::Outcome::blocked)
            return manner_.is_faithful() ? mismatch("the server does not read") : void();
        text.remove_prefix(progress.bytes);
    }
}

bool ConversationRun::ends_after_this_step() const noexcept {
    return step_ + 1 < script_.steps_.size() &&
           script_.steps_[step_ + 1].kind == Step::Kind::client_ends;
}

void ConversationRun::end_client_side() {
    if (!client_is_silent_ && !std::exchange(client_has_ended_, true))
        client_->shut_down();
}

void ConversationRun::hear(const Step& step) {
    settle();
    if (!manner_.is_faithful())
        return;
    const std::size_t length = match(step.text, heard_);
    if (length == std::string::npos)
        mismatch("the client heard: " + printable(heard_));
    heard_.erase(0, length);
}

void ConversationRun::hear_the_end() {
    settle();
    if (!manner_.is_faithful())
        return;
    if (!heard_.empty())
        mismatch("the client heard before the end: " + printable(heard_));
    if (!heard_end_)
        mismatch("the server has not ended its side");
}

void ConversationRun::pass(Clock::duration duration) {
    const Clock::time_point end = time_.now() + duration;
    settle();
    while (!is_over() && wait_->deadline <= end) {
        time_.advance_to(wait_->deadline);
        settle();
    }
    time_.advance_to(end);
    settle();
}

void ConversationRun::end_of_script() {
    end_client_side();
    settle();
    wait_for_deadlines();
    if (manner_.is_faithful() && !heard_.empty())
        mismatch("the client heard after the script's end: " + printable(heard_));
}

/// Nothing more comes: the session has to end by its own deadlines.
void ConversationRun::wait_for_deadlines() {
    while (!is_over()) {
        if (wait_->deadline == no_deadline) {
            const bool allowed = client_is_silent_ && script_.silence_is_allowed_;
            return allowed ? void() : mismatch("the session waits for ever");
        }
        time_.advance_to(wait_->deadline);
        settle();
    }
}

void ConversationRun::settle() {
    while (step()) {
    }
}

bool ConversationRun::step() {
    const bool heard = listen();
    if (is_over() || !is_ready())
        return heard;
    resume();
    return true;
}

bool ConversationRun::listen() {
    if (client_is_silent_ || heard_end_)
        return false;
    std::array<char, 4096> buffer;
    const std::span<char> portion(buffer.data(), std::min(buffer.size(), manner_.server_portion));
    const net::Progress progress = client_->read(portion);
    if (progress.outcome == net::Progress::Outcome::blocked)
        return false;
    if (progress.outcome != net::Progress::Outcome::moved)
        heard_end_ = true;
    heard_.append(buffer.data(), progress.bytes);
    return true;
}

bool ConversationRun::is_ready() {
    if (wait_ == nullptr || woken_ || wait_->deadline <= time_.now())
        return true;
    bool any = false;
    if (manner_.trigger == Trigger::edge) {
        for (const Network::Event& event : network_.poll_edges())
            for (pollfd& interest : wait_->interests)
                if (interest.fd == event.number)
                    interest.revents =
                        static_cast<short>(event.revents & (interest.events | POLLERR | POLLHUP));
    } else {
        for (pollfd& interest : wait_->interests)
            if (interest.fd >= first_number)
                interest.revents = network_.poll_level(interest);
    }
    for (pollfd& interest : wait_->interests) {
        if (interest.fd < first_number) // a real one, of a session that holds more than its client
            ::poll(&interest, 1, 0);
        any = any || interest.revents != 0;
    }
    return any;
}

void ConversationRun::resume() {
    if (++resumes_ > most_resumes)
        mismatch("the session never comes to rest");
    woken_ = woken_ && wait_ == nullptr;
    wait_ = session_->resume();
    if (wait_ == nullptr) {
        session_.reset();
        return;
    }
    for (pollfd& interest : wait_->interests) {
        if (interest.fd >= first_number)
            network_.watch(interest);
        interest.revents = 0;
    }
    ++waits_;
    if (waits_ == manner_.wait)
        happen();
}

void ConversationRun::happen() {
    switch (manner_.event) {
    case Manner::Event::nothing:
        return;
    case Manner::Event::wake:
        woken_ = true;
        return;
    case Manner::Event::stop:
        session_->finish_when_idle();
        woken_ = true;
        return;
    case Manner::Event::silence:
        client_is_silent_ = true;
        return;
    case Manner::Event::destruction:
        wait_ = nullptr;
        session_.reset();
        destroyed_ = true;
        return;
    }
}

} // namespace tern::simulation
