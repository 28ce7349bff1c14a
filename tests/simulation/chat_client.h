#pragma once
// A client in the worlds of the chat: by lines, or a browser, which may lose its connection and
// come back.

#include "common/hub/runner.h"
#include "common/protocol/websocket/stream.h"
#include "common/session/session.h"
#include "servers/chat/answer.h"
#include "servers/chat/request.h"
#include "tests/simulation/seeds.h"

#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace tern::test {

inline Task<void> nothing() { co_return; }

struct ChatConnection {
    ChatConnection(Runner& runner, std::size_t capacity, Overflow overflow)
        : session(nothing()), mailbox(session, capacity, overflow), membership(runner, mailbox) {
        mailbox.note_blocked(true); // it reads when it likes
    }

    void ask(const chat::Request& request) { membership.tell(chat::encode(request)); }

    Session session;
    Mailbox mailbox;
    Membership membership;
    websocket::Stream frames{{websocket::StreamSettings::Role::client, false, 1 << 20}};
};

/// What it must hear of the others from now on, in the words of the line door.
struct ChatClient {
    chat::Door door = chat::Door::line;
    std::size_t capacity = 0;
    Overflow overflow = Overflow::disconnect;
    std::unique_ptr<ChatConnection> connection; ///< null: it has lost it
    std::size_t house = 0;
    std::string name; ///< empty: has none yet
    std::string room;
    std::deque<std::string> due;
    std::size_t lost = 0; ///< as its mailbox has said; not all of it was due

    // A browser's.
    std::string token;
    std::uint64_t received = 0;      ///< events since its welcome
    std::uint64_t losses_before = 0; ///< of connections, when it lost its own
    Clock::duration lost_at{};

    bool is_browser() const noexcept { return door == chat::Door::web; }

    void take(const std::string& message) {
        if (!is_browser())
            return hear(chat::wire_bytes(message).substr(0, chat::wire_bytes(message).find('\n')));
        connection->frames.receive(chat::wire_bytes(message));
        while (const auto frame = connection->frames.next_message())
            take_event(frame->content);
        require(!connection->frames.has_ended(), "a frame is none");
    }

    /// Too much has missed it: it is nobody again.
    void start_anew() {
        name.clear();
        room.clear();
        token.clear();
        due.clear();
        received = 0;
    }

    std::string all_due() const {
        std::string text;
        for (const std::string& line : due)
            text += line + "; ";
        return text;
    }

private:
    static std::string_view value(std::string_view json, std::string_view key) {
        const std::size_t at = json.find("\"" + std::string(key) + "\":\"");
        if (at == std::string_view::npos)
            return {};
        json.remove_prefix(at + key.size() + std::string_view(R"("":")").size());
        return json.substr(0, json.find('"'));
    }
    void take_event(std::string_view json) {
        const std::string_view event = value(json, "event");
        if (event.empty())
            return;
        ++received;
        const std::string who(value(json, "name"));
        if (event == "welcome") {
            token = value(json, "token");
            received = 1;
        } else if (event == "entered") {
            hear(who + " entered the room");
        } else if (event == "left" || event == "quit") {
            hear(who + " left the room");
        } else if (event == "said") {
            hear(who + ": " + std::string(value(json, "text")));
        }
    }
    static bool is_of_others(std::string_view line) {
        return line.ends_with(" entered the room") || line.ends_with(" left the room") ||
               line.find(": word ") != std::string_view::npos;
    }
    void hear(std::string_view line) {
        if (!is_of_others(line))
            return;
        while (!due.empty() && due.front() != line && lost > 0) {
            --lost;
            due.pop_front();
        }
        require(!due.empty() && due.front() == line,
                name + " heard \"" + std::string(line) + "\" where due was: " + all_due());
        due.pop_front();
    }
};

} // namespace tern::test
