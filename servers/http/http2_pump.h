#pragma once
// Holds a conversation in HTTP/2: moves the bytes between a connection and its exchange, and does
// the waiting.

#include "common/net/connection.h"
#include "common/session/task.h"
#include "servers/http/exchange_context.h"
#include "servers/http/http2_exchange.h"
#include "servers/http/log_attendant.h"

namespace tern::http {

/// What a client may take between its requests.
struct ConversationSettings {
    Clock::duration idle_timeout = std::chrono::seconds(75);
    Clock::duration last_chance = std::chrono::seconds(1); ///< see strategy::Service
};

/// All outlive the task.
Task<void> converse_http2(net::Connection& connection, const ExchangeContext& context,
                          const ConversationSettings& settings, LogAttendant& log_attendant,
                          const Http2Start& start);

} // namespace tern::http
