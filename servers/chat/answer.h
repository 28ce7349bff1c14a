#pragma once
// What the hub puts into a session's mailbox: one byte for the session, and then bytes that are
// ready for its client.
//
// The session sends the bytes as they are (`wire_bytes`), gathered from many messages into one
// sendmsg, and looks at the first byte only for what concerns itself.

#include "common/session/mailbox.h"

#include <memory>
#include <string>
#include <string_view>

namespace tern::chat {

enum class Answer : unsigned char {
    text = 1,  ///< no more than its bytes
    named,     ///< the name that was asked for is the member's now
    not_named, ///< it is not; ask for another one
    closing,   ///< the session is to send this and end
    part,      ///< the bytes end within one of the client's messages; the rest follows
};

inline Message make_message(Answer answer, std::string_view bytes) {
    std::string message;
    message.reserve(bytes.size() + 1);
    message += static_cast<char>(answer);
    message += bytes;
    return std::make_shared<const std::string>(std::move(message));
}

inline Answer answer_of(const std::string& message) noexcept {
    return message.empty() ? Answer::text : static_cast<Answer>(message.front());
}
inline std::string_view wire_bytes(const std::string& message) noexcept {
    return std::string_view(message).substr(message.empty() ? 0 : 1);
}

} // namespace tern::chat
