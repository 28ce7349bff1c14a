#pragma once
// The commands of scripts: get URL..., put FILE... URL, ls URL.

#include "clients/ftp/arguments.h"

namespace tern::ftp_client {

/// Returns the exit code. Throws std::runtime_error for what is no URL.
int run_scripted(const Options& options);

} // namespace tern::ftp_client
