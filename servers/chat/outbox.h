#pragma once
// What waits for a client: the hub's answers and the session's own words, on their way out in as
// few system calls as possible and without being copied.

#include "common/net/connection.h"
#include "common/session/mailbox.h"
#include "servers/chat/answer.h"
#include "servers/chat/chat_counters.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tern::chat {

class Outbox {
public:
    /// All arguments outlive it.
    Outbox(net::Connection& connection, Mailbox& mailbox, const ChatCounters& counters) noexcept
        : connection_(connection), mailbox_(mailbox), counters_(counters) {}

    /// Bytes to be sent before what has been taken from the mailbox: a word on what was lost.
    void add_first(std::string_view bytes) { first_ += bytes; }
    /// Bytes of the session's own, to be sent after it.
    void add(std::string_view bytes) { own_ += bytes; }
    bool has_own() const noexcept { return !own_.empty(); }

    /// Takes all that has come. Afterwards the answers among it may be looked at, and a wait for
    /// more may follow if nothing was there.
    bool collect();
    /// Sends it all; false if the client is lost or reads too slowly. Each wait for the client
    /// lasts at most `patience`.
    Task<bool> send(Clock::duration patience);

    /// What the last collect() has found.
    bool was_named() const noexcept { return named_; }
    bool was_not_named() const noexcept { return not_named_; }
    bool is_closing() const noexcept { return closing_; }
    /// It ends within one of the client's messages.
    bool is_cut() const noexcept { return cut_; }
    /// More waited than the listener allows, or the hub is gone: nothing else will come.
    bool is_overrun() const noexcept { return post_.closed; }
    /// Messages that were dropped before those that were collected.
    std::size_t lost() const noexcept { return post_.lost; }

private:
    void note_latency() const noexcept;
    /// Whatever the reason: it is too slow, and is disconnected for that.
    void note_too_slow() noexcept;

    net::Connection& connection_;
    Mailbox& mailbox_;
    const ChatCounters& counters_;
    Mailbox::Post post_;
    std::string first_, own_;
    bool named_ = false, not_named_ = false, closing_ = false, cut_ = false;
    bool was_too_slow_ = false;
};

} // namespace tern::chat
