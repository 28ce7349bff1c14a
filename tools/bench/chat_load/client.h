#pragma once
// One connection of the benchmark, and the loop that waits for all of them.

#include "tools/bench/chat_load/dialect.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

std::uint64_t now() noexcept; ///< nanoseconds of the steady clock

/// Ends the program with a message.
[[noreturn]] void fail(const std::string& why);

class Client {
public:
    /// Connects to a port of the loopback address. Throws nothing; ends the program if it cannot.
    Client(std::uint16_t port, int receive_buffer);
    ~Client();
    Client(Client&& other) noexcept;
    Client& operator=(Client&&) = delete;

    int descriptor() const noexcept { return descriptor_; }
    std::string& output() noexcept { return output_; }
    /// Sends what it can; whether all is sent.
    bool flush();

    /// One receive; calls `on_line` for each whole message of the dialect, without its end. False:
    /// the server has closed the connection.
    template <class OnLine>
    bool receive(const Dialect& dialect, OnLine&& on_line);

private:
    std::optional<std::size_t> receive_into_scratch();
    static std::vector<char>& scratch();

    int descriptor_;
    std::string output_;
    std::string begun_; ///< of a message
};

/// Waits for many clients; `index` is what the callback hears.
class Loop {
public:
    Loop();
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void watch(int descriptor, std::uint32_t index, bool for_writing = false);
    void rewatch(int descriptor, std::uint32_t index, bool for_writing);
    void forget(int descriptor);
    /// Until something is ready, or `deadline` (nanoseconds; 0 for none).
    void wait(std::uint64_t deadline, const std::function<void(std::uint32_t)>& ready);

private:
    int epoll_;
    int timer_;
    std::uint64_t timer_is_set_to_ = 0;
};

template <class OnLine>
bool Client::receive(const Dialect& dialect, OnLine&& on_line) {
    const auto size = receive_into_scratch();
    if (!size)
        return false;
    std::string_view text(scratch().data(), *size);
    for (std::string_view message; dialect.next(text, message);)
        on_line(message);
    begun_ = text;
    return true;
}

} // namespace bench
