#pragma once
// What is counted about the chat.

#include "common/base/metrics.h"
#include "servers/chat/event.h"

#include <vector>

namespace tern::chat {

class ChatCounters {
public:
    explicit ChatCounters(Metrics& metrics);

    Gauge members, rooms;
    Counter messages, deliveries, dropped, disconnected_slow;
    /// From the hub's word to the client's socket: of each sendmsg, its oldest message.
    Histogram latency;
    void refused(Refusal reason) const noexcept {
        refusals_[static_cast<std::size_t>(reason)].add();
    }

private:
    std::vector<Counter> refusals_; ///< by reason
};

} // namespace tern::chat
