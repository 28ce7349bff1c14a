#pragma once
// The skeleton of every server: configuration, listeners, strategy, sessions, and an end.

#include "common/base/configuration.h"
#include "common/base/log.h"
#include "common/base/log_file.h"
#include "common/base/metrics.h"
#include "common/daemon/health.h"
#include "common/net/datagram_socket.h"
#include "common/strategy/service.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern::daemon {

/// What a service is made from; all of it outlives the service.
struct Equipment {
    const Configuration& configuration;
    Log& log;
    Metrics& metrics;
    const ReopenSignal& reopen;                     ///< for log files of its own
    std::span<const net::DatagramSocket> datagrams; ///< listeners over UDP
    bool is_check = false;                          ///< nothing is to be opened for good
};

using ServiceFactory = std::function<std::unique_ptr<strategy::Service>(const Equipment&)>;

struct DaemonDescription {
    std::string_view program;                    ///< "tern-httpd"
    std::string_view server;                     ///< "httpd", in every line of the log
    std::string_view schema;                     ///< the JSON Schema's text
    std::filesystem::path default_configuration; ///< where there is no --config
    std::vector<std::string> alpn;               ///< what TLS listeners offer
    /// Called while the process is still whoever started it, for what the user that it becomes may
    /// not read, such as keys. Throws ConfigurationError. May be empty.
    std::function<void(const Configuration&)> prepare = {};
    /// Called before the first fork and the first thread, as the user that the server runs as.
    /// Throws ConfigurationError for what the schema could not say.
    ServiceFactory make_service;
    GreetingOf greeting; ///< how --health asks
};

/// From the arguments to the exit code: 0 stopped cleanly (or nothing to do), 1 a failure of the
/// machine such as an address in use, 2 bad arguments or a bad configuration. Each failure is one
/// line on standard error.
int run_daemon(const DaemonDescription& description, int argc, const char* const* argv);

} // namespace tern::daemon
