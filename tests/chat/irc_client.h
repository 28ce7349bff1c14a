#pragma once
// An IRC exchange without a server around it: what it tells the hub, and what its client reads.

#include "servers/chat/irc_exchange.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tern::chat {

class IrcClient final : private IrcHubSide {
public:
    IrcClient() : IrcClient(settings_with_accounts()) {}
    explicit IrcClient(IrcSettings its_settings)
        : settings(std::move(its_settings)), exchange(settings, *this) {
        settings.server_name = "s";
    }

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
        if (exchange.question)
            exchange.judge(fits(*exchange.question));
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
    std::vector<std::string> told;
    std::vector<std::string> labels;
    std::vector<std::string> together; ///< all requests that came together
    std::size_t longest_told = 0;      ///< bytes of a request
    IrcExchange exchange;

private:
    static IrcSettings settings_with_accounts() {
        IrcSettings settings;
        settings.accounts.push_back({"jilles", "hash"});
        return settings;
    }
    static bool fits(const IrcQuestion& question) {
        switch (question.about) {
        case IrcQuestion::About::server:
            return question.password == "open";
        case IrcQuestion::About::account:
            return question.name == "jilles" && question.password == "sesame";
        case IrcQuestion::About::operator_account:
            return question.name == "root" && question.password == "toor";
        }
        return false;
    }

    void tell(const Request& request) override {
        longest_told = std::max(longest_told, encode(request).size());
        labels.emplace_back(request.label);
        if (request.kind != Request::Kind::together)
            return told.push_back(text_of(request));
        told.push_back(std::to_string(static_cast<int>(request.kind)));
        std::string_view rest = request.text;
        while (const auto one = take_request(rest))
            together.push_back(text_of(*one));
    }
    /// "KIND(number) room=.. target=.. text=.."
    static std::string text_of(const Request& request) {
        std::string text = std::to_string(static_cast<int>(request.kind));
        if (request.number != 0)
            text += '(' + std::to_string(request.number) + ')';
        if (!request.room.empty())
            text.append(" room=").append(request.room);
        if (!request.target.empty())
            text.append(" target=").append(request.target);
        if (!request.text.empty())
            text.append(" text=").append(request.text);
        return text;
    }
};

/// As IrcClient writes a request.
inline std::string asked(Request::Kind kind, std::string_view rest = {}) {
    return std::to_string(static_cast<int>(kind)).append(rest);
}

} // namespace tern::chat
