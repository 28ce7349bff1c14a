#pragma once
// Who is banned or muted: by name, by address or by a range of addresses, for a while or for good.

#include "common/base/clock.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern::chat {

/// An address range in CIDR notation: "192.0.2.0/24", "2001:db8::/32", or one address.
struct AddressRange {
    std::array<std::uint8_t, 16> bytes{}; ///< IPv4 as IPv4-mapped IPv6
    unsigned bits = 128;

    static std::optional<AddressRange> parse(std::string_view text);
    bool contains(const AddressRange& address) const noexcept;
};

class Penalties {
public:
    static constexpr std::size_t most = 10'000;

    struct Penalty {
        std::string target; ///< as it was given
        std::string reason;
        Clock::time_point until = no_deadline;
    };

    /// `target` is an address, a range or a name. False if there are too many.
    bool add(Penalty penalty, Clock::time_point now);
    /// False if there was none.
    bool remove(std::string_view target);
    /// One that is in force for this name (its key) or this address; null if there is none.
    const Penalty* find(std::string_view key, std::string_view address,
                        Clock::time_point now) const;

private:
    struct Entry {
        Penalty penalty;
        std::optional<AddressRange> range;
        std::string key; ///< of a name
    };
    std::vector<Entry> entries_;
};

} // namespace tern::chat
