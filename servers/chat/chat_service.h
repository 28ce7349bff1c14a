#pragma once
// The chat server's conversations, and what all of them share.

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/strategy/service.h"
#include "servers/chat/chat_hub.h"
#include "servers/chat/door.h"
#include "servers/chat/irc_dialect.h"

#include <string>
#include <string_view>

namespace tern::chat {

class ChatService final : public strategy::Service {
public:
    ChatService(ChatSettings settings, IrcSettings irc, Phrases phrases, Metrics& metrics,
                Log& log);

    Task<void> serve(net::Connection& connection, Runner& runner) override;
    std::string_view refusal() const override { return refusal_; }
    Hub* hub() override { return &hub_; }
    bool makes_room() const override { return false; }

private:
    const ChatSettings settings_;
    const Phrases phrases_;
    const LineDialect words_;
    const IrcDialect irc_words_;
    const ChatCounters counters_;
    const ChatTime time_;
    const Dialects dialects_;
    const std::string refusal_;
    Workshop workshop_;
    const DoorContext context_;
    ChatHub hub_;
};

} // namespace tern::chat
