#pragma once
// What a server is, to a strategy: a conversation to hold with each client.

#include "common/hub/runner.h"
#include "common/net/connection.h"
#include "common/session/task.h"

#include <string_view>

namespace tern::strategy {

class Service {
public:
    virtual ~Service() = default;

    /// One conversation, written as if it were the only one. Strategies call it on many threads
    /// and in many processes at once; what it shares goes through the runner or is thread-safe.
    virtual Task<void> serve(net::Connection& connection, Runner& runner) = 0;

    /// What a client hears when the server is full, in the protocol's own words.
    virtual std::string_view refusal() const = 0;

    /// The same where it depends on the listener.
    virtual std::string_view refusal_for(const net::Endpoints& /*client*/) const {
        return refusal();
    }

    /// Whether a conversation that is idle is asked to end where a worker serves one client at a
    /// time and another one waits. Who listens in silence is not idle.
    virtual bool makes_room() const { return true; }

    /// What the sessions share; null if nothing.
    virtual Hub* hub() { return nullptr; }

    /// Conversations without a client, which last as long as the server: with a datagram socket, a
    /// control socket, a clock. Each is held once, where the hub lives; it ends when it is asked to
    /// finish, and is cut off when no client is left.
    virtual std::size_t residents() const { return 0; }
    virtual Task<void> reside(std::size_t /*index*/, Runner& /*runner*/) { co_return; }

    /// How long a client may take over its TLS handshake.
    virtual Clock::duration handshake_patience() const { return std::chrono::seconds(10); }
    /// How long a client may take to begin, once the server asks its conversation to finish:
    /// because it stops, or because another client waits for this one's place.
    virtual Clock::duration last_chance() const { return std::chrono::seconds(1); }
};

} // namespace tern::strategy
