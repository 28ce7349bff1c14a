// What a member has asked for.

#include "common/protocol/irc/mask.h"
#include "common/protocol/irc/server_time.h"
#include "common/protocol/irc/target_list.h"
#include "servers/chat/irc_dialect.h"
#include "servers/chat/irc_label.h"

#include <charconv>
#include <chrono>
#include <string>
#include <vector>

namespace tern::chat {

using irc::Capability;
using irc::Numeric;
using EventKind = Event::Kind;

namespace {

/// Words of a list that goes in lines with this much space.
template <class WriteLine>
void in_lines(const std::vector<std::string>& words, std::size_t space, WriteLine write_line) {
    std::string line;
    for (const std::string& word : words) {
        if (!line.empty() && line.size() + 1 + word.size() > space) {
            write_line(line);
            line.clear();
        }
        if (!line.empty())
            line += ' ';
        line += word;
    }
    if (!line.empty())
        write_line(line);
}

std::string seconds_of(WallClock::time_point time) {
    return std::to_string(WallClock::to_time_t(time));
}

void write_names(IrcWriter& writer, const Event& event) {
    const std::string channel = channel_name(event.room);
    std::vector<std::string> names;
    names.reserve(event.people.size());
    for (const Person& person : event.people) {
        std::string name(prefix_of(person, writer.has(Capability::multi_prefix)));
        if (writer.has(Capability::userhost_in_names))
            name += source_of(person);
        else
            name += person.name;
        names.push_back(std::move(name));
    }
    const std::string_view kind = event.is_secret ? "@" : "=";
    in_lines(names, writer.space_in_numeric({kind, channel}), [&](const std::string& line) {
        writer.numeric(Numeric::rpl_namreply, {kind, channel, line});
    });
    writer.numeric(Numeric::rpl_endofnames, {channel, "End of the list of names"});
}

void write_who_line(IrcWriter& writer, std::string_view channel, const Person& person) {
    std::string flags(person.away.empty() ? "H" : "G");
    if (person.is_operator)
        flags += '*';
    flags += prefix_of(person, writer.has(Capability::multi_prefix));
    writer.numeric(Numeric::rpl_whoreply,
                   {channel, user_of(person), person.host, writer.settings().server_name,
                    person.name, flags, "0 " + std::string(person.real_name)});
}

void write_who(IrcWriter& writer, const Event& event) {
    const bool is_room = event.kind == EventKind::names;
    const std::string channel = is_room ? channel_name(event.room) : "*";
    const std::string_view mask = read_label(event.label).argument;
    const bool only_operators = is_room && mask == "o";
    for (const Person& person : event.people)
        if (person.is_operator || !only_operators)
            write_who_line(writer, channel, person);
    if (event.kind == EventKind::person)
        write_who_line(writer, channel, event.who);
    if (event.kind == EventKind::found && event.number > event.people.size())
        writer.numeric(Numeric::err_toomanymatches,
                       {"WHO", mask, "There are more; please ask more precisely"});
    std::string_view asked = event.who.name;
    if (event.kind != EventKind::person)
        asked = is_room ? std::string_view(channel) : mask;
    writer.numeric(Numeric::rpl_endofwho, {asked, "End of WHO"});
}

void write_away_person(IrcWriter& writer, const Person& who) {
    writer.numeric(Numeric::rpl_away,
                   {who.name, irc::cut_utf8(who.away, writer.settings().longest_away)});
}

void write_whois(IrcWriter& writer, const Event& event) {
    const Person& who = event.who;
    writer.numeric(Numeric::rpl_whoisuser, {who.name, user_of(who), who.host, "*", who.real_name});
    std::vector<std::string> channels;
    channels.reserve(event.lines.size());
    for (std::size_t i = 0; i < event.lines.size(); ++i)
        channels.push_back(
            std::string(prefix_of(event.people[i], writer.has(Capability::multi_prefix))) +
            channel_name(event.lines[i]));
    in_lines(channels, writer.space_in_numeric({who.name}), [&](const std::string& line) {
        writer.numeric(Numeric::rpl_whoischannels, {who.name, line});
    });
    writer.numeric(Numeric::rpl_whoisserver,
                   {who.name, writer.settings().server_name, writer.settings().network});
    if (who.is_operator)
        writer.numeric(Numeric::rpl_whoisoperator, {who.name, "is an operator of this server"});
    if (!who.account.empty())
        writer.numeric(Numeric::rpl_whoisaccount, {who.name, who.account, "is logged in as"});
    if (!who.away.empty())
        write_away_person(writer, who);
    if (who.last_spoke != WallClock::time_point{} && event.time >= who.last_spoke) {
        const auto idle =
            std::chrono::floor<std::chrono::seconds>(event.time - who.last_spoke).count();
        writer.numeric(
            Numeric::rpl_whoisidle,
            {who.name, std::to_string(idle), seconds_of(who.entered), "seconds idle, signon time"});
    }
    writer.numeric(Numeric::rpl_endofwhois, {who.name, "End of WHOIS"});
}

void write_userhost(IrcWriter& writer, const Event& event) {
    std::string line;
    for (const Person& person : event.people) {
        line.append(line.empty() ? "" : " ").append(person.name);
        line.append(person.is_operator ? "*" : "").append(person.away.empty() ? "=+" : "=-");
        line.append(user_of(person)).append("@").append(person.host);
    }
    writer.numeric(Numeric::rpl_userhost, {line});
}

void write_is_on(IrcWriter& writer, const Event& event) {
    std::string line;
    for (const Person& person : event.people)
        line.append(line.empty() ? "" : " ").append(person.name);
    writer.numeric(Numeric::rpl_ison, {line});
}

void write_topic(IrcWriter& writer, const Event& event) {
    const std::string channel = channel_name(event.room);
    if (event.text.empty())
        return writer.numeric(Numeric::rpl_notopic, {channel, "No topic is set"});
    writer.numeric(Numeric::rpl_topic,
                   {channel, irc::cut_utf8(event.text, writer.settings().longest_topic)});
    if (!event.target.empty())
        writer.numeric(Numeric::rpl_topicwhotime, {channel, event.target, seconds_of(event.time)});
}

/// Its own JOIN the member has been told already.
void write_joined(IrcWriter& writer, const Event& event) {
    if (!event.text.empty())
        write_topic(writer, event);
    write_names(writer, event);
}

/// ELIST: masks, of which those behind a "!" exclude, and numbers of members.
bool is_listed(const RoomLine& room, std::string_view conditions) {
    const std::string channel = channel_name(room.name);
    bool has_masks = false, fits = false;
    for (std::string_view condition : irc::split_targets(conditions)) {
        const char kind = condition.front();
        if (kind == '>' || kind == '<') {
            std::size_t number = 0;
            std::from_chars(condition.data() + 1, condition.data() + condition.size(), number);
            if (kind == '>' ? room.members <= number : room.members >= number)
                return false;
        } else if (kind == '!') {
            if (irc::mask_matches(condition.substr(1), channel))
                return false;
        } else {
            has_masks = true;
            fits = fits || irc::mask_matches(condition, channel);
        }
    }
    return fits || !has_masks;
}

void write_rooms(IrcWriter& writer, const Event& event) {
    const std::string_view conditions = read_label(event.label).argument;
    writer.numeric(Numeric::rpl_liststart, {"Channel", "Users  Name"});
    for (const RoomLine& room : event.rooms)
        if (is_listed(room, conditions))
            writer.numeric(Numeric::rpl_list,
                           {channel_name(room.name), std::to_string(room.members),
                            irc::cut_utf8(room.topic, writer.settings().longest_topic)});
    writer.numeric(Numeric::rpl_listend, {"End of LIST"});
}

void write_modes_with_arguments(IrcWriter& writer, std::string_view channel, const Event& event) {
    const std::string_view all = event.target;
    const std::size_t blank = all.find(' ');
    if (blank == std::string_view::npos)
        return writer.numeric(Numeric::rpl_channelmodeis, {channel, event.text, all});
    writer.numeric(Numeric::rpl_channelmodeis,
                   {channel, event.text, all.substr(0, blank), all.substr(blank + 1)});
}

void write_modes(IrcWriter& writer, const Event& event) {
    const std::string channel = channel_name(event.room);
    if (read_label(event.label).command == IrcCommand::ban_list) {
        for (const std::string_view mask : event.lines)
            writer.numeric(Numeric::rpl_banlist, {channel, mask});
        return writer.numeric(Numeric::rpl_endofbanlist, {channel, "End of the list of bans"});
    }
    if (event.target.empty())
        writer.numeric(Numeric::rpl_channelmodeis, {channel, event.text});
    else
        write_modes_with_arguments(writer, channel, event);
    if (event.time != WallClock::time_point{})
        writer.numeric(Numeric::rpl_creationtime, {channel, seconds_of(event.time)});
}

/// As MODE would set them.
std::string own_modes(const Person& person) {
    std::string modes = "+";
    modes += person.is_invisible ? "i" : "";
    modes += person.is_operator ? "o" : "";
    return modes;
}

void write_history(IrcWriter& writer, const Event& event) {
    // Without their times they would look like new; and who can ask for them does.
    const bool is_unasked = event.number != 0;
    if (is_unasked &&
        (!writer.has(Capability::server_time) || writer.has(Capability::chat_history)))
        return;
    const bool batched = writer.has(Capability::batch);
    const std::string target =
        event.room.empty() ? std::string(event.target) : channel_name(event.room);
    if (batched) {
        writer.from_server("BATCH", {"+history", "chathistory", target});
        writer.in_batch("history");
    }
    for (const Event& said : event.said) {
        if (said.kind != EventKind::said)
            continue;
        writer.happened(&said);
        write_happening(writer, said);
    }
    writer.happened(nullptr);
    writer.in_batch({});
    if (batched)
        writer.from_server("BATCH", {"-history"});
}

/// IRCv3 draft/chathistory: TARGETS.
void write_histories(IrcWriter& writer, const Event& event) {
    const bool batched = writer.has(Capability::batch);
    if (batched) {
        writer.from_server("BATCH", {"+targets", "draft/chathistory-targets"});
        writer.in_batch("targets");
    }
    for (const Event& last : event.said) {
        const auto time = std::chrono::floor<std::chrono::milliseconds>(last.time);
        writer.from_server("CHATHISTORY",
                           {"TARGETS", channel_name(last.room), irc::format_server_time(time)});
    }
    writer.in_batch({});
    if (batched)
        writer.from_server("BATCH", {"-targets"});
}

void write_away_answer(IrcWriter& writer, const Event& event) {
    if (event.number != 0)
        return writer.numeric(Numeric::rpl_nowaway, {"You have been marked as being away"});
    writer.numeric(Numeric::rpl_unaway, {"You are no longer marked as being away"});
}

void write_now_operator(IrcWriter& writer, const Event& event) {
    writer.message(event.who, "MODE", {event.who.name, "+o"});
    writer.numeric(Numeric::rpl_youreoper, {"You are now an operator of this server"});
}

/// False: the command has no words of its own.
bool write_by_command(IrcWriter& writer, const Event& event) {
    const IrcLabel label = read_label(event.label);
    switch (label.command) {
    case IrcCommand::ping:
        writer.from_server("PONG", {writer.settings().server_name, label.argument});
        return true;
    case IrcCommand::who:
        write_who(writer, event);
        return true;
    case IrcCommand::userhost:
        write_userhost(writer, event);
        return true;
    case IrcCommand::is_on:
        write_is_on(writer, event);
        return true;
    case IrcCommand::own_modes:
        writer.numeric(Numeric::rpl_umodeis, {own_modes(event.who)});
        return true;
    default:
        return false;
    }
}

void notice(IrcWriter& writer, std::string_view text) {
    writer.from_server("NOTICE", {writer.client(), text});
}

} // namespace

void write_answer(IrcWriter& writer, const Event& event) {
    if (write_by_command(writer, event))
        return;
    switch (event.kind) {
    case EventKind::named:
        return write_welcome(writer, event);
    case EventKind::joined:
        return write_joined(writer, event);
    case EventKind::names:
        return write_names(writer, event);
    case EventKind::topic:
        return write_topic(writer, event);
    case EventKind::rooms:
        return write_rooms(writer, event);
    case EventKind::person:
        return write_whois(writer, event);
    case EventKind::history:
        return write_history(writer, event);
    case EventKind::histories:
        return write_histories(writer, event);
    case EventKind::modes:
        return write_modes(writer, event);
    case EventKind::inviting:
        return writer.numeric(Numeric::rpl_inviting, {event.target, channel_name(event.room)});
    case EventKind::now_operator:
        return write_now_operator(writer, event);
    case EventKind::census:
        return write_census(writer, event);
    case EventKind::away:
        return write_away_answer(writer, event);
    case EventKind::person_away:
        return write_away_person(writer, event.who);
    case EventKind::done:
        return notice(writer, "Done.");
    case EventKind::lost:
        return notice(writer,
                      "You were too slow: " + std::to_string(event.number) + " messages are lost.");
    case EventKind::expelled:
        return writer.error("Closing link: " + std::string(event.text));
    case EventKind::goodbye:
        return writer.error("Closing link: goodbye");
    default:
        return;
    }
}

} // namespace tern::chat
