#pragma once
// From an accepted socket to a conversation: what every strategy does with a new client.

#include "common/net/listener.h"
#include "common/session/session.h"
#include "common/strategy/admission.h"
#include "common/strategy/service.h"

#include <memory>

namespace tern {
class Log;
}

namespace tern::strategy {

/// A client that is to be served, or told that it cannot be.
struct Client {
    std::unique_ptr<net::Transport> transport;
    net::Endpoints endpoints;
    Admission::Place place;
};

/// Sets up a transport over the socket.
Client make_client(const net::Listener& listener, net::Accepted accepted, Admission::Place place);

/// The client's whole conversation: TLS handshake, the service, a polite end. The service and the
/// runner outlive it.
Task<void> serve_client(Service& service, Runner& runner, Client client);

/// Tells the client, in the protocol's words, that the server is full; takes two seconds at most.
Task<void> refuse_client(const Service& service, Client client);

/// session.resume(), where an exception ends the session and is logged: a bug or an exhausted
/// machine costs one conversation, never the server.
Wait* resume_guarded(Session& session, Log& log);

} // namespace tern::strategy
