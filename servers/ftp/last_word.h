#pragma once
// What is said as a session is cut off in the middle, as at the end of the grace when the server
// stops: its coroutine is destroyed where it waits, and this with it (docs/decisions/0051).

#include "common/base/log.h"
#include "servers/ftp/exchange.h"

namespace tern::ftp {

class LastWord {
public:
    /// Both outlive it.
    LastWord(Exchange& exchange, Log& log) noexcept : exchange_(exchange), log_(log) {}
    ~LastWord() {
        if (!is_withdrawn_)
            say();
    }
    LastWord(const LastWord&) = delete;
    LastWord& operator=(const LastWord&) = delete;

    /// The conversation has come to its own end.
    void withdraw() noexcept { is_withdrawn_ = true; }

private:
    void say() noexcept;

    Exchange& exchange_;
    Log& log_;
    bool is_withdrawn_ = false;
};

} // namespace tern::ftp
