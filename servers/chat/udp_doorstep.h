#pragma once
// What a UDP door says to addresses that have not shown that they get what is sent to them.
//
// The source of a datagram can be forged. So an answer is shorter than what it answers: nobody is
// sent more than the sender has spent, and two servers that were set on each other soon have
// nothing left to say. And there are only so many answers.

#include "common/base/clock.h"
#include "common/base/keyed_rates.h"
#include "common/net/address.h"
#include "common/protocol/chat/token.h"
#include "servers/chat/door.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace tern::chat {

class UdpDoorstep {
public:
    /// `context` outlives it.
    explicit UdpDoorstep(const DoorContext& context);

    /// Whether `token` was given to `source`, not too long ago.
    bool knows(std::string_view token, std::string_view source, Clock::time_point now) const;
    /// The answer to a datagram without such a token; empty: none.
    std::string answer(std::string_view datagram, const net::Address& from, Clock::time_point now);

private:
    std::string token_for(std::string_view source, std::int64_t period) const;
    std::int64_t period_at(Clock::time_point now) const noexcept;
    std::string invitation(std::string_view token) const;
    bool could_be_ours(std::string_view datagram) const;

    const DoorContext& context_;
    const TokenKey key_;
    KeyedRates per_address_, in_all_;
};

} // namespace tern::chat
