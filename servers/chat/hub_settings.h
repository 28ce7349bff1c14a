#pragma once
// The rules of the house, for everybody whichever door they come through.

#include "common/base/clock.h"
#include "common/base/keyed_rates.h"
#include "common/protocol/chat/name.h"

#include <cstddef>
#include <string>
#include <vector>

namespace tern::chat {

/// For doors whose clients come back when their connection breaks.
struct ResumeSettings {
    Clock::duration grace{}; ///< members stay so long without a connection; 0: not at all
    std::size_t messages = 500, bytes = 262'144; ///< that are kept for each of them
};

struct HubSettings {
    NameRules names;
    NameRules room_names;
    std::vector<std::string> reserved_names; ///< nobody may take them
    std::string first_room = "lobby";        ///< where everybody enters who does not say
    std::string room_modes = "n";            ///< of a new room
    std::size_t max_members = 10'000;        ///< on the server
    std::size_t max_members_per_room = 10'000;
    std::size_t max_rooms = 10'000;
    std::size_t max_rooms_per_member = 20;
    std::size_t max_ignored = 100;   ///< people that one member ignores
    std::size_t longest_text = 4096; ///< bytes of what one says, and of a topic
    std::size_t most_found = 500;    ///< people who fit a mask
    std::size_t names_shown = 100;   ///< to a newcomer, where the door has no list of its own
    RateSettings speech_per_member{10, 20};
    RateSettings speech_per_address{100, 200};
    RateSettings joins_per_address{20, 100};
    RateSettings requests_per_member{20, 200}; ///< all that is asked for besides speaking
    RateSettings requests_per_address{200, 2000};
    ResumeSettings resume;
    std::size_t history_kept = 1000; ///< messages of each room
    std::size_t history_shown = 20;  ///< to a newcomer
    Clock::duration history_age = std::chrono::hours(24 * 30);
};

} // namespace tern::chat
