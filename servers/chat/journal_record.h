#pragma once
// What was said in a room, as bytes on their way to the journal.

#include "servers/chat/room.h"

#include <optional>
#include <string>
#include <string_view>

namespace tern::chat {

struct JournalRecord {
    std::string room;
    Said said;
};

/// Replaces what `bytes` holds; room and said as in JournalRecord.
void encode_journal_record(std::string_view room, const Said& said, std::string& bytes);

/// Nothing if the bytes are no such record.
std::optional<JournalRecord> decode_journal_record(std::string_view bytes);

} // namespace tern::chat
