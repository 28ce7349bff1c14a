#pragma once
// The IRC door: one client's conversation (RFC 2812 and IRCv3).

#include "common/hub/runner.h"
#include "common/net/connection.h"
#include "servers/chat/door.h"
#include "servers/chat/irc_settings.h"

namespace tern::chat {

/// One client's whole conversation. All arguments outlive it.
Task<void> serve_irc(const DoorContext& context, const IrcSettings& settings,
                     net::Connection& connection, Runner& runner);

} // namespace tern::chat
