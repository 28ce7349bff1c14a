#pragma once
// One connection of the benchmark, and the loop that waits for all of them.

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

    /// One receive; calls `on_line` for each whole line, without its end. False: the server has
    /// closed the connection.
    template <class OnLine>
    bool receive(OnLine&& on_line);

private:
    std::optional<std::size_t> receive_into_scratch();
    static std::vector<char>& scratch();

    int descriptor_;
    std::string output_;
    std::string begun_; ///< of a line
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
bool Client::receive(OnLine&& on_line) {
    const auto size = receive_into_scratch();
    if (!size)
        return false;
    std::string_view text(scratch().data(), *size);
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        const bool has_return = end > 0 && text[end - 1] == '\r';
        on_line(text.substr(0, has_return ? end - 1 : end));
        text.remove_prefix(end + 1);
    }
    begun_ = text;
    return true;
}

} // namespace bench
