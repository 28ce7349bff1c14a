#include "servers/http/http_service.h"

#include "servers/http/log_attendant.h"
#include "servers/http/moment_of.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tern::http {
namespace {

using net::Awakening;
using net::Progress;

const Progress input_missing = Progress::blocked(POLLIN);

/// So soon after an answer, the next request may well be on its way: closing would reset it.
constexpr Clock::duration turnaround = std::chrono::milliseconds(50);

/// What a connection has while it is busy, and only then. Moves its bytes without ever waiting.
class Busy {
public:
    Busy(net::Connection& connection, const ExchangeContext& context, std::uint64_t& served)
        : connection_(connection), exchange_(context, connection.endpoints(), served) {}

    /// Goes as far as it gets. When something is under way then, `blocked` says what on.
    void advance() {
        if (connection_.finishing())
            exchange_.say_goodbye();
        Exchange::Next next = exchange_.next();
        for (; next != Exchange::Next::idle && next != Exchange::Next::close &&
               next != Exchange::Next::http2;
             next = exchange_.next()) {
            if (next == Exchange::Next::serve) {
                exchange_.serve(moment_of(connection_), connection_.finishing());
                continue;
            }
            blocked_ = next == Exchange::Next::write ? write_some() : read_some();
            if (blocked_.outcome == Progress::Outcome::blocked)
                return;
            if (blocked_.outcome != Progress::Outcome::moved)
                exchange_.broken();
        }
    }

    bool is_under_way() const noexcept { return exchange_.is_under_way(); }
    const Progress& blocked() const noexcept { return blocked_; }
    Clock::time_point deadline() noexcept { return exchange_.deadline(connection_.now()); }
    void late() { exchange_.late(moment_of(connection_)); }

    /// What HTTP/2 begins with, if the client has changed over to that.
    std::unique_ptr<Http2Start> http2_start() { return exchange_.take_http2_start(); }

    /// Whether the connection should be closed now.
    bool is_over() const noexcept {
        if (exchange_.should_linger())
            connection_.linger();
        return exchange_.next() == Exchange::Next::close;
    }

private:
    Progress read_some() {
        const Progress progress = connection_.try_read(exchange_.space());
        if (progress.outcome == Progress::Outcome::moved)
            exchange_.received(progress.bytes);
        return progress;
    }

    Progress write_some() {
        const Output& output = exchange_.output();
        Progress progress;
        if (const FileRegion* const file = output.file()) {
            progress = connection_.try_send_file(file->descriptor, file->offset, file->length);
        } else {
            std::array<iovec, Output::most_pieces> pieces;
            progress = connection_.try_write(output.memory(pieces));
        }
        if (progress.outcome == Progress::Outcome::moved)
            exchange_.sent(progress.bytes);
        return progress;
    }

    net::Connection& connection_;
    Progress blocked_;
    Exchange exchange_;
};

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

HttpService::HttpService(const ExchangeSettings& settings, const ConversationSettings& conversation,
                         Router router, std::unique_ptr<AccessLog> access_log, Metrics& metrics,
                         Log& log, Policies policies)
    : settings_(settings), conversation_(conversation), router_(std::move(router)),
      access_log_(std::move(access_log)), policies_(std::move(policies)),
      observer_(metrics, log), context_{settings_,
                                        router_,
                                        observer_,
                                        access_log_.get(),
                                        policies_.request_rate.get(),
                                        policies_.error_pages.get()} {}

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
    LogAttendant log_attendant(access_log_.get());
    if (connection.alpn() == "h2") {
        const Http2Start start;
        co_await converse_http2(connection, context_, conversation_, log_attendant, start);
        co_return;
    }
    Clock::time_point last_chance_ends = no_deadline;
    for (;;) {
        // Buffers and all: an idle connection has none, and this frame is small.
        auto busy = std::make_unique<Busy>(connection, context_, served);
        busy->advance();
        while (busy->is_under_way()) {
            const Clock::time_point deadline = busy->deadline();
            const Awakening awakening =
                co_await connection.progress_possible(busy->blocked(), deadline);
            if (awakening == Awakening::late)
                busy->late();
            busy->advance();
        }
        const bool is_over = busy->is_over();
        const std::unique_ptr<Http2Start> http2 = busy->http2_start();
        busy.reset();
        if (http2 != nullptr) {
            co_await converse_http2(connection, context_, conversation_, log_attendant, *http2);
            co_return;
        }
        if (is_over)
            break;

        const Clock::time_point idle_begins = connection.now();
        const Clock::time_point idle_ends = idle_begins + conversation_.idle_timeout;
        Awakening awakening = Awakening::woken;
        while (awakening == Awakening::woken) {
            const auto deadline = std::min(idle_ends, log_attendant.due(connection.now()));
            awakening = co_await connection.input_while_idle(deadline);
            log_attendant.attend(connection.now());
            if (awakening == Awakening::late && connection.now() < idle_ends)
                awakening = Awakening::woken;
        }
        if (awakening == Awakening::finishing) {
            if (served == 0)
                last_chance_ends = std::min(last_chance_ends, connection.now() + last_chance());
            else
                last_chance_ends = idle_begins + turnaround;
            while (awakening != Awakening::ready && connection.now() < last_chance_ends)
                awakening = co_await connection.progress_possible(input_missing, last_chance_ends);
        }
        if (awakening != Awakening::ready)
            break;
    }
}

} // namespace tern::http
