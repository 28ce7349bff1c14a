#pragma once
// What the IRC door tells of itself, and the limits that it announces.

#include "common/base/clock.h"
#include "common/base/configuration.h"
#include "common/base/keyed_rates.h"
#include "common/protocol/irc/capabilities.h"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tern::chat {

struct IrcAccount {
    std::string name;
    std::string password; ///< as crypt(5) writes it
};

struct IrcSettings {
    std::string server_name = "tern.local"; ///< the source of what the server says
    std::string network = "Tern";
    std::string version = "tern";
    std::string started; ///< when, for RPL_CREATED
    std::vector<std::string> message_of_the_day;
    std::string password;             ///< to enter at all, as crypt(5) writes it; empty: none
    std::vector<IrcAccount> accounts; ///< for SASL
    std::size_t longest_name = 32;
    std::size_t longest_room = 64;
    std::size_t longest_topic = 300; ///< bytes, as are the next two
    std::size_t longest_kick = 255;
    std::size_t longest_away = 200;
    std::size_t most_targets = 4;      ///< of one PRIVMSG
    std::size_t most_rooms = 20;       ///< that a member may be in
    std::size_t most_history = 100;    ///< of one CHATHISTORY
    std::size_t password_attempts = 3; ///< of one session
    RateSettings commands{20, 100};    ///< of one client
    Clock::duration ping_interval = std::chrono::seconds(90);
};

/// From the configuration of the chat server, which fulfils its schema.
IrcSettings irc_settings_from(const Configuration& configuration);

/// What clients may negotiate.
inline constexpr std::array irc_capabilities = {
    irc::OfferedCapability{irc::Capability::message_tags, "message-tags", {}},
    irc::OfferedCapability{irc::Capability::server_time, "server-time", {}},
    irc::OfferedCapability{irc::Capability::echo_message, "echo-message", {}},
    irc::OfferedCapability{irc::Capability::multi_prefix, "multi-prefix", {}},
    irc::OfferedCapability{irc::Capability::away_notify, "away-notify", {}},
    irc::OfferedCapability{irc::Capability::batch, "batch", {}},
    irc::OfferedCapability{irc::Capability::labeled_response, "labeled-response", {}},
    irc::OfferedCapability{irc::Capability::chat_history, "draft/chathistory", {}},
    irc::OfferedCapability{irc::Capability::userhost_in_names, "userhost-in-names", {}},
    irc::OfferedCapability{irc::Capability::cap_notify, "cap-notify", {}},
    irc::OfferedCapability{irc::Capability::sasl, "sasl", "PLAIN"},
};

/// Of those, what this server can keep: where there are no accounts, nobody can log in.
inline std::span<const irc::OfferedCapability>
offered_capabilities(const IrcSettings& settings) noexcept {
    const std::span<const irc::OfferedCapability> all = irc_capabilities;
    return settings.accounts.empty() ? all.first(all.size() - 1) : all;
}

} // namespace tern::chat
