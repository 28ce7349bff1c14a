#pragma once
// Files that a configuration names and that are read once, at start.

#include "common/base/configuration.h"

#include <string>

namespace tern::http {

/// All of the file `name`; `pointer` is where the configuration names it. Throws
/// ConfigurationError.
std::string read_configured_file(const Configuration& configuration, const std::string& pointer,
                                 const std::string& name);

} // namespace tern::http
