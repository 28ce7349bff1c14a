#include "servers/chat/penalties.h"

#include "common/protocol/chat/name.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace tern::chat {

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string host(text.substr(0, slash));
    AddressRange range;
    unsigned most = 128;
    unsigned offset = 0;
    if (::inet_pton(AF_INET, host.c_str(), &range.bytes[12]) == 1) {
        range.bytes[10] = range.bytes[11] = 0xFF;
        most = 32;
        offset = 96;
    } else if (::inet_pton(AF_INET6, host.c_str(), range.bytes.data()) != 1) {
        return std::nullopt;
    }
    unsigned bits = most;
    if (slash != std::string_view::npos) {
        const std::string_view number = text.substr(slash + 1);
        const auto [end, error] =
            std::from_chars(number.data(), number.data() + number.size(), bits);
        if (error != std::errc() || end != number.data() + number.size() || bits > most)
            return std::nullopt;
    }
    range.bits = bits + offset;
    return range;
}

bool AddressRange::contains(const AddressRange& address) const noexcept {
    const unsigned whole = bits / 8;
    if (!std::equal(bytes.begin(), bytes.begin() + whole, address.bytes.begin()))
        return false;
    if (bits % 8 == 0)
        return true;
    const unsigned shift = 8 - bits % 8;
    return bytes[whole] >> shift == address.bytes[whole] >> shift;
}

bool Penalties::add(Penalty penalty, Clock::time_point now) {
    std::erase_if(entries_, [&](const Entry& entry) { return entry.penalty.until <= now; });
    remove(penalty.target);
    if (entries_.size() >= most)
        return false;
    Entry entry;
    entry.range = AddressRange::parse(penalty.target);
    if (!entry.range)
        entry.key = key_of(penalty.target);
    entry.penalty = std::move(penalty);
    entries_.push_back(std::move(entry));
    return true;
}

bool Penalties::remove(std::string_view target) {
    const std::string key = key_of(target);
    return std::erase_if(entries_, [&](const Entry& entry) {
               return entry.penalty.target == target || (!entry.range && entry.key == key);
           }) > 0;
}

const Penalties::Penalty* Penalties::find(std::string_view key, std::string_view address,
                                          Clock::time_point now) const {
    if (entries_.empty())
        return nullptr;
    const std::optional<AddressRange> own = AddressRange::parse(address);
    for (const Entry& entry : entries_) {
        if (entry.penalty.until <= now)
            continue;
        const bool fits =
            entry.range ? own && entry.range->contains(*own) : !key.empty() && entry.key == key;
        if (fits)
            return &entry.penalty;
    }
    return nullptr;
}

} // namespace tern::chat
