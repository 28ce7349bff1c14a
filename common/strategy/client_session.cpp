#include "common/strategy/client_session.h"

#include "common/base/log.h"

#include <atomic>
#include <exception>

namespace tern::strategy {
namespace {

constexpr std::chrono::seconds closing_patience{2};

/// Session numbers, for logs only; a forked child's clients are told apart by its pid.
std::uint64_t next_session_id() noexcept {
    static std::atomic<std::uint64_t> last = 0;
    return ++last;
}

/// False: there is nobody to talk to.
Task<bool> shake_hands(net::Connection& connection, Clock::duration patience,
                       Clock::duration last_chance) {
    if (!connection.endpoints().encrypted)
        co_return true;
    const auto deadline = connection.now() + patience;
    const Result<void> shaken = co_await connection.handshake(deadline, last_chance);
    co_return shaken.has_value();
}

/// Its frame lasts as long as the client stays, which may be days among many thousands: so the
/// client is no parameter of it, which a frame would keep, but given back once it is taken apart.
Task<void> converse(Service& service, Runner& runner, std::unique_ptr<Client> client) {
    Session& session = co_await this_session();
    const Admission::Place place = std::move(client->place);
    net::Connection connection(session, std::move(client->transport), std::move(client->endpoints));
    client.reset();
    const bool secured =
        co_await shake_hands(connection, service.handshake_patience(), service.last_chance());
    if (!secured)
        co_return;
    co_await service.serve(connection, runner);
    co_await connection.close(closing_patience);
}

} // namespace

Client make_client(const net::Listener& listener, net::Accepted accepted, Admission::Place place) {
    net::Endpoints endpoints;
    endpoints.peer = std::move(accepted.peer);
    endpoints.local = listener.address();
    endpoints.listener = listener.name();
    endpoints.encrypted = listener.encrypted();
    endpoints.id = next_session_id();
    return {listener.transport(std::move(accepted.socket)), std::move(endpoints), std::move(place)};
}

Task<void> serve_client(Service& service, Runner& runner, Client client) {
    return converse(service, runner, std::make_unique<Client>(std::move(client)));
}

Task<void> refuse_client(const Service& service, Client client) {
    Session& session = co_await this_session();
    net::Connection connection(session, std::move(client.transport), std::move(client.endpoints));
    const bool secured = co_await shake_hands(connection, closing_patience, service.last_chance());
    if (!secured)
        co_return;
    const std::string_view refusal = service.refusal_for(connection.endpoints());
    const Result<void> told = co_await connection.write(refusal, closing_patience);
    if (!told)
        co_return;
    connection.linger();
    co_await connection.close(closing_patience);
}

Wait* resume_guarded(Session& session, Log& log) {
    try {
        return session.resume();
    } catch (const std::exception& error) {
        log.error("session ended by an exception: {}", error.what());
    } catch (...) {
        log.error("session ended by an unknown exception");
    }
    return nullptr;
}

} // namespace tern::strategy
