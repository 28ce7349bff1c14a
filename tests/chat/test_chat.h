#pragma once
// A chat without sockets: members who tell the hub what they do, and hear what it says.

#include "common/base/configuration.h"
#include "generated/chat_schema.h"
#include "servers/chat/irc_dialect.h"
#include "servers/chat/line_dialect.h"
#include "servers/chat/settings.h"
#include "tests/chat/manual_time.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tern::test {

inline Configuration chat_configuration(const std::string& more = "") {
    return Configuration::from_text(R"({"listeners": [{"name": "line"}])" + more + "}", "chat.json",
                                    generated::chat_schema);
}

class TestChat final : private Deliveries {
public:
    explicit TestChat(const std::string& configuration = "", chat::Journal* journal = nullptr)
        : configuration_(chat_configuration(configuration)), phrases_(configuration_),
          words_(phrases_),
          counters_(metrics_), dialects_{&words_, &words_, &irc_words_, nullptr, &words_},
          hub(chat::settings_from(configuration_).hub, {dialects_, counters_, time, journal}) {}

    /// A client that has just connected.
    Member connect(const std::string& address = "192.0.2.1", chat::Door door = chat::Door::line) {
        const Member member = ++last_member_;
        hub.entered(member, *this);
        chat::Request hello;
        hello.number = static_cast<std::uint64_t>(door);
        hello.target = address;
        ask(member, hello);
        return member;
    }
    /// A member with a name, who has heard all that this brings.
    Member enter(const std::string& name, const std::string& address = "192.0.2.1") {
        const Member member = connect(address);
        do_(member, chat::Request::Kind::enter, {}, name);
        heard(member);
        return member;
    }
    void ask(Member member, const chat::Request& request) {
        hub.received(member, chat::encode(request), *this);
    }
    void do_(Member member, chat::Request::Kind kind, std::string_view room = {},
             std::string_view target = {}, std::string_view text = {}, std::uint64_t number = 0) {
        chat::Request request;
        request.kind = kind;
        request.room = room;
        request.target = target;
        request.text = text;
        request.number = number;
        ask(member, request);
    }
    void say(Member member, std::string_view text) {
        do_(member, chat::Request::Kind::say, {}, {}, text);
    }
    void go(Member member) { hub.left(member, *this); }

    /// What the member was told since it was last asked.
    std::string heard(Member member) { return std::exchange(texts_[member], {}); }
    /// The last answer's byte.
    chat::Answer answer(Member member) { return answers_[member]; }
    /// Buffers that were made for deliveries.
    std::size_t buffers() const { return buffers_; }

    ManualTime time;

private:
    void deliver(std::span<const Member> to, Message message) override {
        ++buffers_;
        for (const Member member : to) {
            texts_[member] += chat::wire_bytes(*message);
            answers_[member] = chat::answer_of(*message);
        }
    }

    Metrics metrics_;
    const Configuration configuration_;
    const chat::Phrases phrases_;
    const chat::LineDialect words_;
    const chat::IrcDialect irc_words_{chat::IrcSettings()};
    const chat::ChatCounters counters_;
    const chat::Dialects dialects_;
    Member last_member_ = 0;
    std::size_t buffers_ = 0;
    std::map<Member, std::string> texts_;
    std::map<Member, chat::Answer> answers_;

public:
    chat::ChatHub hub;
};

} // namespace tern::test
