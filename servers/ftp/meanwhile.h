#pragma once
// Hears the client while something is under way for it, be it a transfer or a long command: NOOP
// and STAT are answered, ABOR is heard at once, even behind commands that wait for the end, and
// they all do.

#include "servers/ftp/exchange.h"

#include <poll.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace tern::ftp {

class Meanwhile {
public:
    /// The exchange outlives it.
    explicit Meanwhile(Exchange& exchange) noexcept : exchange_(exchange) {}

    enum class Heard : unsigned char { nothing_new, abort, client_is_gone };
    /// Reads what there is to read. `progress` is for STAT.
    Heard hear(const std::function<std::string()>& progress);
    /// Whether the client awaits the reply to its ABOR now; if not, ABOR has its turn later, behind
    /// the commands that wait.
    bool took_abort() const noexcept { return took_abort_; }

    /// Whether there is nothing to read before something happens.
    bool is_quiet() const noexcept { return is_quiet_ || is_deaf(); }
    /// The control connection's part of a wait, and what came of it.
    pollfd interest() noexcept;
    void observe(short revents) noexcept;
    /// The next hear() reads, whatever is known from the last wait.
    void look_again() noexcept;

private:
    bool answer(const Command& command, const std::function<std::string()>& progress);
    std::optional<Heard> read();
    bool is_deaf() const noexcept;

    Exchange& exchange_;
    std::size_t waiting_ = 0; ///< bytes of commands that were looked at, and wait
    bool has_quit_ = false;   ///< QUIT is among them
    bool has_ended_ = false;  ///< the client's side of the connection, after QUIT
    bool is_quiet_ = false;   ///< read until nothing was left
    bool took_abort_ = false;
};

} // namespace tern::ftp
