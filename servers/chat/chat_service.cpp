#include "servers/chat/chat_service.h"

#include "servers/chat/control_door.h"
#include "servers/chat/line_session.h"
#include "servers/chat/udp_door.h"

#include <utility>

namespace tern::chat {

ChatService::ChatService(ChatSettings settings, Phrases phrases,
                         std::span<const net::DatagramSocket> datagrams,
                         std::optional<net::Listener> control, Metrics& metrics, Log& log)
    : settings_(std::move(settings)), phrases_(std::move(phrases)), words_(phrases_),
      counters_(metrics), dialects_{&words_, &words_, nullptr, nullptr, &words_},
      refusal_(phrases_.line(Sentence::full)), context_{settings_.doors, phrases_, words_,
                                                        counters_, log},
      datagrams_(datagrams), control_(std::move(control)),
      hub_(settings_.hub, {dialects_, counters_, time_, nullptr}) {
    if (settings_.is_iterative)
        log.info("strategy iterative: over TCP one member at a time, the next one waits; over UDP "
                 "any number");
}

Task<void> ChatService::serve(net::Connection& connection, Runner& runner) {
    co_await serve_line(context_, connection, runner);
}

Task<void> ChatService::reside(std::size_t index, Runner& runner) {
    if (index < datagrams_.size())
        co_await serve_datagrams(context_, datagrams_[index], runner);
    else
        co_await serve_control(context_, *control_, runner);
}

} // namespace tern::chat
