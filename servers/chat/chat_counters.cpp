#include "servers/chat/chat_counters.h"

#include "servers/chat/refusal_names.h"

namespace tern::chat {

using namespace std::chrono_literals;

ChatCounters::ChatCounters(Metrics& metrics)
    : members(metrics.gauge("tern_chat_members", "Members who have a name.")),
      rooms(metrics.gauge("tern_chat_rooms", "Rooms with somebody in them.")),
      messages(metrics.counter("tern_chat_messages_total", "What was said in rooms.")),
      deliveries(metrics.counter("tern_chat_deliveries_total",
                                 "Messages put on their way to a member, one by one.")),
      dropped(metrics.counter("tern_chat_dropped_total", "Messages that slow readers have lost.")),
      disconnected_slow(metrics.counter("tern_chat_disconnected_slow_total",
                                        "Members who were disconnected for reading too slowly.")),
      latency(metrics.histogram(
          "tern_chat_delivery_seconds",
          "From the hub to the client's socket: the oldest message of each "
          "send.",
          {50us, 100us, 250us, 500us, 1ms, 2500us, 5ms, 10ms, 25ms, 50ms, 100ms, 250ms, 1s, 5s})) {
    for (const std::string_view name : refusal_names)
        refusals_.push_back(metrics.counter("tern_chat_refusals_total",
                                            "Requests that were not fulfilled.",
                                            {{"reason", std::string(name)}}));
}

} // namespace tern::chat
