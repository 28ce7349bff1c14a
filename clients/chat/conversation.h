#pragma once
// How a client enters the room and stays in it; lines in, lines out, nothing else.
//
// What the server says can be configured, so no sentence is recognised. But before somebody has a
// name, the server says exactly one line for each name that it does not accept, and more than one
// when it does: who hears two is in.

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace tern::chat_client {

class Conversation {
public:
    /// `name` may be empty: then the first line that is typed is one.
    explicit Conversation(std::string name) : name_(std::move(name)) {}

    using Lines = std::vector<std::string>; ///< to be sent

    /// Over a stream the server speaks first; over datagrams it only answers.
    enum class First : unsigned char { server, client };
    Lines connected(First first);
    Lines heard();
    Lines typed(std::string line);
    /// The person wants to go, once all is said.
    Lines leave();
    /// The person wants to go, whatever is still held back.
    Lines leave_now();
    void disconnected() noexcept { state_ = State::silent; }

    bool is_in() const noexcept { return state_ == State::in; }
    bool is_leaving() const noexcept { return is_leaving_; }
    /// Lines that wait for the server's decision about a name.
    std::size_t held() const noexcept { return held_.size(); }
    /// The last one that was tried.
    const std::string& name() const noexcept { return name_; }

private:
    enum class State : unsigned char {
        silent,  ///< the server has not said anything yet
        asked,   ///< for a name
        waiting, ///< for what it says about one
        refused, ///< it seems
        in,
    };
    void take(std::string line, Lines& to_send);
    void enter(Lines& to_send);
    void take_held(Lines& to_send);

    std::string name_;
    State state_ = State::silent;
    bool hears_greeting_ = false; ///< after the name, rather than before it
    bool is_leaving_ = false;
    std::deque<std::string> held_; ///< until the server has decided
};

} // namespace tern::chat_client
