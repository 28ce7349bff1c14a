// How often members may ask for something.

#include "servers/chat/chat_hub.h"

#include <algorithm>

namespace tern::chat {
namespace {

/// A long answer counts as another request for each so many bytes of it.
constexpr std::size_t bytes_per_request = std::size_t{64} << 10;

/// All that costs anything, but for what has a limit of its own, what ends a stay, and what the
/// sessions ask in their own interest.
bool is_counted(Request::Kind kind) noexcept {
    switch (kind) {
    case Request::Kind::hello:
    case Request::Kind::capabilities:
    case Request::Kind::say:
    case Request::Kind::quit:
    case Request::Kind::echo:
    case Request::Kind::resume:
    case Request::Kind::tick:
    case Request::Kind::together: // each of them is
        return false;
    default:
        return true;
    }
}

} // namespace

std::uint64_t ChatHub::whole_seconds(Clock::duration duration) {
    return static_cast<std::uint64_t>(
        std::max<Clock::rep>(1, std::chrono::ceil<std::chrono::seconds>(duration).count()));
}

bool ChatHub::has_to_pay(const Guest& guest, const Request& request) {
    return is_counted(request.kind) && !guest.is_operator &&
           guest.voice.door != Door::administrator;
}

Clock::duration ChatHub::pay_for_request(Member member, std::uint64_t address_key) {
    const Clock::time_point now = time_.now();
    const Clock::duration pause = requests_per_member_.take(member, now);
    if (pause > Clock::duration::zero() || address_key == 0)
        return pause;
    return requests_per_address_.take(address_key, now);
}

bool ChatHub::is_too_fast(const Guest& guest, const Request& request) {
    const Clock::duration pause = pay_for_request(guest.id, guest.address_key);
    if (pause <= Clock::duration::zero())
        return false;
    Event refused;
    refused.number = whole_seconds(pause);
    refuse(guest, request, Refusal::too_many_requests, refused);
    return true;
}

void ChatHub::fulfil(Guest& guest, const Request& request) {
    if (!has_to_pay(guest, request))
        return (this->*handler_of(request.kind))(guest, request);
    if (is_too_fast(guest, request))
        return;
    const Member id = guest.id; // which may be gone afterwards
    const std::uint64_t address_key = guest.address_key;
    const std::size_t before = courier_.answered();
    (this->*handler_of(request.kind))(guest, request);
    for (std::size_t more = (courier_.answered() - before) / bytes_per_request; more > 0; --more)
        if (pay_for_request(id, address_key) > Clock::duration::zero())
            return;
}

} // namespace tern::chat
