#include "servers/chat/chat_service.h"

#include "common/session/password_check.h"
#include "servers/chat/control_door.h"
#include "servers/chat/irc_session.h"
#include "servers/chat/line_session.h"
#include "servers/chat/terminal_door.h"
#include "servers/chat/udp_door.h"
#include "servers/chat/web_pages.h"
#include "servers/chat/web_session.h"

#include <utility>

namespace tern::chat {
namespace {

std::unique_ptr<DurableJournal> make_journal(const JournalSettings& settings, Log& log) {
    return settings.file.empty() ? nullptr : std::make_unique<DurableJournal>(settings, log);
}

} // namespace

ChatService::ChatService(ChatSettings settings, IrcSettings irc, WebSettings web, Phrases phrases,
                         std::span<const net::DatagramSocket> datagrams,
                         std::optional<net::Listener> control, Metrics& metrics, Log& log)
    : settings_(std::move(settings)), phrases_(std::move(phrases)), words_(phrases_),
      irc_words_(std::move(irc)), web_(std::move(web)),
      counters_(metrics), dialects_{&words_, &words_, &irc_words_, &web_words_, &words_},
      refusal_(phrases_.line(Sentence::full)),
      irc_refusal_("ERROR :The server is full. Please try again later.\r\n"),
      web_refusal_(full_response()),
      workshop_(hashing_threads()), context_{settings_.doors, phrases_, words_,
                                             counters_,       log,      workshop_},
      datagrams_(datagrams), control_(std::move(control)),
      journal_(make_journal(settings_.journal, log)),
      hub_(settings_.hub, {dialects_, counters_, time_, journal_.get()}) {
    if (control_)
        others_.push_back(Resident::control);
    if (has_terminal())
        others_.push_back(Resident::terminal);
    if (journal_)
        others_.push_back(Resident::journal);
    if (journal_)
        journal_->read([this](JournalRecord record) {
            std::visit([&](auto& content) { hub_.restore(record.room, std::move(content)); },
                       record.content);
        });
    if (settings_.is_iterative)
        log.info("strategy iterative: over TCP one member at a time, the next one waits; over UDP "
                 "any number");
}

Task<void> ChatService::serve(net::Connection& connection, Runner& runner) {
    const Door door = settings_.doors.listener(connection.endpoints().listener).door;
    if (door == Door::irc)
        return serve_irc(context_, irc_words_.settings(), connection, runner);
    if (door == Door::web)
        return serve_web(context_, web_, connection, runner);
    return serve_line(context_, connection, runner);
}

std::string_view ChatService::refusal_for(const net::Endpoints& client) const {
    const Door door = settings_.doors.listener(client.listener).door;
    if (door == Door::irc)
        return irc_refusal_;
    return door == Door::web ? web_refusal_ : refusal_;
}

Task<void> ChatService::reside(std::size_t index, Runner& runner) {
    if (index == 0)
        return serve_clock(runner);
    if (index <= datagrams_.size())
        return serve_datagrams(context_, datagrams_[index - 1], runner);
    switch (others_[index - 1 - datagrams_.size()]) {
    case Resident::control:
        return serve_control(context_, *control_, runner);
    case Resident::terminal:
        return serve_terminal(context_, runner);
    case Resident::journal:
        break;
    }
    return journal_->write();
}

} // namespace tern::chat
