#include "common/net/serve_in_turn.h"

#include "common/session/session.h"

#include <array>
#include <optional>
#include <utility>

namespace tern::net {
namespace {

/// None if the session is asked to finish first.
Task<std::optional<Accepted>> next_client(const Listener& listener, Clock::duration pause) {
    Session& session = co_await this_session();
    while (!session.finish_requested()) {
        Result<Accepted> accepted = listener.accept();
        if (accepted)
            co_return std::optional<Accepted>(std::move(*accepted));
        std::array<pollfd, 1> interests = {pollfd{listener.descriptor(), POLLIN, 0}};
        Wait wait;
        wait.interests = interests;
        if (accepted.error() != std::errc::operation_would_block) { // an exhausted machine
            wait.interests = {};
            wait.deadline = session.now() + pause;
        }
        co_await until(wait);
    }
    co_return std::nullopt;
}

} // namespace

Task<void> serve_in_turn(const Listener& listener, Clock::duration pause,
                         const std::function<Task<void>(Connection&)>& serve) {
    Session& session = co_await this_session();
    for (;;) {
        std::optional<Accepted> client = co_await next_client(listener, pause);
        if (!client)
            break;
        Connection connection(session, listener.transport(std::move(client->socket)), Endpoints());
        co_await serve(connection);
    }
    session.closing(listener.descriptor());
}

} // namespace tern::net
