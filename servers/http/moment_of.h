#pragma once
// What time it is for a connection.

#include "common/net/connection.h"
#include "servers/http/request.h"

#include <ctime>

namespace tern::http {

/// Both clocks; the wall's to a few milliseconds, which costs next to nothing.
inline Moment moment_of(const net::Connection& connection) noexcept {
    timespec wall = {};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &wall);
    return {connection.now(), wall.tv_sec};
}

} // namespace tern::http
