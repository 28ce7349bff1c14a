#pragma once
// An IRC exchange without a server around it: what it tells the hub, and what its client reads.

#include "servers/chat/irc_exchange.h"

#include <string>
#include <string_view>
#include <vector>

namespace tern::chat {

class TestPasswords final : public IrcPasswords {
public:
    bool is_needed() const override { return needed; }
    bool opens_server(const std::string& password) const override { return password == "open"; }
    bool is_account(const std::string& name, const std::string& password) const override {
        return name == "jilles" && password == "sesame";
    }
    bool is_operator(const std::string& name, const std::string& password) const override {
        return name == "root" && password == "toor";
    }
    bool needed = false;
};

class IrcClient final : private IrcHubSide {
public:
    IrcClient() : exchange(settings, passwords, *this) { settings.server_name = "s"; }

    /// Becomes a member of the chat.
    void enter() {
        send("NICK me");
        send("USER me 0 * :Me");
        exchange.named();
        told.clear();
    }
    /// What the client reads at once; requests are in `told`.
    std::string send(std::string_view line) {
        exchange.output.clear();
        exchange.receive(line);
        return exchange.output;
    }
    /// What a command asks of the hub, all of it.
    std::string asks(std::string_view line) {
        told.clear();
        send(line);
        std::string all;
        for (const std::string& one : told)
            all.append(all.empty() ? "" : " + ").append(one);
        return all;
    }

    IrcSettings settings;
    TestPasswords passwords;
    std::vector<std::string> told;
    std::vector<std::string> labels;
    IrcExchange exchange;

private:
    /// "KIND(number) room=.. target=.. text=.."
    void tell(const Request& request) override {
        std::string text = std::to_string(static_cast<int>(request.kind));
        if (request.number != 0)
            text += '(' + std::to_string(request.number) + ')';
        if (!request.room.empty())
            text.append(" room=").append(request.room);
        if (!request.target.empty())
            text.append(" target=").append(request.target);
        if (!request.text.empty())
            text.append(" text=").append(request.text);
        told.push_back(text);
        labels.emplace_back(request.label);
    }
};

/// As IrcClient writes a request.
inline std::string asked(Request::Kind kind, std::string_view rest = {}) {
    return std::to_string(static_cast<int>(kind)).append(rest);
}

} // namespace tern::chat
