#pragma once
// What was said or set in a room, as bytes on their way to the journal.

#include "servers/chat/room.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tern::chat {

/// How the journal keeps time.
constexpr std::int64_t unix_microseconds(WallClock::time_point time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

struct JournalRecord {
    std::string room;
    std::variant<Said, RoomState> content;
};

/// Replaces what `bytes` holds.
void encode_journal_record(std::string_view room, const Said& said, std::string& bytes);
void encode_journal_record(std::string_view room, const RoomState& state, std::string& bytes);

/// Nothing if the bytes are no such record.
std::optional<JournalRecord> decode_journal_record(std::string_view bytes);

/// A room's bans as one text, and back.
std::string text_of_bans(const RoomModes& modes);
std::vector<std::string> bans_of_text(std::string_view text);

} // namespace tern::chat
