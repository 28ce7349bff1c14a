#pragma once
// `tern-ftpd hash-password` and its like: a password in, its hash for the configuration out.

#include <string_view>

namespace tern::daemon {

/// Reads a line of standard input; at a terminal it asks twice, and shows nothing of what is typed.
/// Returns the program's exit code: 2 if there is no password.
int print_password_hash(std::string_view program);

} // namespace tern::daemon
