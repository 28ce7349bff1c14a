#pragma once
// The chat over UDP: every datagram carries a token that the server has given to this address.

#include "clients/chat/link.h"
#include "common/base/unique_fd.h"
#include "common/net/address.h"

#include <optional>
#include <string>
#include <string_view>

namespace tern::chat_client {

/// The server's words around a token can be configured; the token cannot: 16 hexadecimal digits.
class TokenFinder {
public:
    /// The token of the first answer; remembers the words around it.
    std::optional<std::string> find_first(std::string_view answer);
    /// The token of another answer of the same words, which nobody in the room could have said.
    std::optional<std::string> find_again(std::string_view answer) const;

private:
    std::string template_; ///< the first answer without its tokens
};

class DatagramLink final : public Link {
public:
    /// Throws std::system_error if there is no socket to be had.
    DatagramLink(const net::Address& address, Clock::time_point now);

    pollfd interest() const noexcept override { return {socket_.get(), POLLIN, 0}; }
    Clock::time_point deadline() const noexcept override { return deadline_; }
    void advance(Clock::time_point now) override;
    void send(std::string_view line) override;
    std::size_t unsent() const noexcept override { return 0; }

    /// From now on asks now and then whether the server is still there, which also tells it that
    /// this client is.
    void begin_to_ask() noexcept { asks_ = true; }

private:
    void transmit(std::string_view text);
    void take(std::string_view datagram, Clock::time_point now);
    void come_too_late(Clock::time_point now);

    UniqueFd socket_;
    const std::string name_;
    TokenFinder finder_;
    std::string token_;
    Clock::time_point deadline_; ///< of the next attempt or question
    unsigned unanswered_ = 0;
    bool asks_ = false;
    bool expects_pong_ = false;
};

} // namespace tern::chat_client
