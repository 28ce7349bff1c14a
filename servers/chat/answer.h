#pragma once
// What the hub puts into a session's mailbox: a header for the session, and then bytes that are
// ready for its client.
//
// The session sends the bytes as they are (`wire_bytes`), gathered from many messages into one
// sendmsg, and looks at the header only for what concerns itself.

#include "common/base/clock.h"
#include "common/session/mailbox.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace tern::chat {

enum class Answer : unsigned char {
    text = 1,  ///< no more than its bytes
    named,     ///< the name that was asked for is the member's now
    not_named, ///< it is not; ask for another one
    closing,   ///< the session is to send this and end
    part,      ///< the bytes end within one of the client's messages; the rest follows
};

/// One byte of the answer, then when the hub said it (the same clock in all processes).
constexpr std::size_t message_header_size = 1 + sizeof(Clock::rep);

/// Replaces what `bytes` holds by a header.
inline void begin_message(std::string& bytes, Answer answer, Clock::time_point said = {}) {
    const Clock::rep time = said.time_since_epoch().count();
    bytes.assign(1, static_cast<char>(answer));
    bytes.append(reinterpret_cast<const char*>(&time), sizeof time);
}

inline Message make_message(Answer answer, std::string_view bytes) {
    std::string message;
    message.reserve(message_header_size + bytes.size());
    begin_message(message, answer);
    message += bytes;
    return std::make_shared<const std::string>(std::move(message));
}

inline Answer answer_of(const std::string& message) noexcept {
    return message.empty() ? Answer::text : static_cast<Answer>(message.front());
}
/// When the hub said it; the epoch if that is not known.
inline Clock::time_point time_of(const std::string& message) noexcept {
    Clock::rep time = 0;
    if (message.size() >= message_header_size)
        std::memcpy(&time, message.data() + 1, sizeof time);
    return Clock::time_point(Clock::duration(time));
}
inline std::string_view wire_bytes(const std::string& message) noexcept {
    return std::string_view(message).substr(std::min(message.size(), message_header_size));
}

} // namespace tern::chat
