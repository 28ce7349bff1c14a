#pragma once
// A connection to the chat, by a stream or by datagrams; it never blocks.

#include "common/base/clock.h"

#include <poll.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace tern::chat_client {

class Link {
public:
    Link() = default;
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    virtual ~Link() = default;

    enum class State : unsigned char { opening, open, closed };
    State state() const noexcept { return state_; }
    /// Why it is closed.
    const std::string& reason() const noexcept { return reason_; }

    /// What to wait for before advance(), and until when at most.
    virtual pollfd interest() const noexcept = 0;
    virtual Clock::time_point deadline() const noexcept = 0;
    virtual void advance(Clock::time_point now) = 0;
    /// A line without its end.
    virtual void send(std::string_view line) = 0;
    /// Bytes that have not left yet.
    virtual std::size_t unsent() const noexcept = 0;
    /// What came since it was last asked for.
    std::string take_received() { return std::exchange(received_, {}); }

protected:
    void open() noexcept { state_ = State::open; }
    void close(std::string reason) {
        state_ = State::closed;
        reason_ = std::move(reason);
    }
    std::string received_;

private:
    State state_ = State::opening;
    std::string reason_;
};

} // namespace tern::chat_client
