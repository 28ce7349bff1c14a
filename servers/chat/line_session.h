#pragma once
// The line door: plain text over TCP, one line a message, pleasant from `nc`.

#include "common/hub/runner.h"
#include "common/net/connection.h"
#include "servers/chat/door.h"

namespace tern::chat {

/// One client's whole conversation. `context` and `runner` outlive it.
Task<void> serve_line(const DoorContext& context, net::Connection& connection, Runner& runner);

} // namespace tern::chat
