#include "servers/chat/settings.h"

#include "common/strategy/registry.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <stdexcept>

namespace tern::chat {
namespace {

using nlohmann::json;

Clock::duration seconds(const json& value) {
    return std::chrono::round<Clock::duration>(std::chrono::duration<double>(value.get<double>()));
}

RateSettings rate(const json& value) {
    return {value.at("per_second").get<double>(), value.at("burst").get<unsigned>()};
}

void read_hub(const json& all, HubSettings& settings) {
    const json& names = all.at("names");
    names.at("longest").get_to(settings.names.longest);
    names.at("punctuation").get_to(settings.names.punctuation);
    names.at("ascii_only").get_to(settings.names.ascii_only);
    names.at("mixed_scripts").get_to(settings.names.mixed_scripts);
    names.at("reserved").get_to(settings.reserved_names);
    const json& rooms = all.at("rooms");
    rooms.at("first").get_to(settings.first_room);
    rooms.at("longest_name").get_to(settings.room_names.longest);
    rooms.at("name_punctuation").get_to(settings.room_names.punctuation);
    rooms.at("modes").get_to(settings.room_modes);
    rooms.at("most").get_to(settings.max_rooms);
    rooms.at("most_members").get_to(settings.max_members_per_room);
    rooms.at("most_per_member").get_to(settings.max_rooms_per_member);
    rooms.at("names_shown").get_to(settings.names_shown);
    const json& limits = all.at("limits");
    limits.at("members").get_to(settings.max_members);
    limits.at("line_bytes").get_to(settings.longest_text);
    limits.at("ignored").get_to(settings.max_ignored);
    settings.speech_per_member = rate(limits.at("speech_per_member"));
    settings.speech_per_address = rate(limits.at("speech_per_address"));
    settings.joins_per_address = rate(limits.at("joins_per_address"));
    settings.requests_per_member = rate(limits.at("requests_per_member"));
    settings.requests_per_address = rate(limits.at("requests_per_address"));
    const json& resume = all.at("web").at("resume");
    settings.resume.grace = seconds(resume.at("grace_s"));
    resume.at("messages").get_to(settings.resume.messages);
    resume.at("bytes").get_to(settings.resume.bytes);
    const json& history = all.at("history");
    history.at("messages").get_to(settings.history_kept);
    history.at("shown").get_to(settings.history_shown);
    settings.history_age = std::chrono::hours(24) * history.at("days").get<int>();
}

Door door_from(const std::string& protocol) {
    if (protocol == "udp")
        return Door::udp;
    if (protocol == "web")
        return Door::web;
    return protocol == "irc" ? Door::irc : Door::line;
}

void read_doors(const json& all, DoorSettings& settings) {
    const json& limits = all.at("limits");
    limits.at("line_bytes").get_to(settings.line_bytes);
    limits.at("name_tries").get_to(settings.name_tries);
    all.at("names").at("longest").get_to(settings.longest_name);
    settings.name_timeout = seconds(limits.at("name_timeout_s"));
    settings.idle_timeout = seconds(limits.at("idle_timeout_s"));
    settings.write_timeout = seconds(limits.at("write_timeout_s"));
    settings.udp_timeout = seconds(limits.at("udp_timeout_s"));
    settings.login_delay = seconds(limits.at("login_delay_s"));
    limits.at("keep_alive_s").get_to(settings.keep_alive_s);
    limits.at("udp_members").get_to(settings.udp_members);
    settings.udp_token_period = seconds(limits.at("udp_token_s"));
    settings.udp_answers_per_address = rate(limits.at("udp_answers_per_address"));
    settings.udp_answers = rate(limits.at("udp_answers"));
    for (const json& one : all.at("operators"))
        settings.operators.push_back(
            {one.at("name").get<std::string>(), one.at("password").get<std::string>()});
    for (const json& one : all.at("listeners")) {
        ListenerRules rules;
        one.at("name").get_to(rules.name);
        rules.door = door_from(one.at("protocol").get<std::string>());
        one.at("outbox").get_to(rules.outbox);
        rules.slow_reader = one.at("slow_reader").get<std::string>() == "disconnect"
                                ? Overflow::disconnect
                                : Overflow::drop_oldest;
        if (rules.door == Door::web) // who comes back counts what it was told: nothing is left out
            rules.slow_reader = Overflow::disconnect;
        settings.listeners.push_back(std::move(rules));
    }
}

JournalSettings journal_from(const Configuration& configuration, const HubSettings& hub) {
    const json& all = configuration.effective();
    const json& journal = all.at("history").at("journal");
    JournalSettings settings;
    if (const auto file = journal.at("file").get<std::string>(); !file.empty())
        settings.file = configuration.resolve_path(file);
    settings.fsync_interval =
        std::chrono::round<std::chrono::milliseconds>(seconds(journal.at("fsync_interval_s")));
    settings.retention.messages = hub.history_kept;
    settings.retention.rooms = hub.max_rooms;
    settings.retention.age = std::chrono::round<std::chrono::microseconds>(hub.history_age);
    settings.forks =
        !strategy::shares_memory(all.at("concurrency").at("strategy").get<std::string>());
    return settings;
}

/// What a member has missed goes through its outbox, in pieces of which two fill 32 KiB.
void check_resume(const Configuration& configuration, const ChatSettings& settings) {
    constexpr std::size_t piece = std::size_t{16} << 10;
    constexpr std::size_t others = 15;
    for (const ListenerRules& rules : settings.doors.listeners)
        if (rules.door == Door::web && settings.hub.resume.bytes / piece + others > rules.outbox)
            throw configuration.error(
                "/web/resume/bytes",
                fmt::format("found {}, allowed with the outbox of listener \"{}\": at most {}",
                            settings.hub.resume.bytes, rules.name,
                            (rules.outbox - others) * piece));
}

} // namespace

const ListenerRules& DoorSettings::listener(std::string_view name) const {
    for (const ListenerRules& rules : listeners)
        if (rules.name == name)
            return rules;
    throw std::logic_error("no listener " + std::string(name));
}

ChatSettings settings_from(const Configuration& configuration) {
    const json& all = configuration.effective();
    ChatSettings settings;
    read_hub(all, settings.hub);
    if (name_from(settings.hub.first_room, settings.hub.room_names).fault != NameFault::none)
        throw configuration.error(
            "/rooms/first",
            fmt::format("found \"{}\", allowed: the name of a room", settings.hub.first_room));
    read_doors(all, settings.doors);
    check_resume(configuration, settings);
    if (const auto path = all.at("control_socket").get<std::string>(); !path.empty())
        settings.control_socket = std::filesystem::absolute(configuration.resolve_path(path));
    settings.journal = journal_from(configuration, settings.hub);
    settings.is_iterative = all.at("concurrency").at("strategy") == "iterative";
    return settings;
}

} // namespace tern::chat
