#include "servers/chat/journal_record.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace tern::chat {
namespace {

/// Written and read by one machine, so in its own byte order.
struct Header {
    std::uint64_t id = 0;
    std::int64_t time_us = 0;
    std::array<std::uint32_t, 5> lengths{}; ///< room, name, user, host, text
    unsigned char manner = 0;
    unsigned char door = 0;
    std::array<char, 2> padding{};
};

constexpr std::int64_t microseconds(WallClock::time_point time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

/// Whether the wall clock goes so far.
bool is_time(std::int64_t time_us) {
    constexpr std::int64_t last = microseconds(WallClock::time_point::max());
    return time_us >= -last && time_us <= last;
}

} // namespace

void encode_journal_record(std::string_view room, const Said& said, std::string& bytes) {
    const std::array<std::string_view, 5> texts = {room, said.name, said.user, said.host,
                                                   said.text};
    Header header;
    header.id = said.id;
    header.time_us = microseconds(said.time);
    for (std::size_t i = 0; i < texts.size(); ++i)
        header.lengths.at(i) = static_cast<std::uint32_t>(texts.at(i).size());
    header.manner = static_cast<unsigned char>(said.manner);
    header.door = static_cast<unsigned char>(said.door);
    bytes.assign(reinterpret_cast<const char*>(&header), sizeof header);
    for (const std::string_view text : texts)
        bytes += text;
}

std::optional<JournalRecord> decode_journal_record(std::string_view bytes) {
    Header header;
    if (bytes.size() < sizeof header)
        return std::nullopt;
    std::memcpy(&header, bytes.data(), sizeof header);
    bytes.remove_prefix(sizeof header);
    const auto last_manner = static_cast<unsigned char>(Manner::action);
    if (header.manner > last_manner || header.door >= door_count || !is_time(header.time_us))
        return std::nullopt;
    JournalRecord record;
    Said& said = record.said;
    const std::array<std::string*, 5> texts = {&record.room, &said.name, &said.user, &said.host,
                                               &said.text};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::size_t length = header.lengths.at(i);
        if (length > bytes.size())
            return std::nullopt;
        texts.at(i)->assign(bytes.substr(0, length));
        bytes.remove_prefix(length);
    }
    if (!bytes.empty())
        return std::nullopt;
    said.id = header.id;
    said.time = WallClock::time_point(std::chrono::microseconds(header.time_us));
    said.manner = static_cast<Manner>(header.manner);
    said.door = static_cast<Door>(header.door);
    return record;
}

} // namespace tern::chat
