#pragma once
// What the chat server's own part of the configuration says.

#include "common/base/clock.h"
#include "common/base/configuration.h"
#include "common/base/keyed_rates.h"
#include "common/session/mailbox.h"
#include "servers/chat/durable_journal.h"
#include "servers/chat/hub_settings.h"
#include "servers/chat/request.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tern::chat {

struct ListenerRules {
    std::string name;
    Door door = Door::line;
    std::size_t outbox = 1024; ///< messages that may wait for one client
    Overflow slow_reader = Overflow::disconnect;
};

struct OperatorAccount {
    std::string name;
    std::string password; ///< as crypt(5) writes it
};

/// What the doors need, whichever it is.
struct DoorSettings {
    std::size_t line_bytes = 2048;
    std::size_t longest_name = 32; ///< code points
    unsigned name_tries = 10;
    Clock::duration name_timeout{}, idle_timeout{}, write_timeout{}, udp_timeout{}, login_delay{};
    int keep_alive_s = 60;
    std::size_t udp_members = 1024;
    Clock::duration udp_token_period = std::chrono::minutes(5); ///< a token is good for two
    RateSettings udp_answers_per_address{20, 100}, udp_answers{1000, 1000};
    std::vector<OperatorAccount> operators;
    std::vector<ListenerRules> listeners;

    /// The rules of a listener by its name; it is one of the configuration.
    const ListenerRules& listener(std::string_view name) const;
};

struct ChatSettings {
    HubSettings hub;
    DoorSettings doors;
    JournalSettings journal;
    std::string control_socket; ///< empty: none
    bool is_iterative = false;
};

/// `configuration` fulfils the schema of the chat server. Throws ConfigurationError for what a
/// schema cannot say.
ChatSettings settings_from(const Configuration& configuration);

} // namespace tern::chat
