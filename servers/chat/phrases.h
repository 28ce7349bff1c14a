#pragma once
// Everything the server says to people, by the names that the configuration's `phrases` have.

#include "common/protocol/chat/phrase.h"
#include "servers/chat/event.h"

#include <array>
#include <cstddef>
#include <string>

namespace tern {
class Configuration;
}

namespace tern::chat {

enum class Sentence : unsigned char {
    ask_name,
    welcome,
    people,
    more_people,
    topic_is,
    no_topic,
    entered,
    left,
    you_left,
    renamed,
    you_are,
    said,
    action,
    notice,
    told,
    topic_changed,
    mode_changed,
    kicked,
    announced,
    remembered,
    no_history,
    room_line,
    no_rooms,
    person,
    invited,
    inviting,
    now_operator,
    ignoring,
    not_ignoring,
    away,
    back,
    person_away,
    done_kick,
    done_ban,
    done_unban,
    done_mute,
    done_unmute,
    done_announce,
    expelled,
    lost,
    too_slow,
    goodbye,
    idle,
    too_many_tries,
    stopping,
    full,
    udp_token,
    udp_more,
    pong,
    help,
    help_operator,
    refused, ///< the first of those for each Refusal but none
};
inline constexpr std::size_t sentence_count = static_cast<std::size_t>(Sentence::refused) +
                                              static_cast<std::size_t>(Refusal::too_many_penalties);

class Phrases {
public:
    /// Throws ConfigurationError for places that a phrase does not have.
    explicit Phrases(const Configuration& configuration);

    const Phrase& of(Sentence sentence) const noexcept {
        return all_[static_cast<std::size_t>(sentence)];
    }
    const Phrase& of(Refusal refusal) const noexcept {
        const auto first = static_cast<std::size_t>(Sentence::refused);
        return all_[first + static_cast<std::size_t>(refusal) - 1];
    }
    /// One without places, and a line end.
    std::string line(Sentence sentence) const;

private:
    std::array<Phrase, sentence_count> all_;
};

} // namespace tern::chat
