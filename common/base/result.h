#pragma once
// How a conversation's errors travel: as values, never as exceptions.
//
// Three kinds of error, three tools: a peer's mistake is a value of the protocol (a reply); the
// end of a conversation is a Result with one of the conditions below or a system error; our own
// bugs and an exhausted machine are exceptions, caught where the strategy resumes a session.

#include <boost/system/result.hpp>

#include <system_error>

namespace tern {

template <class T>
using Result = boost::system::result<T, std::error_code>;

/// Why a conversation ended, where the system has no error number for it.
enum class Condition {
    closed = 1, ///< the peer has closed its side, cleanly
    timed_out,  ///< a deadline passed
    stopping,   ///< the server was asked to finish
    truncated,  ///< the peer went away in the middle of something (TLS: no close_notify)
};

std::error_code make_error_code(Condition condition) noexcept;

/// The current errno as an error code.
std::error_code last_error() noexcept;

} // namespace tern

template <>
struct std::is_error_code_enum<tern::Condition> : std::true_type {};
