#pragma once
// Where lines are typed and shown: a terminal with a person before it, or pipes.

#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace tern::chat_client {

class Screen {
public:
    Screen() = default;
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;
    virtual ~Screen() = default;

    /// The standard input is readable.
    virtual void read() = 0;
    /// A line of the server.
    virtual void show_message(std::string_view line) = 0;
    /// What this client has to say.
    virtual void show_notice(std::string_view text) = 0;
    virtual void resize() {}
    virtual void suspend() {}
    /// False: nobody takes any more what is shown.
    virtual bool is_read() const { return true; }

    /// What was typed: a line; an inner nothing is the end of the input. Nothing: no more for now.
    std::optional<std::optional<std::string>> take_typed() {
        if (typed_.empty())
            return std::nullopt;
        std::optional<std::string> line = std::move(typed_.front());
        typed_.pop_front();
        return std::optional<std::optional<std::string>>(std::in_place, std::move(line));
    }

protected:
    std::deque<std::optional<std::string>> typed_;
};

} // namespace tern::chat_client
