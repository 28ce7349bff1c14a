#include "servers/chat/irc_settings.h"

#include "common/protocol/irc/server_time.h"
#include "generated/version.h"

#include <nlohmann/json.hpp>

namespace tern::chat {

using nlohmann::json;

IrcSettings irc_settings_from(const Configuration& configuration) {
    const json& all = configuration.effective();
    const json& irc = all.at("irc");
    IrcSettings settings;
    irc.at("server_name").get_to(settings.server_name);
    irc.at("network").get_to(settings.network);
    settings.version = "tern-" + std::string(generated::version);
    settings.started = irc::format_server_time(
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
    irc.at("message_of_the_day").get_to(settings.message_of_the_day);
    irc.at("password").get_to(settings.password);
    for (const json& one : irc.at("accounts"))
        settings.accounts.push_back(
            {one.at("name").get<std::string>(), one.at("password").get<std::string>()});
    irc.at("password_attempts").get_to(settings.password_attempts);
    irc.at("longest_topic").get_to(settings.longest_topic);
    all.at("rooms").at("most_per_member").get_to(settings.most_rooms);
    irc.at("targets").get_to(settings.most_targets);
    irc.at("history").get_to(settings.most_history);
    settings.commands = {irc.at("commands").at("per_second").get<double>(),
                         irc.at("commands").at("burst").get<unsigned>()};
    settings.ping_interval = std::chrono::round<Clock::duration>(
        std::chrono::duration<double>(irc.at("ping_interval_s").get<double>()));
    all.at("names").at("longest").get_to(settings.longest_name);
    all.at("rooms").at("longest_name").get_to(settings.longest_room);
    ++settings.longest_room; // with its sign
    return settings;
}

} // namespace tern::chat
