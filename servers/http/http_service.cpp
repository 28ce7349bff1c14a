#include "servers/http/http_service.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace tern::http {
namespace {

using net::Awakening;
using net::Progress;

/// How long a client that has just connected may take for its first request once the server stops.
constexpr Clock::duration last_chance = std::chrono::seconds(1);

/// Both clocks; the wall's to a few milliseconds, which costs next to nothing.
Moment moment_of(const net::Connection& connection) noexcept {
    timespec wall = {};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &wall);
    return {connection.now(), wall.tv_sec};
}

Progress write_some(net::Connection& connection, Exchange& exchange) {
    const Output& output = exchange.output();
    Progress progress;
    if (const FileRegion* const file = output.file()) {
        progress = connection.try_send_file(file->descriptor, file->offset, file->length);
    } else {
        std::array<iovec, Output::most_pieces> pieces;
        progress = connection.try_write(output.memory(pieces));
    }
    if (progress.outcome == Progress::Outcome::moved)
        exchange.sent(progress.bytes);
    return progress;
}

Progress read_some(net::Connection& connection, Exchange& exchange) {
    const Progress progress = connection.try_read(exchange.space());
    if (progress.outcome == Progress::Outcome::moved)
        exchange.received(progress.bytes);
    return progress;
}

/// Takes the exchange as far as it gets without waiting. Returns what it is blocked on, which
/// matters only if something is under way.
Progress advance(net::Connection& connection, Exchange& exchange) {
    for (;;) {
        Progress progress;
        switch (exchange.next()) {
        case Exchange::Next::read:
            progress = read_some(connection, exchange);
            break;
        case Exchange::Next::serve:
            exchange.serve(moment_of(connection), connection.finishing());
            continue;
        case Exchange::Next::write:
            progress = write_some(connection, exchange);
            break;
        case Exchange::Next::idle:
        case Exchange::Next::close:
            return progress;
        }
        if (progress.outcome == Progress::Outcome::blocked)
            return progress;
        if (progress.outcome != Progress::Outcome::moved)
            exchange.broken();
    }
}

} // namespace

ServiceObserver::ServiceObserver(Metrics& metrics, Log& log)
    : bytes_(metrics.counter("tern_http_sent_bytes_total", "Bytes of responses that were sent.")),
      log_(log), failures_(std::chrono::seconds(10)) {
    for (const char* const name : {"1xx", "2xx", "3xx", "4xx", "5xx"})
        responses_.push_back(metrics.counter("tern_http_responses_total",
                                             "Responses, by the class of their status.",
                                             {{"class", name}}));
}

void ServiceObserver::responded(Status status) noexcept {
    responses_[number(status) / 100 - 1].add();
}

void ServiceObserver::sent(std::uint64_t bytes) noexcept { bytes_.add(bytes); }

void ServiceObserver::failed(std::string_view what) noexcept {
    std::size_t suppressed = 0;
    if (failures_.allow(Clock::now(), suppressed))
        log_.error("a request failed: {} ({} more since the last time)", what, suppressed);
}

HttpService::HttpService(const ExchangeSettings& settings, Clock::duration idle_timeout,
                         Router router, std::unique_ptr<AccessLog> access_log, Metrics& metrics,
                         Log& log)
    : settings_(settings), idle_timeout_(idle_timeout), router_(std::move(router)),
      access_log_(std::move(access_log)),
      observer_(metrics, log), context_{settings_, router_, observer_, access_log_.get()} {}

std::string_view HttpService::refusal() const {
    return "HTTP/1.1 503 Service Unavailable\r\n"
           "Server: tern\r\n"
           "Content-Type: text/plain; charset=utf-8\r\n"
           "Content-Length: 44\r\n"
           "Retry-After: 5\r\n"
           "Connection: close\r\n"
           "\r\n"
           "The server is full. Please try again later.\n";
}

Task<void> HttpService::serve(net::Connection& connection, Runner& /*runner*/) {
    std::uint64_t served = 0;
    Clock::time_point chance_ends = no_deadline;
    for (;;) {
        auto exchange = std::make_unique<Exchange>(context_, connection.endpoints(), served);
        Progress blocked = advance(connection, *exchange);
        while (exchange->is_under_way()) {
            const Clock::time_point deadline = exchange->deadline(connection.now());
            const Awakening awakening = co_await connection.progress_possible(blocked, deadline);
            if (awakening == Awakening::late)
                exchange->late(moment_of(connection));
            blocked = advance(connection, *exchange);
        }
        const bool is_over = exchange->next() == Exchange::Next::close;
        if (exchange->should_linger())
            connection.linger();
        exchange.reset(); // an idle connection holds no buffers
        if (is_over)
            break;

        const Clock::time_point idle_ends = connection.now() + idle_timeout_;
        Awakening awakening = Awakening::woken;
        while (awakening == Awakening::woken)
            awakening = co_await connection.input_while_idle(idle_ends);
        if (awakening == Awakening::finishing && served == 0) {
            blocked = Progress::blocked(POLLIN);
            chance_ends = std::min(chance_ends, connection.now() + last_chance);
            awakening = Awakening::woken;
            while (awakening == Awakening::woken)
                awakening = co_await connection.progress_possible(blocked, chance_ends);
        }
        if (awakening == Awakening::late || awakening == Awakening::finishing)
            break;
    }
    if (access_log_ != nullptr)
        access_log_->conversation_ended();
}

} // namespace tern::http
