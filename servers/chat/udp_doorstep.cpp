#include "servers/chat/udp_doorstep.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>

namespace tern::chat {
namespace {

constexpr std::uint64_t everybody = 1; ///< the one key of the limit for all

/// Services that answer whatever they get: echo, daytime, qotd, chargen and time.
constexpr std::array<std::uint16_t, 6> talkative_ports = {0, 7, 13, 17, 19, 37};

TokenKey random_key() {
    std::random_device source;
    const auto word = [&source] { return std::uint64_t{source()} << 32 | source(); };
    return {word(), word()};
}

bool is_token(std::string_view text) noexcept {
    return text.size() == token_size &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

} // namespace

UdpDoorstep::UdpDoorstep(const DoorContext& context)
    : context_(context), key_(random_key()),
      per_address_(context.settings.udp_answers_per_address, 4096),
      in_all_(context.settings.udp_answers, 1) {}

std::string UdpDoorstep::token_for(std::string_view source, std::int64_t period) const {
    return token_of(fmt::format("{} {}", period, source), key_);
}

std::int64_t UdpDoorstep::period_at(Clock::time_point now) const noexcept {
    return now.time_since_epoch() / context_.settings.udp_token_period;
}

bool UdpDoorstep::knows(std::string_view token, std::string_view source,
                        Clock::time_point now) const {
    const std::int64_t period = period_at(now);
    return same_token(token, token_for(source, period)) ||
           same_token(token, token_for(source, period - 1));
}

std::string UdpDoorstep::invitation(std::string_view token) const {
    std::string text;
    context_.phrases.of(Sentence::udp_token).append_to(text, std::array{Filling{"token", token}});
    return text + '\n';
}

/// Another server's answer, or our own that came back.
bool UdpDoorstep::could_be_ours(std::string_view datagram) const {
    if (datagram == context_.phrases.line(Sentence::udp_more))
        return true;
    const std::string ours = invitation(std::string(token_size, '0'));
    const std::size_t place = std::min(ours.find(std::string(token_size, '0')), datagram.size());
    const std::string_view token = datagram.substr(place, token_size);
    if (is_token(token) && datagram == invitation(token))
        return true;
    return datagram.size() == token_size + 1 && datagram.back() == '\n' &&
           is_token(datagram.substr(0, token_size));
}

std::string UdpDoorstep::answer(std::string_view datagram, const net::Address& from,
                                Clock::time_point now) {
    const auto is_from = [&from](std::uint16_t port) { return from.port() == port; };
    if (std::any_of(talkative_ports.begin(), talkative_ports.end(), is_from) ||
        could_be_ours(datagram))
        return {};
    const std::string token = token_for(from.to_string(), period_at(now));
    for (std::string text :
         {invitation(token), token + '\n', context_.phrases.line(Sentence::udp_more)}) {
        if (text.size() >= datagram.size())
            continue;
        if (per_address_.take(from.limit_key(), now) <= Clock::duration::zero() &&
            in_all_.take(everybody, now) <= Clock::duration::zero())
            return text;
        context_.counters.refused(Refusal::too_fast);
        return {};
    }
    return {};
}

} // namespace tern::chat
