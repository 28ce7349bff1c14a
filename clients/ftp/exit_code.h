#pragma once
// What tern-ftp tells scripts; bad arguments are those of common/base/command_line.h.

namespace tern::ftp_client {

inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_login_refused = 3;
inline constexpr int exit_digest_differs = 4;

} // namespace tern::ftp_client
