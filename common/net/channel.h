#pragma once
// A two-ended pipe of messages between a process and its child (SOCK_SEQPACKET).

#include "common/base/result.h"
#include "common/base/unique_fd.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tern::net {

/// A message that is longer is refused by send().
inline constexpr std::size_t channel_message_limit = std::size_t{128} << 10;

class Channel {
public:
    explicit Channel(UniqueFd end) noexcept : end_(std::move(end)) {}

    /// Both ends, non-blocking and closed on exec. Throws std::system_error.
    static std::pair<Channel, Channel> make();

    int descriptor() const noexcept { return end_.get(); }

    /// All of the message or nothing. Errors: would_block, message_size, or closed.
    Result<void> send(std::string_view message) const;

    /// The next message; errors: would_block, or closed when the other end is gone.
    Result<std::string> receive() const;

private:
    UniqueFd end_;
};

} // namespace tern::net
