#pragma once
// The web door: a page for browsers, and a WebSocket for the chat.

#include "common/hub/runner.h"
#include "common/net/connection.h"
#include "servers/chat/door.h"
#include "servers/chat/web_settings.h"

namespace tern::chat {

/// One client's whole conversation. All arguments outlive it.
Task<void> serve_web(const DoorContext& context, const WebSettings& settings,
                     net::Connection& connection, Runner& runner);

/// Tells the hub that time passes, for as long as the server runs: members who do not come back are
/// to leave, though nobody says anything.
Task<void> serve_clock(Runner& runner);

} // namespace tern::chat
