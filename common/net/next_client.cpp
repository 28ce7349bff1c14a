#include "common/net/next_client.h"

#include "common/session/session.h"

#include <array>
#include <utility>

namespace tern::net {

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

} // namespace tern::net
