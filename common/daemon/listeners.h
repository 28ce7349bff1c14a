#pragma once
// The `listeners` part of a configuration.

#include "common/base/configuration.h"
#include "common/net/listener.h"

#include <string>
#include <vector>

namespace tern::daemon {

/// Throws ConfigurationError for names that are not unique, addresses that are none, and
/// certificates or keys that cannot be used.
std::vector<net::ListenerSettings> listener_settings(const Configuration& configuration,
                                                     const std::vector<std::string>& alpn);

} // namespace tern::daemon
