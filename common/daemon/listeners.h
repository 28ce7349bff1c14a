#pragma once
// The `listeners` part of a configuration.

#include "common/base/configuration.h"
#include "common/net/listener.h"
#include "common/net/tls.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tern::daemon {

/// What the setting at `pointer` names, read. Throws ConfigurationError for what cannot be used.
std::unique_ptr<net::TlsContext> read_tls(const net::TlsSettings& settings,
                                          const Configuration& configuration,
                                          const std::string& pointer);

/// Throws ConfigurationError for names that are not unique, addresses that are none, and
/// certificates or keys that cannot be used.
std::vector<net::ListenerSettings> listener_settings(const Configuration& configuration,
                                                     const std::vector<std::string>& alpn);

/// Where the server's metrics are to be had; nothing if the configuration names no such listener.
/// Throws ConfigurationError.
std::optional<net::ListenerSettings> metrics_listener_settings(const Configuration& configuration);

} // namespace tern::daemon
