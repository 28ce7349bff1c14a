#pragma once
// How one door's clients are told what happened: events in, bytes for the wire out.
//
// To build another door:
//  1. a dialect: puts events into the bytes that go to the client as they are. The hub asks it
//     once per event for all members of a room that speak it with the same capabilities, so it is
//     pure: everything it may use is in its arguments. An empty text means that this event is
//     nothing to them.
//  2. a session: a coroutine that makes a Mailbox and a Membership (common/hub/runner.h), tells
//     `encode(Request)` — first `hello` with its Door, then `enter` — and waits for {socket,
//     mailbox}. What it takes from its mailbox it sends as it is (answer.h; outbox.h does it), but
//     for the first byte, which is for the session itself: after `enter` it reads no further
//     until named or not_named has come, and after closing it ends. Whatever a client may ask that
//     needs nobody else (PING, CAP LS, /help) the session answers itself.
//  3. its place: ChatService calls the session for listeners of its protocol (chat_service.cpp),
//     and ChatHub is made with its dialect (Dialects, below).

#include "servers/chat/event.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tern::chat {

/// Whom a text is for.
struct Audience {
    std::uint64_t capabilities = 0; ///< of the dialect, as Request::capabilities set them
    /// Whether it is for the member who did it: IRC's clients are told their own JOIN, but not
    /// what they say, unless with echo-message.
    bool own = false;
    /// The member's name, if it is for one member alone; empty for a room, or if it has none yet.
    std::string_view name = {};
};

class Dialect {
public:
    virtual ~Dialect() = default;
    /// Appends to `text`.
    virtual void render(const Event& event, const Audience& audience, std::string& text) const = 0;
    /// Makes one answer, which bears `label`, of all that was appended from `begin` on.
    virtual void put_label(std::string_view /*label*/, std::size_t /*begin*/,
                           std::string& /*text*/) const {}
};

/// By door; null where there is none. They outlive the hub.
using Dialects = std::array<const Dialect*, door_count>;

} // namespace tern::chat
