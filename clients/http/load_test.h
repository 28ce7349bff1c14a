#pragma once
// Sends a request many times, several at a time, and measures.

#include "clients/http/arguments.h"
#include "clients/http/latency.h"

namespace tern::http_client {

/// Throws std::runtime_error for a request that cannot be made.
LoadResult run_load_test(const Options& options);

} // namespace tern::http_client
