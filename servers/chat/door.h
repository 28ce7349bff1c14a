#pragma once
// What the sessions of all doors work with.

#include "common/base/log.h"
#include "common/session/workshop.h"
#include "servers/chat/chat_counters.h"
#include "servers/chat/line_dialect.h"
#include "servers/chat/phrases.h"
#include "servers/chat/settings.h"

namespace tern::chat {

/// All of it outlives the sessions.
struct DoorContext {
    const DoorSettings& settings;
    const Phrases& phrases;
    const LineDialect& words; ///< of the line door and the UDP door
    const ChatCounters& counters;
    Log& log;
    Workshop& workshop; ///< where passwords are hashed
};

} // namespace tern::chat
