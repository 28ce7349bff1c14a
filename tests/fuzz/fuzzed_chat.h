#pragma once
// A chat whose clients are a fuzzer's: the real hub with the dialects of all doors. Whatever its
// members are told has to be what a client of their door can read.

#include "common/base/configuration.h"
#include "common/protocol/chat/text.h"
#include "common/protocol/irc/limits.h"
#include "common/protocol/irc/message.h"
#include "common/protocol/websocket/stream.h"
#include "generated/chat_schema.h"
#include "servers/chat/chat_hub.h"
#include "servers/chat/irc_dialect.h"
#include "servers/chat/line_dialect.h"
#include "servers/chat/settings.h"
#include "servers/chat/web_dialect.h"
#include "tests/chat/manual_time.h"

#include <cstdlib>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tern::fuzz {

inline void require(bool condition) {
    if (!condition)
        std::abort();
}

/// What one client has been told.
struct Heard {
    std::vector<std::string> messages; ///< lines, or what is in a browser's frames
    std::vector<chat::Answer> answers;
};

/// Takes what one client is told, as a client would.
class Ear {
public:
    explicit Ear(chat::Door door)
        : door_(door), stream_({websocket::StreamSettings::Role::client, true, longest}) {}

    Heard heard;

    void hear(const std::string& message) {
        heard.answers.push_back(chat::answer_of(message));
        if (door_ == chat::Door::web)
            return hear_frames(chat::wire_bytes(message));
        rest_ += chat::wire_bytes(message);
        std::size_t at = 0;
        for (std::size_t end = 0; (end = rest_.find('\n', at)) != std::string::npos; at = end + 1)
            hear_line(std::string_view(rest_).substr(at, end - at));
        rest_.erase(0, at);
    }

private:
    static constexpr std::size_t longest = std::size_t{4} << 20;

    void hear_frames(std::string_view bytes) {
        stream_.receive(bytes);
        while (auto message = stream_.next_message()) {
            require(message->is_text);
            heard.messages.push_back(std::move(message->content));
        }
        require(!stream_.has_ended() && stream_.output().empty());
    }
    void hear_line(std::string_view line) {
        if (door_ == chat::Door::irc) {
            require(line.ends_with('\r'));
            line.remove_suffix(1);
            const auto message = irc::parse_message(line);
            require(message && line.find_first_of(std::string_view("\r\0", 2)) == line.npos);
            const std::size_t tags = message->tags.empty() ? 0 : message->tags.size() + 2;
            require(line.size() - tags <= irc::line_limit - 2);
        } else {
            require(!chat::fault_of(line));
        }
        heard.messages.emplace_back(line);
    }

    const chat::Door door_;
    websocket::Stream stream_;
    std::string rest_; ///< no whole line yet
};

class FuzzedChat final : private Deliveries {
public:
    /// Nobody reads what was made of requests that no session makes.
    enum class Reader : unsigned char { clients, nobody };
    explicit FuzzedChat(Reader reader = Reader::clients) : reader_(reader) {}

    Member come(chat::Door door) {
        const Member member = ++last_member_;
        ears_.emplace(member, door);
        hub_.entered(member, *this);
        chat::Request hello;
        hello.number = static_cast<std::uint64_t>(door);
        hello.target = "192.0.2.1";
        hello.text = "door";
        tell(member, chat::encode(hello));
        return member;
    }
    void tell(Member member, std::string_view request) { hub_.received(member, request, *this); }
    /// Its connection is gone.
    void go(Member member) {
        hub_.left(member, *this);
        ears_.erase(member);
    }
    /// What it was told since it was last asked.
    Heard heard(Member member) { return std::exchange(ears_.at(member).heard, {}); }

    void pass(Clock::duration time) {
        time_.passed += time;
        chat::Request tick;
        tick.kind = chat::Request::Kind::tick;
        tell(clock_, chat::encode(tick));
    }
    /// All are gone, and nobody is waited for any more.
    void end() {
        while (ears_.size() > 1)
            go(ears_.rbegin()->first);
        pass(std::chrono::hours(1));
        require(hub_.members() == 0);
    }

    /// What all chats have in common.
    struct Words {
        const Configuration configuration = Configuration::from_text(
            R"({"listeners": [{"name": "door"}],
                "irc": {"accounts": [{"name": "jilles", "password": "*"}]}})",
            "chat.json", generated::chat_schema);
        Metrics metrics;
        const chat::Phrases phrases{configuration};
        const chat::LineDialect line{phrases};
        const chat::IrcDialect irc{chat::irc_settings_from(configuration)};
        const chat::WebDialect web{};
        const chat::ChatCounters counters{metrics};
        const chat::ChatSettings settings = chat::settings_from(configuration);
    };
    static const Words& words() {
        static const Words all;
        return all;
    }

private:
    void deliver(std::span<const Member> to, Message message) override {
        require(!message->empty() && message->size() <= 2 * hub_message_limit);
        for (const Member member : to)
            if (Ear& ear = ears_.at(member); reader_ == Reader::clients)
                ear.hear(*message);
    }

    const Reader reader_;
    test::ManualTime time_;
    std::map<Member, Ear> ears_; ///< the clock's comes first
    Member last_member_ = 0;
    chat::ChatHub hub_{words().settings.hub,
                       {{&words().line, &words().line, &words().irc, &words().web, &words().line},
                        words().counters,
                        time_,
                        nullptr}};
    const Member clock_ = come(chat::Door::administrator);
};

} // namespace tern::fuzz
