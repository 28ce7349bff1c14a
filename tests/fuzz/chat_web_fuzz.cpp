// What browsers say, a message a line, to the real chat: whatever it is, each of them is told
// nothing but whole messages of JSON, and what others hear of it is what their doors allow.
//
// The first letter of a line says whose it is, of two browsers: 'a' or 'b' says the rest, '-' and
// the letter breaks its connection and makes another one, '+' lets a minute pass. In what they say,
// "$" stands for the token of the last welcome, and "#" for the number of events since.

#include "servers/chat/web_requests.h"
#include "tests/fuzz/fuzzed_chat.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace tern;
using chat::Door;
using fuzz::FuzzedChat;
using fuzz::require;
using nlohmann::json;

class Browser {
public:
    explicit Browser(FuzzedChat& chat) : chat_(chat), member_(chat.come(Door::web)) {}

    void reconnect() {
        chat_.go(member_);
        member_ = chat_.come(Door::web);
        has_name_ = false;
    }
    void say(std::string_view text) {
        const chat::WebRequest request = chat::read_web_request(filled(text), has_name_);
        require(request.encoded.empty() == request.fault.size() > 0 ||
                request.kind == chat::WebRequest::Kind::ping);
        if (request.encoded.empty())
            return;
        require(chat::decode_request(request.encoded).has_value());
        chat_.tell(member_, request.encoded);
    }
    void hear() {
        const fuzz::Heard heard = chat_.heard(member_);
        for (const std::string& message : heard.messages)
            read(message);
        for (const chat::Answer answer : heard.answers) {
            has_name_ = has_name_ || answer == chat::Answer::named;
            is_over_ = is_over_ || answer == chat::Answer::closing;
        }
        if (is_over_)
            reconnect();
        is_over_ = false;
    }

private:
    std::string filled(std::string_view text) const {
        std::string all;
        for (const char letter : text) {
            if (letter == '$')
                all += token_;
            else if (letter == '#')
                all += std::to_string(events_);
            else
                all += letter;
        }
        return all;
    }
    void read(const std::string& message) {
        const json object = json::parse(message, nullptr, false);
        require(object.is_object() && object.contains("event") != object.contains("connection"));
        if (!object.contains("event"))
            return;
        ++events_;
        if (object["event"] != "welcome")
            return;
        token_ = object.value("token", "");
        events_ = 1;
    }

    FuzzedChat& chat_;
    Member member_;
    bool has_name_ = false, is_over_ = false;
    std::string token_;
    std::uint64_t events_ = 0;
};

/// Somebody who is in the room and only listens.
void enter(FuzzedChat& chat, Door door, std::string_view name) {
    const Member member = chat.come(door);
    chat::Request request;
    request.kind = chat::Request::Kind::enter;
    request.target = name;
    chat.tell(member, chat::encode(request));
    request.kind = chat::Request::Kind::join;
    request.room = "lobby";
    chat.tell(member, chat::encode(request));
}

} // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input(reinterpret_cast<const char*>(data), size);
    FuzzedChat chat;
    enter(chat, Door::line, "lea");
    enter(chat, Door::irc, "ira");
    std::array browsers = {Browser(chat), Browser(chat)};
    while (!input.empty()) {
        std::string_view line = input.substr(0, input.find('\n'));
        input.remove_prefix(std::min(input.size(), line.size() + 1));
        const bool breaks = line.starts_with('-');
        line.remove_prefix(breaks ? 1 : 0);
        Browser& browser = browsers[line.starts_with('a') ? 0 : 1];
        if (breaks)
            browser.reconnect();
        else if (line.starts_with('+'))
            chat.pass(std::chrono::minutes(1));
        else
            browser.say(line.substr(std::min<std::size_t>(line.size(), 1)));
        for (Browser& one : browsers)
            one.hear();
    }
    chat.end();
    return 0;
}
