#pragma once
// What tern-http tells scripts; bad arguments are those of common/base/command_line.h.

namespace tern::http_client {

inline constexpr int exit_answered = 0;
inline constexpr int exit_no_answer = 1;
inline constexpr int exit_client_error = 4; ///< status 4xx
inline constexpr int exit_server_error = 5; ///< status 5xx

constexpr int exit_code_of(long status) noexcept {
    if (status >= 500)
        return exit_server_error;
    return status >= 400 ? exit_client_error : exit_answered;
}

} // namespace tern::http_client
