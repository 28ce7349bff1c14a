#pragma once
// Compares a password with its hash without holding up the other sessions of a reactor.

#include "common/session/task.h"
#include "common/session/workshop.h"

#include <string>

namespace tern {

/// As many threads as a workshop may have that hashes: each hash takes some 16 MiB of memory.
unsigned hashing_threads() noexcept;

/// Whether `password` fits `hash`; the workshop hashes. Throws std::system_error.
Task<bool> check_password(Workshop& workshop, std::string password, std::string hash);

} // namespace tern
