#pragma once
// Whether a server answers: `--health` asks as a client would, for container engines and scripts.

#include "common/base/configuration.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace tern::daemon {

/// The first words on a connection, as short as the protocol allows.
struct Greeting {
    std::string say;                 ///< empty where the server speaks first
    std::vector<std::string> expect; ///< how its answer may begin
};

/// What to ask at a listener, given its part of the configuration.
using GreetingOf = std::function<Greeting(const nlohmann::json& listener)>;

/// Asks at every listener of the configuration, one after the other; a listener on all addresses is
/// asked on the loopback. Ports that the system chose are in `port_file`. Returns how many there
/// are. Throws std::runtime_error that names the one which did not answer in time.
std::size_t check_health(const Configuration& configuration, const GreetingOf& greeting_of,
                         const std::filesystem::path& port_file, std::chrono::seconds patience);

} // namespace tern::daemon
