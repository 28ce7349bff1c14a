#pragma once
// The accept loop: itself a session, so that every strategy which can run sessions can accept.

#include "common/base/log.h"
#include "common/base/rate_limit.h"
#include "common/net/listener.h"
#include "common/session/session.h"
#include "common/strategy/admission.h"
#include "common/strategy/client_session.h"

#include <span>
#include <vector>

namespace tern::strategy {

/// Where the accept loop brings clients. Called on the thread that runs the loop.
class Reception {
public:
    virtual ~Reception() = default;
    virtual void welcome(Client client) = 0;
    virtual void refuse(Client client) = 0;
    /// Asked before each accept: whether a client can be taken in at all. False counts as an accept
    /// error for want of descriptors.
    virtual bool has_room() { return true; }
    /// Whether the strategy can wait for this descriptor; select(2) cannot for all.
    virtual bool can_watch(int /*descriptor*/) const noexcept { return true; }
};

/// Accept errors: one line in the log each few seconds, and a pause that doubles while they last,
/// so that an exhausted machine is left alone.
class AcceptTrouble {
public:
    explicit AcceptTrouble(Log& log) noexcept : log_(log) {}

    /// How long to leave the listener alone.
    Clock::duration pause_after(std::error_code error, const net::Listener& listener,
                                Clock::time_point now);
    void over() noexcept { pause_ = shortest; }
    /// Errors that concern one client only, who is gone: go on at once.
    static bool is_the_clients(std::error_code error) noexcept;

private:
    static constexpr std::chrono::milliseconds shortest{20};
    static constexpr std::chrono::milliseconds longest{1000};

    Log& log_;
    RateLimit limit_{std::chrono::seconds(5)};
    Clock::duration pause_ = shortest;
};

/// Accepts on all listeners until the session is asked to finish; then takes in the clients that
/// the kernel has connected already, and closes the listeners. All arguments outlive it.
Task<void> accept_clients(std::span<net::Listener> listeners, Reception& reception,
                          Admission& admission, Log& log);

/// Admits the client, or has it refused.
void receive(const net::Listener& listener, net::Accepted accepted, Reception& reception,
             Admission& admission, Log& log);

} // namespace tern::strategy
