#pragma once
// What signals mean to a server: SIGTERM and SIGINT ask it to stop, SIGUSR1 to open its log files
// again; SIGPIPE and SIGXFSZ mean nothing, since a failed write says the same.

#include <array>
#include <csignal>

namespace tern {
class ReopenSignal;
}
namespace tern::strategy {
class StopSignal;
}

namespace tern::daemon {

/// In force while it lives; one at a time. The handlers only write to descriptors and shared
/// memory. In a forked child a request to stop is ignored: the child would stop the whole server,
/// and a terminal's SIGINT reaches the parent as well.
class Signals {
public:
    /// Throws std::logic_error if there is another one.
    Signals(strategy::StopSignal& stop, ReopenSignal& reopen);
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

private:
    static constexpr std::array numbers = {SIGTERM, SIGINT, SIGUSR1, SIGPIPE, SIGXFSZ};
    std::array<struct sigaction, numbers.size()> before_ = {};
};

} // namespace tern::daemon
