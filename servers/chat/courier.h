#pragma once
// Puts events into the words of those whom they concern, once for all who are told the same, and
// has them delivered.

#include "common/hub/hub.h"
#include "servers/chat/answer.h"
#include "servers/chat/chat_counters.h"
#include "servers/chat/crowd.h"
#include "servers/chat/dialect.h"

#include <span>
#include <string>
#include <vector>

namespace tern::chat {

class Courier {
public:
    Courier(const Dialects& dialects, const ChatCounters& counters) noexcept
        : dialects_(dialects), counters_(counters) {}

    bool speaks(Door door) const noexcept { return dialects_[static_cast<std::size_t>(door)]; }

    /// To be called before anything else of each call of the hub.
    void begin(Deliveries& deliveries, Clock::time_point now) noexcept {
        deliveries_ = &deliveries;
        now_ = now;
        answered_ = 0;
    }
    Deliveries& deliveries() noexcept { return *deliveries_; }
    /// Bytes for single members since then.
    std::size_t answered() const noexcept { return answered_; }

    /// To all of the crowd; `actor`, if not null, is told in words of its own.
    void to_crowd(const Crowd& crowd, const Event& event, const Guest* actor) {
        to_others(crowd, event, actor);
        if (actor != nullptr)
            to_actor(*actor, event);
    }
    /// To all of the crowd but `actor`, who may be null.
    void to_others(const Crowd& crowd, const Event& event, const Guest* actor);
    /// To these, grouped here; for what concerns several rooms, or not all of one.
    void to_guests(std::span<Guest* const> guests, const Event& event);
    /// What the member itself is told of what it did, if anything.
    void to_actor(const Guest& guest, const Event& event, Answer answer = Answer::text) {
        send(guest, event, true, answer);
    }
    void to_one(const Guest& guest, const Event& event, Answer answer = Answer::text) {
        send(guest, event, false, answer);
    }

    /// To the guest's connection as it is now: not kept for another one.
    void pass_by(const Guest& guest, const Event& event, Answer answer);

private:
    /// The bytes of `event` for this voice, after their header; false if there are none.
    bool render(const Voice& voice, const Event& event, bool own, std::string_view name,
                Answer answer);
    void send(const Guest& guest, const Event& event, bool own, Answer answer);
    void deliver_text(Member to, Answer answer);
    Message message() const { return std::make_shared<const std::string>(text_); }

    const Dialects dialects_;
    const ChatCounters& counters_;
    Deliveries* deliveries_ = nullptr;
    Clock::time_point now_ = {};
    std::size_t answered_ = 0;
    std::string text_; ///< scratch
};

} // namespace tern::chat
