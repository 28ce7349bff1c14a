#pragma once
// What a member was told last, kept for when its connection breaks and it comes back
// (docs/decisions/0029).

#include "servers/chat/answer.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace tern::chat {

class Backlog {
public:
    /// At most so many messages, and so many bytes of them.
    Backlog(std::size_t messages, std::size_t bytes) noexcept
        : most_messages_(messages), most_bytes_(bytes) {}

    void keep(Message message) {
        bytes_ += message->size();
        messages_.push_back(std::move(message));
        ++told_;
        while (messages_.size() > most_messages_ || (bytes_ > most_bytes_ && !messages_.empty())) {
            bytes_ -= messages_.front()->size();
            messages_.pop_front();
        }
    }

    /// What came after the first `received`; nothing if some of it is kept no more, or if the
    /// member was never told so many.
    std::optional<std::vector<Message>> since(std::uint64_t received) const {
        if (received > told_ || told_ - received > messages_.size())
            return std::nullopt;
        const auto missed = static_cast<std::ptrdiff_t>(told_ - received);
        return std::vector<Message>(messages_.end() - missed, messages_.end());
    }

private:
    const std::size_t most_messages_, most_bytes_;
    std::deque<Message> messages_; ///< the last ones, oldest first
    std::size_t bytes_ = 0;        ///< of them
    std::uint64_t told_ = 0;       ///< ever
};

} // namespace tern::chat
