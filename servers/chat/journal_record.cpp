#include "servers/chat/journal_record.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

namespace tern::chat {
namespace {

enum class RecordKind : unsigned char { said = 1, state = 2 };

/// Written and read by one machine, so in its own byte order.
class Writer {
public:
    Writer(RecordKind kind, std::string& bytes) : bytes_(bytes) {
        bytes_.assign(1, static_cast<char>(kind));
    }
    Writer& operator<<(std::int64_t number) {
        bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
        return *this;
    }
    Writer& operator<<(std::string_view text) {
        *this << static_cast<std::int64_t>(text.size());
        bytes_ += text;
        return *this;
    }

private:
    std::string& bytes_;
};

/// Of what is not there, it reads nothing more.
class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    Reader& operator>>(std::int64_t& number) {
        const std::string_view part = take(sizeof number);
        if (is_sound_)
            std::memcpy(&number, part.data(), sizeof number);
        return *this;
    }
    Reader& operator>>(std::string& text) {
        std::int64_t size = 0;
        *this >> size;
        text = take(static_cast<std::uint64_t>(size));
        return *this;
    }
    /// Only what the wall clock can tell.
    Reader& operator>>(WallClock::time_point& time) {
        constexpr std::int64_t last = unix_microseconds(WallClock::time_point::max());
        std::int64_t number = 0;
        *this >> number;
        is_sound_ = is_sound_ && number >= -last && number <= last;
        if (is_sound_)
            time = WallClock::time_point(std::chrono::microseconds(number));
        return *this;
    }
    /// All was there, and no more.
    bool ended_well() const noexcept { return is_sound_ && bytes_.empty(); }

private:
    std::string_view take(std::uint64_t size) {
        is_sound_ = is_sound_ && size <= bytes_.size();
        if (!is_sound_)
            return {};
        const std::string_view part = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return part;
    }

    std::string_view bytes_;
    bool is_sound_ = true;
};

std::optional<JournalRecord> decode_said(std::string_view bytes) {
    JournalRecord record;
    Said said;
    std::int64_t id = 0, manner = 0, door = 0;
    Reader reader(bytes);
    reader >> id >> said.time >> manner >> door >> record.room >> said.name >> said.user >>
        said.host >> said.text;
    constexpr auto last_manner = static_cast<std::int64_t>(Manner::action);
    constexpr auto doors = static_cast<std::int64_t>(door_count);
    if (!reader.ended_well() || manner < 0 || manner > last_manner || door < 0 || door >= doors)
        return std::nullopt;
    said.id = static_cast<std::uint64_t>(id);
    said.manner = static_cast<Manner>(manner);
    said.door = static_cast<Door>(door);
    record.content = std::move(said);
    return record;
}

std::optional<JournalRecord> decode_state(std::string_view bytes) {
    JournalRecord record;
    RoomState state;
    std::int64_t limit = 0;
    std::string letters, bans;
    Reader reader(bytes);
    reader >> state.changed >> record.room >> state.topic >> state.topic_by >> state.topic_time >>
        letters >> state.modes.key >> limit >> bans;
    if (!reader.ended_well() || limit < 0)
        return std::nullopt;
    state.modes.set_flags(letters);
    state.modes.limit = static_cast<std::size_t>(limit);
    state.modes.bans = bans_of_text(bans);
    record.content = std::move(state);
    return record;
}

} // namespace

void encode_journal_record(std::string_view room, const Said& said, std::string& bytes) {
    Writer(RecordKind::said, bytes)
        << static_cast<std::int64_t>(said.id) << unix_microseconds(said.time)
        << static_cast<std::int64_t>(said.manner) << static_cast<std::int64_t>(said.door) << room
        << said.name << said.user << said.host << said.text;
}

void encode_journal_record(std::string_view room, const RoomState& state, std::string& bytes) {
    const RoomModes& modes = state.modes;
    Writer(RecordKind::state, bytes)
        << unix_microseconds(state.changed) << room << state.topic << state.topic_by
        << unix_microseconds(state.topic_time) << modes.letters() << modes.key
        << static_cast<std::int64_t>(modes.limit) << text_of_bans(modes);
}

std::optional<JournalRecord> decode_journal_record(std::string_view bytes) {
    if (bytes.empty())
        return std::nullopt;
    switch (static_cast<RecordKind>(bytes.front())) {
    case RecordKind::said:
        return decode_said(bytes.substr(1));
    case RecordKind::state:
        return decode_state(bytes.substr(1));
    }
    return std::nullopt;
}

std::string text_of_bans(const RoomModes& modes) {
    std::string text;
    for (const std::string& ban : modes.bans)
        text.append(ban).append("\n"); // which no mask has in it
    return text;
}

std::vector<std::string> bans_of_text(std::string_view text) {
    std::vector<std::string> bans;
    while (!text.empty()) {
        const std::string_view ban = text.substr(0, text.find('\n'));
        bans.emplace_back(ban);
        text.remove_prefix(std::min(text.size(), ban.size() + 1));
    }
    return bans;
}

} // namespace tern::chat
