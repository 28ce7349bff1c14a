#pragma once
// The smallest protocol worth the name: lines come back. For tests of what carries them.

#include "common/net/connection.h"

#include <array>
#include <string>

namespace tern::test {

inline constexpr std::chrono::seconds echo_idle{30};
inline constexpr std::chrono::seconds echo_patience{10};
inline constexpr std::size_t longest_line = 1000;

/// Reads until `buffer` holds a whole line, which it moves to `line`. Errors: as read(), stopping
/// where the server stops between two lines, and message_size.
inline Task<Result<void>> read_line(net::Connection& connection, std::string& buffer,
                                    std::string& line) {
    const Clock::time_point deadline = connection.now() + echo_idle;
    for (;;) {
        const std::size_t end = buffer.find('\n');
        if (end != std::string::npos) {
            line = buffer.substr(0, end);
            buffer.erase(0, end + 1);
            co_return Result<void>();
        }
        if (buffer.size() > longest_line)
            co_return std::make_error_code(std::errc::message_size);
        if (buffer.empty()) {
            const net::Awakening awakening = co_await connection.input_while_idle(deadline);
            if (awakening == net::Awakening::finishing)
                co_return make_error_code(Condition::stopping);
            if (awakening == net::Awakening::late)
                co_return make_error_code(Condition::timed_out);
            if (awakening == net::Awakening::woken)
                continue;
        }
        std::array<char, 100> bytes;
        const Result<std::size_t> got = co_await connection.read(bytes, deadline);
        if (!got)
            co_return got.error();
        buffer.append(bytes.data(), *got);
    }
}

/// Echoes lines until "quit", the client's end, an idle timeout or the server's.
inline Task<void> serve_line_echo(net::Connection& connection) {
    std::string buffer;
    std::string line;
    for (;;) {
        const Result<void> read = co_await read_line(connection, buffer, line);
        std::string answer = "echo: " + line + "\n";
        if (!read && read.error() == Condition::timed_out)
            answer = "too late\n";
        else if (!read && read.error() == Condition::stopping)
            answer = "stopping\n";
        else if (!read && read.error() == std::errc::message_size)
            answer = "too long\n";
        else if (!read)
            co_return;
        else if (line == "quit")
            answer = "bye\n";
        const Result<void> written = co_await connection.write(answer, echo_patience);
        if (!written)
            co_return;
        if (!read || line == "quit") {
            connection.linger();
            co_return;
        }
    }
}

} // namespace tern::test
