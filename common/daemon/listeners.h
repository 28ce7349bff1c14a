#pragma once
// The `listeners` part of a configuration.

#include "common/base/configuration.h"
#include "common/net/listener.h"

#include <optional>
#include <string>
#include <vector>

namespace tern::daemon {

/// Throws ConfigurationError for names that are not unique, addresses that are none, and
/// certificates or keys that cannot be used.
std::vector<net::ListenerSettings> listener_settings(const Configuration& configuration,
                                                     const std::vector<std::string>& alpn);

/// Where the server's metrics are to be had; nothing if the configuration names no such listener.
/// Throws ConfigurationError.
std::optional<net::ListenerSettings> metrics_listener_settings(const Configuration& configuration);

} // namespace tern::daemon
