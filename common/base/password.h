#pragma once
// Passwords, as crypt(5) keeps them.

#include <string>

namespace tern {

/// A new yescrypt hash. Throws std::system_error.
std::string hash_password(const std::string& password);

bool password_fits(const std::string& password, const std::string& hash);

/// Whether comparing a password with it means hashing.
bool is_password_hash(const std::string& hash) noexcept;

} // namespace tern
