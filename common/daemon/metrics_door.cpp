#include "common/daemon/metrics_door.h"

#include "common/session/session.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace tern::daemon {
namespace {

constexpr Clock::duration patience = std::chrono::seconds(5); ///< with one client; others wait
constexpr std::size_t longest_head = 16384;

std::string response(std::string_view status, std::string_view type, std::string_view body,
                     bool with_body) {
    return fmt::format("HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
                       "Connection: close\r\n\r\n{}",
                       status, type, body.size(), with_body ? body : std::string_view());
}

/// Up to the empty line that ends it; empty if that does not come.
Task<std::string> read_head(net::Connection& connection) {
    const Clock::time_point deadline = connection.now() + patience;
    std::string head;
    const auto piece = std::make_unique<std::array<char, 4096>>();
    while (head.size() < longest_head) {
        const Result<std::size_t> bytes = co_await connection.read(*piece, deadline);
        if (!bytes)
            break;
        head.append(piece->data(), *bytes);
        if (head.find("\r\n\r\n") != std::string::npos)
            co_return head;
    }
    co_return std::string();
}

Task<void> serve_scrape(net::Connection& connection, const Metrics& metrics) {
    const std::string head = co_await read_head(connection);
    if (head.empty())
        co_return;
    const std::string answer = answer_scrape(head, metrics);
    const Result<void> written = co_await connection.write(answer, patience);
    if (written)
        co_await connection.close(patience);
}

Task<void> serve_metrics(const net::Listener& listener, const Metrics& metrics) {
    Session& session = co_await this_session();
    while (!session.finish_requested()) {
        Result<net::Accepted> accepted = listener.accept();
        if (accepted) {
            net::Connection connection(session, listener.transport(std::move(accepted->socket)),
                                       net::Endpoints());
            co_await serve_scrape(connection, metrics);
            continue;
        }
        std::array<pollfd, 1> interests = {pollfd{listener.descriptor(), POLLIN, 0}};
        Wait wait;
        wait.interests = interests;
        if (accepted.error() != std::errc::operation_would_block) { // an exhausted machine
            wait.interests = {};
            wait.deadline = session.now() + patience;
        }
        co_await until(wait);
    }
    session.closing(listener.descriptor());
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
