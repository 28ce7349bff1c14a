// What people type, to the real chat: by the line door and by IRC, from the decoder of bytes on.
// Whatever it is, everybody hears nothing but whole lines that his door allows.
//
// The first letter of a line says whose it is: 'l' and 'm' come by the line door, 'i' and 'j' by
// IRC. A '-' and the letter breaks the connection and makes another one; '+' lets a minute pass.

#include "common/base/log.h"
#include "common/protocol/irc/line_reader.h"
#include "servers/chat/irc_exchange.h"
#include "servers/chat/line_commands.h"
#include "tests/fuzz/fuzzed_chat.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace tern;
using chat::Answer;
using chat::Door;
using fuzz::FuzzedChat;
using fuzz::require;

/// One who types, by whatever door.
class Person {
public:
    Person(FuzzedChat& chat, Door door) : chat_(chat), member_(chat.come(door)) {}
    virtual ~Person() { chat_.go(member_); }
    Person(const Person&) = delete;
    Person& operator=(const Person&) = delete;

    virtual void type(std::string_view line) = 0;
    /// False: the conversation is over.
    bool hear() {
        bool goes_on = true;
        for (const Answer answer : chat_.heard(member_).answers) {
            goes_on = goes_on && answer != Answer::closing;
            note(answer);
        }
        return goes_on;
    }

protected:
    virtual void note(Answer answer) = 0;
    void ask(std::string_view request) { chat_.tell(member_, request); }

private:
    FuzzedChat& chat_;
    const Member member_;
};

class ByLines final : public Person {
public:
    explicit ByLines(FuzzedChat& chat) : Person(chat, Door::line) {}

    void type(std::string_view line) override {
        const chat::LineCommands::Outcome outcome = commands().take(line, has_name_);
        require(outcome.reply.empty() || outcome.reply.ends_with('\n'));
        if (!outcome.request.empty())
            ask(outcome.request);
    }

private:
    void note(Answer answer) override { has_name_ = has_name_ || answer == Answer::named; }

    static const chat::LineCommands& commands() {
        static Log log({.level = LogLevel::off});
        static Workshop nobody_works(1);
        static const chat::DoorContext context{FuzzedChat::words().settings.doors,
                                               FuzzedChat::words().phrases,
                                               FuzzedChat::words().line,
                                               FuzzedChat::words().counters,
                                               log,
                                               nobody_works};
        static const chat::LineCommands all(context);
        return all;
    }

    bool has_name_ = false;
};

class ByIrc final : public Person, private chat::IrcHubSide {
public:
    explicit ByIrc(FuzzedChat& chat)
        : Person(chat, Door::irc), exchange_(FuzzedChat::words().irc.settings(), *this) {}

    void type(std::string_view line) override {
        std::string text(line);
        text += "\r\n";
        std::string_view input = text, complete;
        while (reader_.next(input, complete) == irc::LineReader::Outcome::line)
            exchange_.receive(complete);
        while (exchange_.question) // the word is "open"
            exchange_.judge(exchange_.question->password == "open");
        ear_.hear(*chat::make_message(Answer::text, exchange_.output));
        exchange_.output.clear();
    }

private:
    void tell(const chat::Request& request) override { ask(chat::encode(request)); }
    void note(Answer answer) override {
        if (answer == Answer::named)
            exchange_.named();
        if (answer == Answer::not_named)
            exchange_.not_named();
    }

    irc::LineReader reader_;
    chat::IrcExchange exchange_;
    fuzz::Ear ear_{Door::irc};
};

class Crowd {
public:
    explicit Crowd(FuzzedChat& chat) : chat_(chat) {
        for (std::size_t i = 0; i < letters.size(); ++i)
            come(i);
    }
    void take(std::string_view line) {
        if (line.starts_with('+'))
            chat_.pass(std::chrono::minutes(1));
        const bool breaks = line.starts_with('-');
        line.remove_prefix(breaks ? 1 : 0);
        const std::size_t who = line.empty() ? letters.npos : letters.find(line.front());
        if (who == letters.npos)
            return;
        if (breaks)
            come(who);
        else
            people_[who]->type(line.substr(1));
        for (std::size_t i = 0; i < letters.size(); ++i)
            if (!people_[i]->hear())
                come(i);
    }

private:
    static constexpr std::string_view letters = "lmij";

    void come(std::size_t who) {
        people_[who].reset();
        if (who < 2)
            people_[who] = std::make_unique<ByLines>(chat_);
        else
            people_[who] = std::make_unique<ByIrc>(chat_);
    }

    FuzzedChat& chat_;
    std::array<std::unique_ptr<Person>, letters.size()> people_;
};

} // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input(reinterpret_cast<const char*>(data), size);
    FuzzedChat chat;
    {
        Crowd crowd(chat);
        while (!input.empty()) {
            const std::string_view line = input.substr(0, input.find('\n'));
            input.remove_prefix(std::min(input.size(), line.size() + 1));
            crowd.take(line);
        }
    }
    chat.end();
    return 0;
}
