// The real chat, its mailboxes and its runners, lived in at random: people come with names that may
// be taken, move from room to room, talk, read slowly, leave, or lose their runner. Some of them
// have browsers: these lose their connections, and come back or do not.

#include "tests/chat/manual_time.h"
#include "tests/simulation/chat_client.h"
#include "tests/simulation/seeds.h"

#include "common/base/configuration.h"
#include "common/hub/local_runner.h"
#include "common/protocol/chat/name.h"
#include "common/simulation/random.h"
#include "generated/chat_schema.h"
#include "servers/chat/chat_hub.h"
#include "servers/chat/line_dialect.h"
#include "servers/chat/web_dialect.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tern::chat_rooms_test {

using namespace tern;
using chat::Door;
using chat::Request;
using test::require;
using Client = test::ChatClient;
using namespace std::chrono_literals;

namespace {

/// What all worlds have in common.
struct Words {
    Metrics metrics;
    const Configuration configuration = Configuration::from_text(
        R"({"listeners": [{"name": "line"}]})", "chat.json", generated::chat_schema);
    const chat::Phrases phrases{configuration};
    const chat::LineDialect line{phrases};
    const chat::WebDialect web{};
    const chat::ChatCounters counters{metrics};
};

const Words& words() {
    static const Words all;
    return all;
}

constexpr Clock::duration grace = 60s;
constexpr std::size_t no_end_of_messages = 10'000;

/// A browser may return while at most `kept` messages have missed it.
chat::HubSettings settings(std::size_t kept) {
    chat::HubSettings settings;
    settings.speech_per_member = settings.speech_per_address = {1e6, 1'000'000};
    settings.joins_per_address = {1e6, 1'000'000};
    settings.requests_per_member = settings.requests_per_address = {1e6, 1'000'000};
    settings.history_shown = 0;
    settings.history_kept = 3;
    settings.resume = {grace, kept, std::size_t{1} << 20};
    return settings;
}

class NoWaker final : public Waker {
public:
    void wake() noexcept override {}
};

Request request_of(Request::Kind kind, std::string_view room, std::string_view target,
                   std::string_view text, std::uint64_t number = 0) {
    Request request;
    request.kind = kind;
    request.room = room;
    request.target = target;
    request.text = text;
    request.number = number;
    return request;
}

class ChatWorld {
public:
    explicit ChatWorld(std::uint64_t seed) : random_(seed) {
        for (std::size_t i = random_.between(1, 3); i > 0; --i)
            runners_.push_back(std::make_unique<LocalRunner>(&hub_, waker_));
        greet(clock_, Door::administrator);
    }

    void run() {
        for (std::size_t steps = random_.between(30, 120); steps > 0; --steps)
            step();
        settle();
        for (const auto& client : clients_)
            require(client->due.size() <= client->lost,
                    client->name + " never heard: " + client->all_due());
        while (!clients_.empty())
            quit(clients_.size() - 1);
        require(chat_.members() == 0, "somebody is still there");
    }

private:
    /// Until everybody has a connection, and has heard all.
    void settle() {
        bool goes_on = true;
        while (goes_on) { // who reads too slowly leaves, which the others hear
            const std::size_t there = clients_.size();
            for (std::size_t i = 0; i < clients_.size(); ++i)
                if (!clients_[i]->connection)
                    resume(i);
            deliver_post();
            for (std::size_t i = clients_.size(); i-- > 0;)
                read(i);
            goes_on = there != clients_.size() ||
                      std::any_of(clients_.begin(), clients_.end(),
                                  [](const auto& client) { return !client->connection; });
        }
    }

    void step() {
        if (clients_.size() < 2 || (clients_.size() < 10 && random_.once_in(6)))
            return come();
        const std::size_t who = random_.below(clients_.size());
        if (clients_[who]->is_browser() && (!clients_[who]->connection || random_.once_in(12)))
            return random_.once_in(3) && clients_[who]->connection ? break_off(who) : resume(who);
        switch (random_.below(17)) {
        case 0:
            return random_.once_in(3) ? break_off(who) : quit(who);
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
        case 12:
            return pass(std::chrono::seconds(random_.between(1, 40)));
        default:
            return say(who);
        }
    }

    void deliver_post() {
        for (const auto& runner : runners_)
            runner->deliver_post();
    }

    static void greet(test::ChatConnection& connection, Door door) {
        connection.ask(request_of(Request::Kind::hello, {}, "192.0.2.1", "line",
                                  static_cast<std::uint64_t>(door)));
    }

    void connect(Client& client) {
        client.house = random_.below(runners_.size());
        client.connection = std::make_unique<test::ChatConnection>(
            *runners_[client.house], client.capacity, client.overflow);
        greet(*client.connection, client.door);
    }

    void come() {
        auto client = std::make_unique<Client>();
        client->capacity = random_.once_in(4) ? random_.between(2, 6) : no_end_of_messages;
        client->door = random_.once_in(3) ? Door::web : Door::line;
        if (!client->is_browser() && random_.once_in(2))
            client->overflow = Overflow::drop_oldest;
        connect(*client);
        clients_.push_back(std::move(client));
    }

    void enter(std::size_t who) {
        static constexpr std::array<const char*, 6> names = {"ada", "BOB",  "bob",
                                                             "Ada", "carl", "dora"};
        Client& client = *clients_[who];
        if (!client.name.empty() || (client.is_browser() && !keeps_up(who)))
            return;
        const std::string name = names.at(random_.below(names.size()));
        const std::string key = chat::key_of(name);
        bool is_free = true;
        for (const auto& other : clients_)
            is_free = is_free && (other->name.empty() || chat::key_of(other->name) != key);
        const std::size_t before = chat_.members();
        client.connection->ask(request_of(Request::Kind::enter, {}, name, {}));
        require(chat_.members() == before + (is_free ? 1 : 0), "a name is there twice: " + name);
        if (!is_free)
            return;
        client.name = name;
        client.room = "lobby";
        tell_others(client, name + " entered the room");
        if (client.is_browser()) // no page returns that has never read its welcome
            keeps_up(who);
    }

    /// It hears all that there is. False: it was too slow, and is gone.
    bool keeps_up(std::size_t who) {
        const std::size_t there = clients_.size();
        runners_[clients_[who]->house]->deliver_post();
        read(who);
        return clients_.size() == there;
    }

    void join(std::size_t who) {
        static constexpr std::array<const char*, 3> rooms = {"lobby", "sea", "sky"};
        Client& client = *clients_[who];
        const std::string room = rooms.at(random_.below(rooms.size()));
        client.connection->ask(request_of(Request::Kind::join, room, {}, {}, 1));
        if (client.name.empty() || client.room == room)
            return;
        tell_all(client, client.name + " left the room");
        client.room = room;
        tell_others(client, client.name + " entered the room");
    }

    void say(std::size_t who) {
        Client& client = *clients_[who];
        const std::string text = "word " + std::to_string(++said_);
        client.connection->ask(request_of(Request::Kind::say, {}, {}, text));
        if (!client.name.empty())
            tell_all(client, client.name + ": " + text);
    }

    void quit(std::size_t who) {
        clients_[who]->connection->ask(request_of(Request::Kind::quit, {}, {}, {}));
        clients_[who]->connection.reset(); // must not be told again
        forget(who);
    }

    /// The connection is lost: who has a browser stays, for a time.
    void break_off(std::size_t who) {
        Client& client = *clients_[who];
        client.connection.reset();
        if (!client.is_browser() || client.name.empty())
            return forget(who);
        client.lost_at = time_.passed;
        client.losses_before = losses_++;
    }

    /// Over a new connection, whether the server knows that the old one is lost or not.
    void resume(std::size_t who) {
        Client& client = *clients_[who];
        if (client.name.empty())
            return;
        std::unique_ptr<test::ChatConnection> before = std::move(client.connection);
        if (random_.once_in(2))
            before.reset();
        connect(client);
        const std::size_t members = chat_.members();
        client.connection->ask(
            request_of(Request::Kind::resume, {}, client.token, {}, client.received));
        if (chat_.members() == members)
            return;
        require(kept_ < no_end_of_messages, client.name + " may not return");
        tell_others(client, client.name + " left the room");
        client.start_anew();
    }

    void pass(Clock::duration time) {
        time_.passed += time;
        clock_.ask(request_of(Request::Kind::tick, {}, {}, {}));
        while (const Client* const late = longest_lost())
            forget(static_cast<std::size_t>(
                std::find_if(clients_.begin(), clients_.end(),
                             [late](const auto& client) { return client.get() == late; }) -
                clients_.begin()));
    }
    /// Of those who have not come back in time, the first one; null: there is none.
    const Client* longest_lost() const {
        const Client* first = nullptr;
        for (const auto& client : clients_)
            if (!client->connection && client->lost_at + grace <= time_.passed &&
                (first == nullptr || client->losses_before < first->losses_before))
                first = client.get();
        return first;
    }

    void forget(std::size_t who) {
        const std::unique_ptr<Client> client = std::move(clients_[who]);
        clients_.erase(clients_.begin() + static_cast<std::ptrdiff_t>(who));
        if (!client->name.empty())
            tell_others(*client, client->name + " left the room");
    }

    /// With all that has not reached its members yet.
    void crash() {
        const std::size_t house = random_.below(runners_.size());
        for (std::size_t i = clients_.size(); i-- > 0;)
            if (clients_[i]->connection && clients_[i]->house == house)
                break_off(i);
        runners_[house] = std::make_unique<LocalRunner>(&hub_, waker_);
    }

    void tell_others(const Client& client, const std::string& line) {
        for (const auto& other : clients_)
            if (other.get() != &client && !other->name.empty() && other->room == client.room)
                other->due.push_back(line);
    }
    /// A page shows what the server has of its member's words.
    void tell_all(Client& client, const std::string& line) {
        tell_others(client, line);
        if (client.is_browser())
            client.due.push_back(line);
    }

    void read(std::size_t who) {
        Client& client = *clients_[who];
        const Mailbox::Post post = client.connection->mailbox.take();
        require(post.messages.size() <= client.capacity, "an outbox is larger than its bound");
        require(post.lost == 0 || client.overflow == Overflow::drop_oldest, "a message was lost");
        client.lost += post.lost;
        for (const Message& message : post.messages)
            client.take(*message);
        if (post.closed)
            return break_off(who);
    }

    simulation::Random random_;
    const std::size_t kept_ = random_.once_in(4) ? random_.between(1, 5) : no_end_of_messages;
    NoWaker waker_;
    test::ManualTime time_;
    chat::ChatHub chat_{settings(kept_),
                        {{&words().line, &words().line, nullptr, &words().web, &words().line},
                         words().counters,
                         time_,
                         nullptr}};
    LocalHub hub_{chat_};
    LocalRunner clock_runner_{&hub_, waker_};
    test::ChatConnection clock_{clock_runner_, 10, Overflow::disconnect};
    std::vector<std::unique_ptr<LocalRunner>> runners_;
    std::vector<std::unique_ptr<Client>> clients_;
    std::uint64_t said_ = 0, losses_ = 0;
};

} // namespace

TEST_SUITE("simulation/chat") {
    TEST_CASE("everybody hears all that others say and do in his room, once, in one order") {
        test::for_each_seed("chats", [](std::uint64_t seed) { ChatWorld(seed).run(); });
    }
}

} // namespace tern::chat_rooms_test
