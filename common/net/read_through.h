#pragma once
// Reading what ends with a mark: a line, the head of a request.

#include "common/base/clock.h"
#include "common/net/connection.h"
#include "common/session/task.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace tern::net {

/// Reads until `end` has come, and returns what came with it and before it; what comes in the same
/// piece behind it is lost. Empty if the connection, the deadline or `longest` bytes come first.
/// `end` outlives the call.
Task<std::string> read_through(Connection& connection, std::string_view end, std::size_t longest,
                               Clock::time_point deadline);

} // namespace tern::net
