#pragma once
// A strategy answers: who runs a session, how it waits, how it is woken, and whether sessions
// share memory. Everything else is the same under all of them.

#include "common/net/listener.h"
#include "common/strategy/service.h"

#include <chrono>
#include <cstddef>
#include <span>

namespace tern {
class Log;
}

namespace tern::strategy {

class Admission;
class StopSignal;

/// The `concurrency` part of a configuration.
struct Settings {
    std::size_t workers = 0; ///< threads, processes, reactors or rings; 0: one per core
    std::size_t max_connections = 1024;
    std::chrono::milliseconds shutdown_grace{10'000};
};

/// What a strategy works with; all of it outlives the strategy.
struct Surroundings {
    Settings settings;
    Admission& admission;
    Log& log;
};

class Strategy {
public:
    virtual ~Strategy() = default;

    /// Accepts on all listeners and holds a conversation of `service` with each client, until
    /// `stop`; returns when all are over. Closes the listeners when it stops accepting.
    virtual void run(std::span<net::Listener> listeners, Service& service, StopSignal& stop) = 0;

    /// Whether sessions share this process's memory. If not, the strategy forks, and nothing in
    /// the process may have started a thread.
    virtual bool shares_memory() const noexcept = 0;
};

} // namespace tern::strategy
