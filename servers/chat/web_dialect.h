#pragma once
// Events of the chat for the browser: one WebSocket message of JSON each, as
// docs/web-chat.schema.json describes them.
//
// What a member is told of the chat has "event", and a client that resumes counts it
// (docs/decisions/0029). What concerns its connection alone has "connection".

#include "servers/chat/dialect.h"

#include <string>
#include <string_view>

namespace tern::chat {

class WebDialect final : public Dialect {
public:
    /// Bit of Audience::capabilities: permessage-deflate was agreed on.
    static constexpr std::uint64_t deflate = 1;

    void render(const Event& event, const Audience& audience, std::string& text) const override;
};

/// One message of a client's own connection: a frame.
void append_connection_message(std::string& wire, std::string_view what,
                               std::string_view reason = {}, std::string_view label = {});

} // namespace tern::chat
