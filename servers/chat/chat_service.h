#pragma once
// The chat server's conversations, and what all of them share.

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/net/datagram_socket.h"
#include "common/strategy/service.h"
#include "servers/chat/chat_hub.h"
#include "servers/chat/door.h"
#include "servers/chat/durable_journal.h"
#include "servers/chat/irc_dialect.h"
#include "servers/chat/web_dialect.h"
#include "servers/chat/web_settings.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern::chat {

class ChatService final : public strategy::Service {
public:
    /// `control` is the administrator's listener, if there is one; `datagrams` are the sockets of
    /// the UDP listeners; all but the first two outlive it.
    ChatService(ChatSettings settings, IrcSettings irc, WebSettings web, Phrases phrases,
                std::span<const net::DatagramSocket> datagrams,
                std::optional<net::Listener> control, Metrics& metrics, Log& log);

    Task<void> serve(net::Connection& connection, Runner& runner) override;
    std::string_view refusal() const override { return refusal_; }
    Hub* hub() override { return &hub_; }
    std::string_view refusal_for(const net::Endpoints& client) const override;
    bool makes_room() const override { return false; }
    /// The clock comes first, then the sockets, then the others.
    std::size_t residents() const override { return 1 + datagrams_.size() + others_.size(); }
    Task<void> reside(std::size_t index, Runner& runner) override;

private:
    /// Residents besides the clock and the datagram sockets.
    enum class Resident { control, terminal, journal };

    const ChatSettings settings_;
    const Phrases phrases_;
    const LineDialect words_;
    const IrcDialect irc_words_;
    const WebSettings web_;
    const WebDialect web_words_;
    const ChatCounters counters_;
    const ChatTime time_;
    const Dialects dialects_;
    const std::string refusal_, irc_refusal_, web_refusal_;
    Workshop workshop_;
    const DoorContext context_;
    const std::span<const net::DatagramSocket> datagrams_;
    const std::optional<net::Listener> control_;
    const std::unique_ptr<DurableJournal> journal_; ///< null: what is said is kept in memory only
    std::vector<Resident> others_;
    ChatHub hub_;
};

} // namespace tern::chat
