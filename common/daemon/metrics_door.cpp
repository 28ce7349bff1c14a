#include "common/daemon/metrics_door.h"

#include "common/net/read_through.h"
#include "common/net/serve_in_turn.h"

#include <fmt/format.h>

#include <functional>

namespace tern::daemon {
namespace {

constexpr Clock::duration patience = std::chrono::seconds(5); ///< with one client; others wait
constexpr std::size_t longest_head = 16384;
constexpr std::string_view end_of_head = "\r\n\r\n";

std::string response(std::string_view status, std::string_view type, std::string_view body,
                     bool with_body) {
    return fmt::format("HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
                       "Connection: close\r\n\r\n{}",
                       status, type, body.size(), with_body ? body : std::string_view());
}

Task<void> serve_scrape(net::Connection& connection, const Metrics& metrics) {
    const Clock::time_point deadline = connection.now() + patience;
    const std::string head =
        co_await net::read_through(connection, end_of_head, longest_head, deadline);
    if (head.empty())
        co_return;
    const std::string answer = answer_scrape(head, metrics);
    const Result<void> written = co_await connection.write(answer, patience);
    if (written)
        co_await connection.close(patience);
}

Task<void> serve_metrics(const net::Listener& listener, const Metrics& metrics) {
    const std::function<Task<void>(net::Connection&)> serve =
        [&metrics](net::Connection& connection) { return serve_scrape(connection, metrics); };
    co_await net::serve_in_turn(listener, patience, serve);
}

} // namespace

std::string answer_scrape(std::string_view head, const Metrics& metrics) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const std::size_t space = line.find(' ');
    const std::size_t end = line.find(' ', space + 1);
    if (space == std::string_view::npos || end == std::string_view::npos ||
        !line.substr(end + 1).starts_with("HTTP/1."))
        return response("400 Bad Request", "text/plain", "This is not HTTP/1.\n", true);
    const std::string_view method = line.substr(0, space);
    const std::string_view target = line.substr(space + 1, end - space - 1);
    const bool is_get = method == "GET";
    if (!is_get && method != "HEAD")
        return response("405 Method Not Allowed\r\nAllow: GET, HEAD", "text/plain",
                        "GET and HEAD are allowed.\n", true);
    if (target.substr(0, target.find('?')) != "/metrics")
        return response("404 Not Found", "text/plain", "Only /metrics is here.\n", is_get);
    return response("200 OK", "text/plain; version=0.0.4", metrics.prometheus_text(), is_get);
}

Task<void> MeasuredService::reside(std::size_t index, Runner& runner) {
    return index < service_->residents() ? service_->reside(index, runner)
                                         : serve_metrics(listener_, metrics_);
}

} // namespace tern::daemon
