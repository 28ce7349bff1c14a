// The load of the chat benchmark: one thread, one epoll.
//
// Usage: bench-chat PROTOCOL PORT OPTION=NUMBER...
//     listeners=100 senders=1 rooms=1     who is there
//     window=32 | rate=200                messages in flight, or a second; seconds=2
//     stopped=1                           the first listener reads nothing
//
// Everybody enters and joins; it prints how long that took, and waits for a line of input. Then
// it runs the exchange, prints its report, and waits for another line before it hangs up. So
// whoever started it can look at the server at each point.

#include "tools/bench/chat_load/exchange.h"

#include <sys/resource.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <string_view>

namespace {

using Options = std::map<std::string, double>;

double option(const Options& options, const std::string& name, double otherwise) {
    const auto found = options.find(name);
    return found == options.end() ? otherwise : found->second;
}

std::size_t count(const Options& options, const std::string& name, std::size_t otherwise) {
    return static_cast<std::size_t>(option(options, name, static_cast<double>(otherwise)));
}

void raise_descriptor_limit() {
    rlimit limit = {};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

void say(const std::string& text) { std::cout << text << std::endl; }

bool await_line() {
    std::string line;
    return static_cast<bool>(std::getline(std::cin, line));
}

int run(const bench::Dialect& dialect, std::uint16_t port, const Options& options) {
    bench::CrowdPlan crowd_plan;
    crowd_plan.port = port;
    crowd_plan.listeners = count(options, "listeners", 100);
    crowd_plan.senders = count(options, "senders", 1);
    crowd_plan.rooms = count(options, "rooms", 1);
    crowd_plan.at_once = count(options, "at_once", 64);
    bench::Crowd crowd(dialect, crowd_plan);
    const double entered = crowd.enter();
    const double joined = crowd.join();
    say(R"({"enter_seconds": )" + std::to_string(entered) + R"(, "join_seconds": )" +
        std::to_string(joined) + "}");
    if (!await_line())
        return 0;
    bench::ExchangePlan plan;
    plan.listeners = crowd_plan.listeners;
    plan.senders = crowd_plan.senders;
    plan.window = count(options, "window", 0);
    plan.rate = option(options, "rate", 0);
    plan.seconds = option(options, "seconds", 2);
    plan.payload = count(options, "payload", 64);
    plan.first_listener_stops = count(options, "stopped", 0) != 0;
    if (plan.window == 0 && plan.rate <= 0)
        return 0;
    bench::Exchange exchange(dialect, crowd, plan);
    exchange.run();
    say(exchange.report());
    await_line();
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const auto dialect = bench::dialect_named(argc > 1 ? argv[1] : "");
    if (!dialect || argc < 3) {
        std::cerr << "usage: bench-chat irc|line|web|redis|nats PORT OPTION=NUMBER...\n";
        return 2;
    }
    Options options;
    for (int i = 3; i < argc; ++i) {
        const std::string_view word = argv[i];
        const std::size_t equals = word.find('=');
        if (equals != std::string_view::npos)
            options[std::string(word.substr(0, equals))] =
                std::strtod(argv[i] + equals + 1, nullptr);
    }
    raise_descriptor_limit();
    return run(*dialect, static_cast<std::uint16_t>(std::strtoul(argv[2], nullptr, 10)), options);
}
