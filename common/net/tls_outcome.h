#pragma once
// What OpenSSL's answers mean, for both sides of a connection. For common/net/tls*.cpp only.

#include "common/net/transport.h"

#include <string>

struct ssl_st;

namespace tern::net {

/// Throws std::runtime_error that says what, and OpenSSL's reason.
[[noreturn]] void throw_tls_error(const std::string& what);
/// Why OpenSSL could not, in the words of whatever was first.
std::string tls_reason();

/// To be called before each call of OpenSSL: its queue of errors is the thread's, and sessions
/// share threads.
void forget_tls_errors() noexcept;

/// What `result`, of a call of OpenSSL that did not succeed, says of the connection. After `failed`
/// OpenSSL must not be asked to shut down.
Progress tls_outcome(const ssl_st* tls, int result) noexcept;

} // namespace tern::net
