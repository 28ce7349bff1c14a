// The smallest service whose sessions share something: every session hears every other. It proves
// wake-ups across sessions and the hub's path between runners, under every strategy.
//
// Usage: chorus-server STRATEGY WORKERS MAX_CONNECTIONS --port-file FILE

#include "common/base/log.h"
#include "common/base/log_file.h"
#include "common/base/metrics.h"
#include "common/daemon/port_file.h"
#include "common/daemon/signals.h"
#include "common/net/listener.h"
#include "common/session/mailbox.h"
#include "common/strategy/admission.h"
#include "common/strategy/registry.h"
#include "common/strategy/stop_signal.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace tern;

/// Tells everybody who came, who went, and what each says, in one order for all.
class ChorusHub final : public Hub {
public:
    void entered(Member member, Deliveries& deliveries) override {
        members_.push_back(member);
        say("+" + std::to_string(member), deliveries);
    }
    void received(Member from, std::string_view message, Deliveries& deliveries) override {
        say(std::to_string(from) + ":" + std::string(message), deliveries);
    }
    void left(Member member, Deliveries& deliveries) override {
        std::erase(members_, member);
        say("-" + std::to_string(member), deliveries);
    }

private:
    void say(const std::string& text, Deliveries& deliveries) {
        deliveries.deliver(members_, std::make_shared<const std::string>(text + "\r\n"));
    }

    std::vector<Member> members_;
};

class Chorus final : public strategy::Service {
public:
    Task<void> serve(net::Connection& connection, Runner& runner) override {
        Mailbox mailbox(connection.session(), 100'000, Overflow::disconnect);
        Membership membership(runner, mailbox);
        std::string input;
        for (;;) {
            const Mailbox::Post post = mailbox.take();
            std::string output;
            for (const Message& message : post.messages)
                output += *message;
            const Result<void> written = co_await connection.write(output, patience);
            if (!written || post.closed)
                co_return;
            if (!read_lines(connection, input, membership))
                co_return;
            if (!output.empty()) // the wake-up for more may have come while it was written
                continue;
            const net::Awakening why = co_await connection.input_while_idle(no_deadline);
            if (why == net::Awakening::finishing)
                co_return;
        }
    }
    std::string_view refusal() const override { return "full\n"; }
    Hub* hub() override { return &hub_; }

private:
    static constexpr std::chrono::seconds patience{30};

    static bool read_lines(net::Connection& connection, std::string& input,
                           Membership& membership) {
        std::array<char, 4096> buffer;
        net::Progress progress = connection.try_read(buffer);
        for (; progress.outcome == net::Progress::Outcome::moved;
             progress = connection.try_read(buffer))
            input.append(buffer.data(), progress.bytes);
        std::size_t end = 0;
        while ((end = input.find('\n')) != std::string::npos) {
            membership.tell(std::string_view(input).substr(0, end));
            input.erase(0, end + 1);
        }
        return progress.outcome == net::Progress::Outcome::blocked;
    }

    ChorusHub hub_;
};

int run(const std::vector<std::string>& arguments) {
    LogSettings log_settings;
    log_settings.server = "chorus";
    log_settings.strategy = arguments.at(0);
    Log log(log_settings);
    Metrics metrics;
    strategy::Settings settings;
    settings.workers = std::stoul(arguments.at(1));
    settings.max_connections = std::stoul(arguments.at(2));
    settings.shutdown_grace = std::chrono::seconds(5);
    strategy::StopSignal stop;
    ReopenSignal reopen;
    const daemon::Signals signals(stop, reopen);
    strategy::Admission admission(settings.max_connections, 0, metrics);
    net::ListenerSettings listener;
    listener.name = "chorus";
    listener.address = "127.0.0.1";
    std::vector<net::Listener> listeners;
    listeners.emplace_back(listener);
    Chorus service;
    const auto strategy = strategy::make_strategy(arguments.at(0), {settings, admission, log});
    daemon::write_port_file(arguments.at(4), listeners);
    strategy->run(listeners, service, stop);
    return 0;
}

} // namespace

int main(int argc, char** argv) try {
    return run(std::vector<std::string>(argv + 1, argv + argc));
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
