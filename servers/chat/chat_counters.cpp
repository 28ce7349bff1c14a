#include "servers/chat/chat_counters.h"

#include "servers/chat/refusal_names.h"

namespace tern::chat {

ChatCounters::ChatCounters(Metrics& metrics)
    : members(metrics.gauge("tern_chat_members", "Members who have a name.")),
      rooms(metrics.gauge("tern_chat_rooms", "Rooms with somebody in them.")),
      messages(metrics.counter("tern_chat_messages_total", "What was said in rooms.")),
      deliveries(metrics.counter("tern_chat_deliveries_total",
                                 "Messages put on their way to a member, one by one.")),
      dropped(metrics.counter("tern_chat_dropped_total", "Messages that slow readers have lost.")) {
    for (const std::string_view name : refusal_names)
        refusals_.push_back(metrics.counter("tern_chat_refusals_total",
                                            "Requests that were not fulfilled.",
                                            {{"reason", std::string(name)}}));
}

} // namespace tern::chat
