#include "clients/chat/conversation.h"

#include "common/protocol/chat/command.h"

#include <optional>
#include <utility>

namespace tern::chat_client {

using chat::Command;
using chat::command_from;

void Conversation::enter(Lines& to_send) {
    state_ = State::waiting;
    to_send.push_back(name_);
}

Conversation::Lines Conversation::connected(First first) {
    Lines to_send;
    state_ = State::silent;
    hears_greeting_ = first == First::client;
    if (first == First::client) {
        if (name_.empty())
            to_send.emplace_back(); // it takes something to be asked
        else
            enter(to_send);
    }
    return to_send;
}

Conversation::Lines Conversation::heard() {
    Lines to_send;
    if (state_ == State::in)
        return to_send;
    if (state_ == State::silent) {
        state_ = State::asked;
        if (!name_.empty() && !hears_greeting_)
            enter(to_send);
    } else if (std::exchange(hears_greeting_, false)) {
        return to_send;
    } else if (state_ == State::waiting) {
        state_ = State::refused; // unless there is more
        return to_send;
    } else if (state_ == State::refused) {
        state_ = State::in;
    }
    take_held(to_send);
    return to_send;
}

Conversation::Lines Conversation::typed(std::string line) {
    Lines to_send;
    const bool is_undecided = state_ == State::silent || state_ == State::waiting;
    if (is_undecided || !held_.empty())
        held_.push_back(std::move(line));
    else
        take(std::move(line), to_send);
    return to_send;
}

void Conversation::take_held(Lines& to_send) {
    while (!held_.empty() && state_ != State::waiting) {
        std::string line = std::move(held_.front());
        held_.pop_front();
        take(std::move(line), to_send);
    }
}

void Conversation::take(std::string line, Lines& to_send) {
    const std::optional<Command> command = command_from(line);
    if (command && command->name == "quit")
        is_leaving_ = true;
    if (command && command->name == "nick" && is_in() && !command->rest.empty())
        name_ = command->rest; // if it is refused, the next try to come back will tell
    if (!command && !is_in()) {
        name_ = chat::trimmed(line);
        hears_greeting_ = false;
        return enter(to_send);
    }
    to_send.push_back(std::move(line));
}

Conversation::Lines Conversation::leave() { return typed("/quit"); }

Conversation::Lines Conversation::leave_now() {
    held_.clear();
    is_leaving_ = true;
    return {"/quit"};
}

} // namespace tern::chat_client
