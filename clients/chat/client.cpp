#include "clients/chat/client.h"

#include "clients/chat/people.h"
#include "clients/chat/stream_link.h"
#include "common/terminal/interruption.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>

namespace tern::chat_client {
namespace {

constexpr std::uint16_t default_port = 4000;
constexpr std::uint16_t default_udp_port = 4001;
constexpr std::size_t longest_line = 64 * 1024; ///< of the server
constexpr std::size_t most_unsent = 64 * 1024;  ///< before no more is read from the input
constexpr std::size_t most_held = 1000;         ///< lines, likewise
/// For the server to say goodbye. A pipe's lines are all to arrive; a person can wait no longer.
constexpr auto patience_of_people = std::chrono::seconds(3);
constexpr auto patience_of_pipes = std::chrono::seconds(60);

} // namespace

Client::Client(const Options& options, Conversation& conversation, Screen& screen, UniqueFd signals)
    : options_(options), destination_(*destination_from(
                             options.server, options.udp ? default_udp_port : default_port)),
      conversation_(conversation), screen_(screen), signals_(std::move(signals)),
      back_off_(static_cast<unsigned>(::getpid())) {}

int Client::run() {
    connect(Clock::now());
    while (!exit_code_) {
        bool is_typed = false;
        bool is_signalled = false;
        wait(is_typed, is_signalled);
        const Clock::time_point now = Clock::now();
        if (is_signalled)
            handle_signal();
        if (is_typed)
            screen_.read();
        take_typed(now);
        if (link_ != nullptr)
            advance(now);
        else if (now >= next_attempt_)
            connect(now);
        if (now >= leave_at_ || !screen_.is_read())
            exit_code_ = exit_code_.value_or(exit_no_connection);
    }
    return *exit_code_;
}

void Client::connect(Clock::time_point now) {
    next_attempt_ = no_deadline;
    decoder_.emplace(longest_line);
    datagrams_ = nullptr;
    try {
        std::vector<net::Address> addresses = resolve(destination_);
        if (options_.udp) {
            auto link = std::make_unique<DatagramLink>(addresses.front(), now);
            datagrams_ = link.get();
            link_ = std::move(link);
            return;
        }
        std::optional<net::TlsTrust> trust;
        if (options_.tls)
            trust = net::TlsTrust{options_.ca_file, options_.insecure};
        link_ = std::make_unique<StreamLink>(std::move(addresses), destination_.host,
                                             std::move(trust), now);
    } catch (const std::exception& error) {
        lost(error.what(), now);
    }
}

bool Client::wants_input() const noexcept {
    if (!has_input_)
        return false;
    if (options_.prompt)
        return true;
    return link_ != nullptr && link_->state() == Link::State::open &&
           link_->unsent() < most_unsent && conversation_.held() < most_held;
}

Clock::time_point Client::deadline() const noexcept {
    const Clock::time_point link = link_ != nullptr ? link_->deadline() : next_attempt_;
    return std::min(link, leave_at_);
}

void Client::wait(bool& is_typed, bool& is_signalled) {
    std::array<pollfd, 3> interests = {
        pollfd{wants_input() ? STDIN_FILENO : -1, POLLIN, 0},
        pollfd{signals_.get(), POLLIN, 0},
        link_ != nullptr ? link_->interest() : pollfd{-1, 0, 0},
    };
    const Clock::time_point until = deadline();
    int timeout = -1;
    if (until != no_deadline) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        timeout = static_cast<int>(std::clamp<long>(left.count(), 0, 3'600'000));
    }
    ::poll(interests.data(), interests.size(), timeout);
    is_typed = interests[0].revents != 0;
    is_signalled = interests[1].revents != 0;
}

void Client::advance(Clock::time_point now) {
    const Link::State before = link_->state();
    try {
        link_->advance(now);
    } catch (const std::exception& error) { // a file of certificates that cannot be read
        return lost(error.what(), now);
    }
    if (before == Link::State::opening && link_->state() == Link::State::open)
        opened();
    hear(link_->take_received());
    if (link_->state() == Link::State::closed)
        lost(link_->reason(), now);
}

void Client::opened() {
    if (was_open_)
        screen_.show_notice("connected again");
    was_open_ = true;
    using First = Conversation::First;
    send(conversation_.connected(options_.udp ? First::client : First::server));
}

void Client::hear(std::string_view text) {
    while (const auto line = decoder_->next(text)) {
        if (line->is_too_long)
            screen_.show_notice("a line of the server was too long");
        else
            screen_.show_message(line->text);
        send(conversation_.heard());
        if (!conversation_.is_in())
            continue;
        back_off_.reset();
        if (datagrams_ != nullptr)
            datagrams_->begin_to_ask();
        if (datagrams_ != nullptr && is_goodbye(line->text))
            exit_code_ = exit_left;
    }
}

/// Over UDP nothing is closed. What the server says can be configured; it will tell to whom.
bool Client::is_goodbye(std::string_view line) const noexcept {
    return conversation_.is_leaving() && line.find(':') == line.npos &&
           line.find("：") == line.npos && mentions(line, conversation_.name());
}

void Client::send(const Conversation::Lines& lines) {
    for (const std::string& line : lines)
        if (link_ != nullptr)
            link_->send(line);
}

void Client::take_typed(Clock::time_point now) {
    while (auto typed = screen_.take_typed()) {
        if (!*typed) {
            has_input_ = options_.prompt;
            if (options_.stay && !options_.prompt)
                continue;
            leave_at_ = now + (options_.prompt ? patience_of_people : patience_of_pipes);
            const bool is_open = link_ != nullptr && link_->state() == Link::State::open;
            if (!is_open && options_.prompt)
                exit_code_ = exit_left;
            else
                send(options_.prompt ? conversation_.leave_now() : conversation_.leave());
            continue;
        }
        if (link_ == nullptr && options_.prompt)
            screen_.show_notice("not connected: this was not sent");
        else
            send(conversation_.typed(std::move(**typed)));
    }
}

void Client::lost(std::string_view reason, Clock::time_point now) {
    const bool was_in = conversation_.is_in();
    const std::unique_ptr<Link> ended = std::move(link_); // which has the reason
    datagrams_ = nullptr;
    if (conversation_.is_leaving()) {
        exit_code_ = exit_left;
        return;
    }
    // A pipe that was not let in will not be next time either: nobody is there to choose a name.
    const bool is_hopeless = !was_open_ || !options_.reconnect || (!options_.prompt && !was_in);
    if (is_hopeless) {
        screen_.show_notice(was_open_ ? fmt::format("connection lost: {}", reason)
                                      : std::string(reason));
        exit_code_ = exit_no_connection;
        return;
    }
    const BackOff::Duration pause = back_off_.next();
    next_attempt_ = now + pause;
    screen_.show_notice(fmt::format("connection lost: {}; trying again in {:.1f} s", reason,
                                    std::chrono::duration<double>(pause).count()));
    conversation_.disconnected();
}

void Client::handle_signal() {
    signalfd_siginfo signal = {};
    if (::read(signals_.get(), &signal, sizeof signal) != sizeof signal)
        return;
    if (signal.ssi_signo == SIGWINCH)
        screen_.resize();
    else if (signal.ssi_signo == SIGTSTP)
        screen_.suspend();
    else
        exit_code_ = terminal::exit_interrupted;
}

} // namespace tern::chat_client
