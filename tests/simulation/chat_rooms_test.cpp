// The real chat, its mailboxes and its runners, lived in at random: people come with names that may
// be taken, move from room to room, talk, read slowly, leave, or lose their runner.

#include "tests/simulation/seeds.h"

#include "common/base/configuration.h"
#include "common/hub/local_runner.h"
#include "common/protocol/chat/name.h"
#include "common/session/session.h"
#include "common/simulation/random.h"
#include "generated/chat_schema.h"
#include "servers/chat/answer.h"
#include "servers/chat/chat_hub.h"
#include "servers/chat/line_dialect.h"

#include <doctest/doctest.h>

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace tern;
using chat::Request;
using test::require;

namespace {

/// What all worlds have in common.
struct Words {
    Metrics metrics;
    const Configuration configuration = Configuration::from_text(
        R"({"listeners": [{"name": "line"}]})", "chat.json", generated::chat_schema);
    const chat::Phrases phrases{configuration};
    const chat::LineDialect line{phrases};
    const chat::ChatCounters counters{metrics};
    const chat::ChatTime time{};
};

const Words& words() {
    static const Words all;
    return all;
}

chat::HubSettings settings() {
    chat::HubSettings settings;
    settings.speech_per_member = settings.speech_per_address = {1e6, 1'000'000};
    settings.joins_per_address = {1e6, 1'000'000};
    settings.history_shown = 0;
    settings.history_kept = 3;
    return settings;
}

Task<void> nothing() { co_return; }

class NoWaker final : public Waker {
public:
    void wake() noexcept override {}
};

/// One client, and what it must hear of the others from now on.
struct Client {
    Client(Runner& home, std::size_t most, Overflow overflow)
        : session(nothing()), mailbox(session, most, overflow), capacity(most),
          is_patient(overflow == Overflow::drop_oldest) {
        membership.emplace(home, mailbox);
    }

    Session session;
    Mailbox mailbox;
    std::optional<Membership> membership;
    const std::size_t capacity;
    const bool is_patient;
    std::size_t house = 0;
    std::string name; ///< empty: has none yet
    std::string room;
    std::deque<std::string> due;
    std::size_t lost = 0; ///< as its mailbox has said; not all of it was due
};

class ChatWorld {
public:
    explicit ChatWorld(std::uint64_t seed) : random_(seed) {
        for (std::size_t i = random_.between(1, 3); i > 0; --i)
            runners_.push_back(std::make_unique<LocalRunner>(&hub_, waker_));
    }

    void run() {
        for (std::size_t steps = random_.between(30, 120); steps > 0; --steps)
            step();
        std::size_t there = 0;
        do { // who reads too slowly leaves, which the others hear
            there = clients_.size();
            for (const auto& runner : runners_)
                runner->deliver_post();
            for (std::size_t i = clients_.size(); i-- > 0;)
                read(i);
        } while (clients_.size() != there);
        for (const auto& client : clients_)
            require(client->due.size() <= client->lost,
                    client->name + " never heard: " + lines(client->due));
        while (!clients_.empty())
            leave(clients_.size() - 1);
        require(chat_.members() == 0, "somebody is still there");
    }

private:
    void step() {
        if (clients_.size() < 2 || (clients_.size() < 10 && random_.once_in(6)))
            return come();
        const std::size_t who = random_.below(clients_.size());
        switch (random_.below(16)) {
        case 0:
            return random_.once_in(3) ? leave(who) : quit(who);
        case 1:
            return random_.once_in(8) ? crash() : enter(who);
        case 2:
        case 3:
            return enter(who);
        case 4:
        case 5:
            return join(who);
        case 6:
        case 7:
        case 8:
            return read(who);
        case 9:
        case 10:
        case 11:
            return runners_[random_.below(runners_.size())]->deliver_post();
        default:
            return say(who);
        }
    }

    void ask(Client& client, Request::Kind kind, std::string_view room, std::string_view target,
             std::string_view text, std::uint64_t number = 0) {
        Request request;
        request.kind = kind;
        request.room = room;
        request.target = target;
        request.text = text;
        request.number = number;
        client.membership->tell(chat::encode(request));
    }

    void come() {
        const bool is_slow = random_.once_in(4);
        const std::size_t house = random_.below(runners_.size());
        auto client = std::make_unique<Client>(
            *runners_[house], is_slow ? random_.between(2, 6) : 10'000,
            random_.once_in(2) ? Overflow::disconnect : Overflow::drop_oldest);
        client->house = house;
        ask(*client, Request::Kind::hello, {}, "192.0.2.1", "line");
        clients_.push_back(std::move(client));
    }

    void enter(std::size_t who) {
        static constexpr std::array<const char*, 6> names = {"ada", "BOB",  "bob",
                                                             "Ada", "carl", "dora"};
        Client& client = *clients_[who];
        if (!client.name.empty())
            return;
        const std::string name = names.at(random_.below(names.size()));
        const std::string key = chat::key_of(name);
        bool is_free = true;
        for (const auto& other : clients_)
            is_free = is_free && (other->name.empty() || chat::key_of(other->name) != key);
        const std::size_t before = chat_.members();
        ask(client, Request::Kind::enter, {}, name, {});
        require(chat_.members() == before + (is_free ? 1 : 0), "a name is there twice: " + name);
        if (!is_free)
            return;
        client.name = name;
        client.room = "lobby";
        tell_others(client, name + " entered the room");
    }

    void join(std::size_t who) {
        static constexpr std::array<const char*, 3> rooms = {"lobby", "sea", "sky"};
        Client& client = *clients_[who];
        const std::string room = rooms.at(random_.below(rooms.size()));
        ask(client, Request::Kind::join, room, {}, {}, 1);
        if (client.name.empty() || client.room == room)
            return;
        tell_others(client, client.name + " left the room");
        client.room = room;
        tell_others(client, client.name + " entered the room");
    }

    void say(std::size_t who) {
        Client& client = *clients_[who];
        const std::string text = "word " + std::to_string(++said_);
        ask(client, Request::Kind::say, {}, {}, text);
        if (!client.name.empty())
            tell_others(client, client.name + ": " + text);
    }

    void quit(std::size_t who) {
        ask(*clients_[who], Request::Kind::quit, {}, {}, {});
        leave(who); // must not be told again
    }

    void leave(std::size_t who) {
        const std::unique_ptr<Client> client = std::move(clients_[who]);
        clients_.erase(clients_.begin() + static_cast<std::ptrdiff_t>(who));
        client->membership.reset();
        if (!client->name.empty())
            tell_others(*client, client->name + " left the room");
    }

    /// With all that has not reached its members yet.
    void crash() {
        const std::size_t house = random_.below(runners_.size());
        for (std::size_t i = clients_.size(); i-- > 0;)
            if (clients_[i]->house == house)
                leave(i);
        runners_[house] = std::make_unique<LocalRunner>(&hub_, waker_);
    }

    void tell_others(const Client& client, const std::string& line) {
        for (const auto& other : clients_)
            if (other.get() != &client && !other->name.empty() && other->room == client.room)
                other->due.push_back(line);
    }

    void read(std::size_t who) {
        Client& client = *clients_[who];
        const Mailbox::Post post = client.mailbox.take();
        require(post.messages.size() <= client.capacity, "an outbox is larger than its bound");
        require(post.lost == 0 || client.is_patient, "a message was lost");
        client.lost += post.lost;
        for (const Message& message : post.messages) {
            const std::string_view line = chat::wire_bytes(*message);
            if (!is_of_others(line))
                continue;
            while (!client.due.empty() && client.due.front() + "\n" != line && client.lost > 0) {
                --client.lost;
                client.due.pop_front();
            }
            require(!client.due.empty() && client.due.front() + "\n" == line,
                    client.name + " heard \"" + std::string(line) +
                        "\" where due was: " + lines(client.due));
            client.due.pop_front();
        }
        if (post.closed)
            return leave(who);
    }

    static bool is_of_others(std::string_view line) {
        return line.ends_with(" entered the room\n") || line.ends_with(" left the room\n") ||
               line.find(": word ") != std::string_view::npos;
    }
    static std::string lines(const std::deque<std::string>& due) {
        std::string text;
        for (const std::string& line : due)
            text += line + "; ";
        return text;
    }

    simulation::Random random_;
    NoWaker waker_;
    chat::ChatHub chat_{settings(),
                        {{&words().line, &words().line, nullptr, nullptr, &words().line},
                         words().counters,
                         words().time,
                         nullptr}};
    LocalHub hub_{chat_};
    std::vector<std::unique_ptr<LocalRunner>> runners_;
    std::vector<std::unique_ptr<Client>> clients_;
    std::uint64_t said_ = 0;
};

} // namespace

TEST_SUITE("simulation/chat") {
    TEST_CASE("everybody hears all that others say and do in his room, once, in one order") {
        test::for_each_seed("chats", [](std::uint64_t seed) { ChatWorld(seed).run(); });
    }
}
